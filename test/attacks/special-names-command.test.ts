import { describe, expect, test } from "vitest";
import { reduceMissionDossier, stateFromBinary, stateToJsonString } from "../../src/index.js";
import { lines, missionDossier, temporaryDirectory } from "../cli/command.js";
import { drift, envelope, identity, indexed, namespace } from "../support/examples.js";
import { asEvent, idOf, indexing, SPECIAL_NAMES, withEverywhere } from "./attacks.js";

const files = temporaryDirectory();
const NAMES = SPECIAL_NAMES.filter((name) => name !== "");
const PATHS = ["z", "10", ...NAMES, "9"];
const events = PATHS.map((path, index) => asEvent(indexing(path, index)));
const stream = files.write("paths.jsonl", lines(...events));
const state = reduceMissionDossier(events);

describe.concurrent("reduce shows special paths in order of first appearance", () => {
  test("as text", async () => {
    const { code, stdout } = await missionDossier(["reduce", stream]);
    expect(code).toBe(0);
    const shown = [...stdout.matchAll(/^ {4}(\S+) +sha256:/gm)].map(([, path]) => path);
    expect(shown).toEqual(PATHS);
  });

  test("as JSON", async () => {
    const { stdout } = await missionDossier(["reduce", "--format", "json", stream]);
    expect(stdout).toBe(`${stateToJsonString(state, 2)}\n`);
  });

  test("as a line for each namespace", async () => {
    const { stdout } = await missionDossier(["reduce", "--by-namespace", stream]);
    expect(stdout).toBe(`${stateToJsonString(state)}\n`);
  });

  test("as binary", async () => {
    const { bytes } = await missionDossier(["reduce", "--format", "binary", stream]);
    expect([...stateFromBinary(bytes).artifacts.keys()]).toEqual(PATHS);
  });
});

describe.concurrent("special names as fields of every object, and as keys of diagnostics", () => {
  const polluted = { polluted: true };
  const context_diagnostics = Object.fromEntries(SPECIAL_NAMES.map((name) => [name, "a"]));
  const plain = { ...envelope, payload: { ...drift, artifact_ids_changed: [identity] } };
  const records = SPECIAL_NAMES.map((name, index) => {
    const record = withEverywhere(plain, name, polluted);
    const payload = { ...Object(record["payload"]), context_diagnostics };
    const event_type = "MissionDossierParityDriftDetected";
    return { ...record, event_id: idOf(index), event_type, payload };
  });
  const file = files.write("fields.jsonl", lines(...records));
  const count = SPECIAL_NAMES.length;
  /** The places where each record has the field. */
  const expected = SPECIAL_NAMES.map((name) => {
    const step = /^[A-Za-z_]/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    return ["", "payload", "payload.namespace", "payload.artifact_ids_changed[0]"]
      .map((parent) => `${parent}${step}`.replace(/^\./, ""))
      .sort();
  });

  test("do not change the state", async () => {
    const { code, stdout, stderr } = await missionDossier(["reduce", "-f", "json", file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ event_count: count, parity_status: "drifted" });
    expect(stdout).not.toContain("polluted");
  });

  test("do not change the verdict", async () => {
    expect(await missionDossier(["validate", file])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: `${count} records judged, all conform\n`,
    });
  });

  test("are found by reduce in strict mode, at every level", async () => {
    const { code, stderr } = await missionDossier(["reduce", "--strict", "-f", "json", file]);
    expect(code).toBe(1);
    const found = [...stderr.matchAll(/:(\d+): (\S+): the contract has no such field/g)];
    expect(foundByRecord(found.map(([, line, field = ""]) => [Number(line), field]))).toEqual(
      expected,
    );
  });

  test("are violations in strict mode, at every level", async () => {
    const run = await missionDossier(["validate", "--strict", "--format", "json", file]);
    expect(run.code).toBe(1);
    const verdicts = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const found = verdicts.flatMap(({ line, eventType, modelViolations }) =>
      modelViolations.map(({ field }: { field: string }): [number, string] => [
        line,
        eventType === "Event" ? field : `payload.${field}`.replace(".[", "["),
      ]),
    );
    expect(foundByRecord(found)).toEqual(expected);
  });

  function foundByRecord(found: readonly (readonly [line: number, field: string])[]): string[][] {
    return SPECIAL_NAMES.map((_, index) =>
      found
        .filter(([line]) => line === index + 1)
        .map(([, field]) => field)
        .sort(),
    );
  }
});

test.concurrent("events of types with special names are skipped, and judged as envelopes", async () => {
  const others = NAMES.map((event_type, index) => ({
    ...envelope,
    event_id: idOf(index),
    event_type,
  }));
  const input = lines(...others, indexing("a", 9));
  const { code, stdout } = await missionDossier(["reduce", "--strict", "-f", "json"], { input });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ event_count: 1 });
  expect(await missionDossier(["validate", "--format", "json"], { input })).toMatchObject({
    code: 0,
    stderr: `${others.length + 1} records judged, all conform\n`,
  });
});

test.concurrent("missions with special names are told apart", async () => {
  const places = NAMES.map((name) => ({ ...namespace, feature_slug: name, mission_key: name }));
  const input = lines(...places.map((place, index) => indexing("a", index, { namespace: place })));
  const { code, stdout } = await missionDossier(["reduce", "--by-namespace"], { input });
  expect(code).toBe(0);
  const shown = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).namespace);
  expect(shown).toEqual(places.map((place) => ({ ...place, step_id: null })));
});

describe.concurrent("a special name asks for something unknown", () => {
  const file = files.write("payload.json", JSON.stringify(indexed));
  const rows = ["__proto__", "constructor"].flatMap((name) => [
    { args: ["validate", "--type", name, file], reason: "no event type " },
    { args: ["validate", "--format", name, file], reason: "option '-f, --format <format>' " },
    { args: ["reduce", "--format", name, file], reason: "option '-f, --format <format>' " },
    { args: ["reduce", "--namespace-scope", name, file], reason: "option '--namespace-scope " },
    { args: ["schema", name], reason: "no schema " },
    { args: [name], reason: "unknown command " },
    { args: [`--${name}=1`], reason: "unknown option " },
  ]);

  test.each([...rows, { args: ["schema", ""], reason: "no schema " }])("$args", async (row) => {
    const { code, stdout, stderr } = await missionDossier(row.args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^mission-dossier: /);
    expect(stderr).toContain(row.reason);
    expect(stderr).not.toContain("    at ");
  });
});
