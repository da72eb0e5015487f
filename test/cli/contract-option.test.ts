import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { schemaNames, schemaText } from "../../src/conformance/index.js";
import { parseState, reduceMissionDossier } from "../../src/index.js";
import { HAPPY_PATH, missionDossier, temporaryDirectory } from "./command.js";

const files = temporaryDirectory();
const records = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));

const later = await missionDossier(["upcast", HAPPY_PATH, "--to", "3.0.0"]);

describe("--contract", () => {
  test("of validate judges by the generation that it names", async () => {
    expect(await missionDossier(["validate"], { input: later.stdout })).toMatchObject({ code: 0 });
    const first = await missionDossier(["validate", "--contract", "2.4.0"], {
      input: later.stdout,
    });
    expect(first.code).toBe(1);
    expect(first.stdout).toContain("namespace.feature_slug: value is required");
    const strict = await missionDossier(["validate", "--contract", "3.0.0"], {
      input: later.stdout,
    });
    expect(strict.stdout).toContain("build_id: value is required");
  });

  test("of reduce names the generation of states in JSON, and of nothing else", async () => {
    const [first, second] = await Promise.all([
      missionDossier(["reduce", HAPPY_PATH, "--format", "json"]),
      missionDossier(["reduce", HAPPY_PATH, "--format", "json", "--contract", "3.0.0"]),
    ]);
    expect(second.stdout).toBe(
      first.stdout
        .replaceAll('"feature_slug"', '"mission_slug"')
        .replaceAll('"mission_key"', '"mission_type"'),
    );
    const each = await missionDossier([
      ...["reduce", HAPPY_PATH, "--by-namespace", "--contract", "3.0.0"],
    ]);
    expect(each.stdout).toContain('"mission_slug":"014-rate-limits"');
    const text = await missionDossier(["reduce", HAPPY_PATH, "--contract", "3.0.0"]);
    expect(text).toMatchObject({ code: 2, stdout: "" });
    expect(text.stderr).toContain("needs --format json or html");
  });

  test("of index and diff makes events of the generation, which have a build id", async () => {
    mkdirSync(join(files.path, "mission"));
    files.write("mission/spec.md", "text");
    const namespace = {
      project_uuid: "a47275cb-634e-427c-abd3-3e5d17997d4e",
      mission_slug: "031-search-index",
      target_branch: "main",
      mission_type: "software-dev",
      manifest_version: "1",
    };
    const given = ["--namespace", `@${files.write("n.json", JSON.stringify(namespace))}`];
    const emitter = ["--contract", "3.0.0", "--build-id", "b-1"];
    const folder = join(files.path, "mission");
    const indexed = await missionDossier(["index", folder, ...given, ...emitter]);
    expect(records(indexed.stdout)).toMatchObject([
      { event_type: "MissionDossierArtifactIndexed", build_id: "b-1", payload: { namespace } },
      { event_type: "MissionDossierSnapshotComputed", build_id: "b-1", payload: { namespace } },
    ]);
    const strict = await missionDossier(["validate", "--strict"], { input: indexed.stdout });
    expect(strict.code).toBe(0);

    files.write("mission/spec.md", "other text");
    const [a, b] = [files.write("a.jsonl", indexed.stdout), files.write("b.jsonl", "")];
    const changed = await missionDossier(["index", folder, ...given]);
    files.write("b.jsonl", changed.stdout);
    const args = ["diff", a, b, "--contract", "3.0.0"];
    const drift = await missionDossier([...args, "--format", "events", "--build-id", "b-2"]);
    const { mission_type } = namespace;
    expect(records(drift.stdout)).toMatchObject([
      {
        ...{ build_id: "b-2", schema_version: "3.0.0" },
        payload: { namespace, artifact_ids_changed: [{ mission_type, path: "spec.md" }] },
      },
    ]);
    const json = await missionDossier([...args, "--format", "json"]);
    expect(JSON.parse(json.stdout).differences).toMatchObject([
      { a: { identity: { mission_type } } },
    ]);
    expect(json.stdout).not.toContain("mission_key");
  });

  test.for([
    [["index", ".", "--contract", "3.0.0"], "need --build-id"],
    [["index", ".", "--build-id", "b"], "needs --contract 3.0.0"],
    [["diff", "a", "b", "--format", "events", "--contract", "3.0.0"], "need --build-id"],
    [["diff", "a", "b", "--contract", "3.0.0"], "needs --format json, events or html"],
    [["watch", "m", "-s", ".", "--contract", "3.0.0"], "needs --format json"],
  ] as const)("misuse: %j", async ([args, message]) => {
    const { code, stdout, stderr } = await missionDossier([...args]);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  test("of watch names the generation of a stored state", async () => {
    const states = join(files.path, "states");
    await missionDossier(["project", HAPPY_PATH, "--states", states]);
    const args = ["watch", "014-rate-limits", "-s", states, "--once", "-f", "json"];
    const { stdout } = await missionDossier([...args, "--contract", "3.0.0"]);
    expect(stdout).toContain('"mission_slug":"014-rate-limits"');
    const events = records(readFileSync(HAPPY_PATH, "utf8"));
    expect(parseState(JSON.parse(stdout).state)).toEqual(reduceMissionDossier(events));
  });

  test.each([
    ["reduce", HAPPY_PATH],
    ["audit", HAPPY_PATH],
    ["diff", HAPPY_PATH, HAPPY_PATH],
  ])("of %s names the generation of names in a page", async (...args) => {
    const { stdout } = await missionDossier([...args, "--format", "html", "--contract", "3.0.0"]);
    expect(stdout).toContain('"name":"mission_slug"');
    expect(stdout).not.toContain('"name":"feature_slug"');
  });

  test("of schema prints the schema of the generation", async () => {
    const { stdout } = await missionDossier(["schema", "event", "--contract", "3.0.0"]);
    expect(stdout).toBe(schemaText("event", { contract: "3.0.0" }));
    expect(JSON.parse(stdout)).toMatchObject({ $id: "spec-kitty-events/3.0.0/event" });
    const names = await missionDossier(["schema", "--contract", "3.0.0"]);
    expect(names.stdout.trimEnd().split("\n")).toEqual(schemaNames());
  });
});
