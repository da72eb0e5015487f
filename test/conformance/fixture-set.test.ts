import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { fixtureFolder, fixturePack, packed } from "../../src/conformance/fixture-files.js";
import { FixtureSet } from "../../src/conformance/fixture-set.js";
import { packageFile } from "../../src/conformance/package-files.js";
import { problemOf } from "./problem-of.js";

describe("a folder of fixtures", () => {
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-fixtures-"));
  const happyPath = "dossier/replay/dossier_replay_happy_path.jsonl";
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(packageFile("fixtures"), folder, { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function edit(file: string, change: (text: string) => string): void {
    writeFileSync(join(folder, file), change(readFileSync(join(folder, file), "utf8")));
  }
  const open = (): FixtureSet => new FixtureSet(fixtureFolder(folder));

  test("is read, and files other than JSON in it are ignored", () => {
    writeFileSync(join(folder, "NOTES.md"), "Where the cases come from.\n");
    expect(open().cases("dossier")).toHaveLength(13);
    expect(open().stream("dossier-replay-happy-path")).toHaveLength(6);
  });

  test("with a typo in the manifest is rejected", () => {
    edit("manifest.json", (text) =>
      text.replace("dossier-artifact-indexed-valid", "dossier-artefact-indexed-valid"),
    );
    expect(problemOf(open)).toMatchObject({
      id: "dossier-artefact-indexed-valid",
      problem: "the file of this id must be dossier_artefact_indexed_valid.json",
    });
  });

  test("without one of its files is rejected", () => {
    rmSync(join(folder, happyPath));
    expect(problemOf(open)).toMatchObject({
      id: "dossier-replay-happy-path",
      path: happyPath,
      problem: "the file does not exist",
    });
  });

  test("with a file too many is rejected", () => {
    cpSync(join(folder, happyPath), join(folder, "streams/replay/stream_copy.jsonl"));
    expect(problemOf(open)).toMatchObject({
      path: "streams/replay/stream_copy.jsonl",
      problem: "the manifest does not list this file",
    });
  });

  test("without a manifest is rejected", () => {
    rmSync(join(folder, "manifest.json"));
    expect(problemOf(open)).toMatchObject({
      path: "manifest.json",
      problem: expect.stringMatching(/^cannot be read: ENOENT/),
    });
  });

  test("with a manifest that is not JSON is rejected", () => {
    edit("manifest.json", (text) => text.replace(",", ""));
    expect(problemOf(open)).toMatchObject({
      path: "manifest.json",
      problem: expect.stringMatching(/^not JSON: /),
    });
  });

  test("with a file, or a line of a stream, that is not JSON is rejected", () => {
    const path = "dossier/valid/dossier_artifact_indexed_valid.json";
    edit(path, (text) => text.replace("{", ""));
    edit(happyPath, (text) => text.replace("\n{", "\n"));
    expect(problemOf(() => open().cases("dossier"))).toMatchObject({
      id: "dossier-artifact-indexed-valid",
      path,
      problem: expect.stringMatching(/^not JSON: /),
    });
    expect(problemOf(() => open().stream("dossier-replay-happy-path"))).toMatchObject({
      id: "dossier-replay-happy-path",
      path: happyPath,
      problem: expect.stringMatching(/^line 2 is not JSON: /),
    });
  });
});

describe("a pack of fixtures", () => {
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-pack-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const pack = join(folder, "fixtures.json.gz");

  test("has the files of the folder, to the last character", () => {
    const files = fixtureFolder(packageFile("fixtures"));
    writeFileSync(pack, packed(files));
    const { paths, read } = fixturePack(pack);
    expect(paths).toEqual(files.paths);
    expect(paths.map(read)).toEqual(files.paths.map(files.read));
  });

  test("without a listed file is rejected", () => {
    writeFileSync(pack, gzipSync('{"manifest.json": 1}'));
    expect(problemOf(() => new FixtureSet(fixturePack(pack)))).toMatchObject({
      path: "manifest.json",
      problem: `cannot be read: ${pack} has no such file`,
    });
  });
});
