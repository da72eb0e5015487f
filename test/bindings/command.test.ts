import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { NODE_V8_COVERAGE } = process.env;
const programs = mkdtempSync(join(tmpdir(), "mission-dossier-programs-"));

afterAll(() => rmSync(programs, { recursive: true, force: true }));

/** Runs a built tool in an environment whose only other programs are in `programs`. */
function tool(name: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "build/tools/src/bindings", name), ...args],
    { cwd: root, encoding: "utf8", env: { PATH: programs, NODE_V8_COVERAGE } },
  );
  return { status, stdout, stderr };
}

function program(name: string, script: string): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(programs, name), 0o755);
}

describe("npm run bindings", () => {
  test("without a language prints its usage, and fails", () => {
    const { status, stdout, stderr } = tool("bindings.js");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: npm run bindings -- python\|go\|java\|rust\|all\n/);
  });

  test("prints its usage for --help", () => {
    const { status, stdout, stderr } = tool("bindings.js", "--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: /);
  });

  test("lists the known languages for an unknown one", () => {
    expect(tool("bindings.js", "ruby")).toEqual({
      status: 2,
      stdout: "",
      stderr: "unknown language ruby: use python, go, java, rust or all\n",
    });
  });

  test("names the missing toolchain of each language in one line", () => {
    const { status, stdout, stderr } = tool("bindings.js", "all");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr.split("\n")).toEqual([
      "python  python3 is missing: install Python 3.11 or newer, with its module venv",
      "go      go is missing: install Go 1.26 or newer",
      "java    javac is missing: install a JDK 17 or newer",
      "rust    cargo is missing: install Rust 1.86 or newer, with cargo",
      "",
    ]);
  });

  test("names a toolchain that is too old", () => {
    program("cargo", "echo 'cargo 1.85.1 (d73d2caf9 2024-12-31)'");
    program("go", "echo 'go version go1.9.7 linux/amd64'");
    const { status, stderr } = tool("bindings.js", "go", "rust");
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        "go      go 1.9 is too old: install Go 1.26 or newer\n" +
        "rust    cargo 1.85 is too old: install Rust 1.86 or newer, with cargo\n",
    });
  });

  test("shows the command that failed, and its output", () => {
    program(
      "cargo",
      'test "$1" = --version && echo cargo 1.95.0 || { echo no network >&2; exit 1; }',
    );
    const { status, stderr } = tool("bindings.js", "rust");
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^rust {4}cargo install .*protoc-gen-prost.* ended with 1\nno network\n$/,
    );
  });

  test("shows the error of buf", () => {
    program("cargo", "echo cargo 1.95.0");
    const { status, stdout, stderr } = tool("bindings.js", "rust");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^rust {4}\S/);
    expect(stderr).not.toContain("    at ");
  });
});

describe("npm run test:bindings", () => {
  test("shows a language that cannot be tested as failed, and says why", () => {
    program("go", "exit 1");
    const { status, stdout, stderr } = tool("test-bindings.js", "go");
    expect(status).toBe(1);
    expect(stderr).toBe("go: go is missing: install Go 1.26 or newer\n\n");
    expect(stdout).toMatch(/^ +json in +verdict +rules .*\ngo(?: +failed){9}\n$/);
  });

  test("rejects an unknown language", () => {
    expect(tool("test-bindings.js", "cobol")).toMatchObject({ status: 2, stdout: "" });
  });
});
