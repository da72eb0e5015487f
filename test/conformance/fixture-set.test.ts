import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { fixtureFolder, fixturePack, packed } from "../../src/conformance/fixture-files.js";
import { FixtureSet } from "../../src/conformance/fixture-set.js";
import { packageFile } from "../../src/conformance/package-files.js";
import { problemOf } from "./problem-of.js";

describe("a folder of fixtures", () => {
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-fixtures-"));
  const happyPath = "dossier/replay/dossier_replay_happy_path.jsonl";
  beforeAll(() => cpSync(packageFile("fixtures"), folder, { recursive: true }));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Gives a file another content, or none, until the test is over. */
  function edit(file: string, change: (text: string) => string | undefined): void {
    const path = join(folder, file);
    const before = existsSync(path) ? readFileSync(path, "utf8") : undefined;
    put(path, change(before ?? ""));
    onTestFinished(() => put(path, before));
  }
  function put(path: string, text: string | undefined): void {
    if (text === undefined) {
      rmSync(path);
    } else {
      writeFileSync(path, text);
    }
  }
  const open = (): FixtureSet => new FixtureSet(fixtureFolder(folder));

  test("is read, and files other than JSON in it are ignored", () => {
    edit("NOTES.md", () => "Where the cases come from.\n");
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
    edit(happyPath, () => undefined);
    expect(problemOf(open)).toMatchObject({
      id: "dossier-replay-happy-path",
      path: happyPath,
      problem: "the file does not exist",
    });
  });

  test("with a file too many is rejected", () => {
    edit("streams/replay/stream_copy.jsonl", () => "{}\n");
    expect(problemOf(open)).toMatchObject({
      path: "streams/replay/stream_copy.jsonl",
      problem: "the manifest does not list this file",
    });
  });

  test("without a manifest is rejected", () => {
    edit("manifest.json", () => undefined);
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
