import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { bundle, ENTRY_POINTS } from "../browser/bundle.js";
import { deep } from "../support/runs.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

test.each(ENTRY_POINTS)("%s can be bundled for browsers", async (entry) => {
  expect([...(await bundle(root, "entry", entry)).keys()]).toContain("entry.js");
});

test("a frozen constant comes alone, without the others", async () => {
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-constant-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(root, join(folder, "node_modules/mission-dossier"));
  const use = 'import { ARTIFACT_CLASSES } from "mission-dossier"; console.log(ARTIFACT_CLASSES);';
  writeFileSync(join(folder, "use.js"), use);
  const code = (await bundle(folder, "use", "./use.js")).get("use.js");
  expect(code).toContain("evidence");
  expect(code).toContain("Object.freeze");
  expect(code?.length).toBeLessThan(200);
});

test("what reads files cannot, and the bundle says why", async () => {
  const bundling = bundle(root, "entry", "mission-dossier/stream/file");
  await expect(bundling).rejects.toThrow("node:fs is not part of the bundle");
});

test("the command needs no other package, not even those that it is made of", () => {
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-command-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const part of ["package.json", "dist", "schemas"]) {
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  const command = (...args: readonly string[]) =>
    spawnSync(process.execPath, ["dist/cli/main.js", ...args], { cwd: folder, encoding: "utf8" });
  const stream = join(root, "fixtures/dossier/replay/dossier_replay_happy_path.jsonl");
  expect(command("reduce", stream)).toMatchObject({ status: 0, stderr: "" });
  expect(command("reduce", "--format", "html", stream).stdout).toMatch(/^<!doctype html>/);
  if (deep) {
    expect(command("conformance")).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^\d+ cases, all as expected\n$/),
    });
    expect(command("--help").status).toBe(0);
  }
});

test("the command comes with the licenses of the packages that it is made of", () => {
  const notices = readFileSync(join(root, "dist/cli/THIRD-PARTY-NOTICES.txt"), "utf8");
  for (const name of ["@bufbuild/protobuf", "@bufbuild/protovalidate", "commander", "picocolors"]) {
    expect(notices).toMatch(new RegExp(`^${name} \\d.*, .*(?:MIT|ISC|Apache)`, "m"));
  }
  expect(notices).toContain("Permission is hereby granted, free of charge");
});

test("the page of a report comes with the licenses of the packages in its script", () => {
  const page = readFileSync(join(root, "dist/cli/report-page.html"), "utf8");
  expect(page).toMatch(/^d3-scale \d.*, ISC$/m);
  expect(page).toMatch(/^d3-shape \d.*, ISC$/m);
  expect(page.match(/Permission to use, copy, modify/g)?.length).toBeGreaterThan(1);
});
