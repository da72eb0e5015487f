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

/** Runs a built tool in an environment that has no toolchain but what is in `programs`. */
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
  test("without a language says how it is used, and fails", () => {
    const { status, stdout, stderr } = tool("bindings.js");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: npm run bindings -- python\|go\|java\|rust\|all\n/);
  });

  test("says how it is used when asked", () => {
    const { status, stdout, stderr } = tool("bindings.js", "--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: /);
  });

  test("names the languages when there is no such one", () => {
    expect(tool("bindings.js", "ruby")).toEqual({
      status: 2,
      stdout: "",
      stderr: "no language ruby: it is one of python, go, java, rust, or all\n",
    });
  });

  test("says in one line a language what is missing", () => {
    const { status, stdout, stderr } = tool("bindings.js", "all");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr.split("\n")).toEqual([
      "python  python3 is not there: install Python 3.11 or newer, with its module venv",
      "go      go is not there: install Go 1.26 or newer",
      "java    javac is not there: install a JDK 17 or newer",
      "rust    cargo is not there: install Rust 1.86 or newer, with cargo",
      "",
    ]);
  });

  test("says what is too old", () => {
    program("cargo", "echo 'cargo 1.85.1 (d73d2caf9 2024-12-31)'");
    program("go", "echo 'go version go1.9.7 linux/amd64'");
    const { status, stderr } = tool("bindings.js", "go", "rust");
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr:
        "go      go is of version 1.9: install Go 1.26 or newer\n" +
        "rust    cargo is of version 1.85: install Rust 1.86 or newer, with cargo\n",
    });
  });

  test("shows the command that failed, and what it printed", () => {
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

  test("shows what buf says where it cannot generate", () => {
    program("cargo", "echo cargo 1.95.0");
    const { status, stdout, stderr } = tool("bindings.js", "rust");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^rust {4}\S/);
    expect(stderr).not.toContain("    at ");
  });
});

describe("npm run test:bindings", () => {
  test("shows the languages that cannot be tested as failed, and says why", () => {
    program("go", "exit 1");
    const { status, stdout, stderr } = tool("test-bindings.js", "go");
    expect(status).toBe(1);
    expect(stderr).toBe("go: go is not there: install Go 1.26 or newer\n\n");
    expect(stdout).toMatch(/^ +json in +verdict +rules .*\ngo(?: +failed){8}\n$/);
  });

  test("names the languages when there is no such one", () => {
    expect(tool("test-bindings.js", "cobol")).toMatchObject({ status: 2, stdout: "" });
  });
});
