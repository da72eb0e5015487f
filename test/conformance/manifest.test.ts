import { describe, expect, test } from "vitest";
import { checkFiles, readManifest } from "../../src/conformance/manifest.js";
import { problemOf } from "./problem-of.js";

const payload = {
  id: "ledger-snapshot-valid",
  path: "ledger/valid/ledger_snapshot_valid.json",
  event_type: "MissionDossierSnapshotComputed",
  expected_result: "valid",
  notes: "A snapshot of a ledger.",
  min_version: "2.4.0",
};
const stream = {
  id: "ledger-replay",
  path: "ledger/replay/ledger_replay.jsonl",
  fixture_type: "replay_stream",
  notes: "A stream of a ledger.",
  min_version: "2.5.0",
};
const output = {
  id: "ledger-replay-state",
  path: "ledger/replay/ledger_replay_state.json",
  fixture_type: "reducer_output",
  stream: "ledger-replay",
  notes: "Ends clean.",
  min_version: "2.5.0",
};

function without(entry: object, key: string): object {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => name !== key));
}

describe("readManifest", () => {
  test("reads payloads, streams and states", () => {
    const envelope = { ...payload, event_type: "Event" };
    expect(readManifest({ fixtures: [payload, output, stream] })).toEqual([
      {
        kind: "payload",
        id: payload.id,
        path: payload.path,
        category: "ledger",
        notes: payload.notes,
        minVersion: "2.4.0",
        eventType: payload.event_type,
        expectedValid: true,
      },
      expect.objectContaining({ kind: "reducer_output", stream: stream.id, category: "ledger" }),
      expect.objectContaining({ kind: "replay_stream", id: stream.id, minVersion: "2.5.0" }),
    ]);
    expect(readManifest({ fixtures: [envelope] })).toMatchObject([{ eventType: "Event" }]);
    expect(readManifest({ fixtures: [] })).toEqual([]);
  });

  test.each([
    [null],
    [[]],
    [[payload]],
    [{}],
    [{ fixtures: {} }],
    [{ fixture: [payload] }],
    [{ fixtures: [payload], version: 1 }],
  ])("rejects %j instead of a manifest", (json) => {
    expect(problemOf(() => readManifest(json))).toMatchObject({
      id: undefined,
      path: undefined,
      problem: 'the manifest must be an object with the one key "fixtures", which is a list',
    });
  });

  // Each mistake, the entry that has it, and the problem reported.
  test.each<[string, object, RegExp]>([
    [
      "an unknown key",
      { ...payload, note: "A typo." },
      /^the key "note" is unknown, known are id,/,
    ],
    ["a misspelled key", { ...without(payload, "notes"), nots: "?" }, /^the key "nots" is unknown/],
    [
      "a key of another kind of fixture",
      { ...payload, stream: "ledger-replay" },
      /^the key "stream" is unknown/,
    ],
    [
      "a verdict on a stream",
      { ...stream, expected_result: "valid" },
      /^the key "expected_result" is unknown/,
    ],
    ...Object.keys(payload)
      .filter((key) => key !== "id")
      .map((key): [string, object, RegExp] => [
        `no ${key}`,
        without(payload, key),
        new RegExp(`^the key "${key}" is missing$`),
      ]),
    ["no stream", without(output, "stream"), /^the key "stream" is missing$/],
    [
      "a misspelled kind",
      { ...stream, fixture_type: "replay-stream" },
      /^fixture_type must be replay_stream or reducer_output, got "replay-stream"$/,
    ],
    [
      "null as the kind",
      { ...payload, fixture_type: null },
      /^fixture_type must be replay_stream or reducer_output, got null$/,
    ],
    [
      "an event type that the contract does not have",
      { ...payload, event_type: "MissionDossierSnapshotComputedPayload" },
      /^event_type must be one of MissionDossierArtifactIndexed, .*, Event, got "Mission/,
    ],
    [
      "an event type that every object has",
      { ...payload, event_type: "constructor" },
      /^event_type must be one of /,
    ],
    [
      "a number as the event type",
      { ...payload, event_type: 3 },
      /^event_type must be text, got 3$/,
    ],
    [
      "another verdict",
      { ...payload, expected_result: "ok" },
      /^expected_result must be valid or invalid, got "ok"$/,
    ],
    [
      "a boolean as the verdict",
      { ...payload, expected_result: true },
      /^expected_result must be valid or invalid, got true$/,
    ],
    [
      "a verdict that the folder contradicts",
      { ...payload, expected_result: "invalid" },
      /^expected_result is "invalid", but the file is in the folder valid$/,
    ],
    ["empty notes", { ...payload, notes: " " }, /^notes must be a sentence, got " "$/],
    ["null as notes", { ...payload, notes: null }, /^notes must be text, got null$/],
    [
      "a version of two numbers",
      { ...payload, min_version: "2.4" },
      /^min_version must be a version of three numbers, got "2\.4"$/,
    ],
    [
      "an id in snake_case",
      { ...payload, id: "ledger_snapshot_valid" },
      /^id must be an id in kebab-case, got "ledger_snapshot_valid"$/,
    ],
    [
      "an id in upper case",
      { ...payload, id: "Ledger-snapshot-valid" },
      /^id must be an id in kebab-case/,
    ],
    [
      "an id that is not the file's",
      { ...payload, id: "ledger-snapshot-vaild" },
      /^the file of this id must be ledger_snapshot_vaild\.json$/,
    ],
    [
      "a file in kebab-case",
      { ...payload, path: "ledger/valid/ledger-snapshot-valid.json" },
      /^the file of this id must be ledger_snapshot_valid\.json$/,
    ],
    [
      "a stream that is not JSON Lines",
      { ...stream, path: "ledger/replay/ledger_replay.json" },
      /^the file of this id must be ledger_replay\.jsonl$/,
    ],
    ...[
      "../ledger/valid/x.json",
      "ledger/../../x.json",
      "/etc/passwd",
      "C:/x.json",
      "ledger\\x",
    ].map((path): [string, object, RegExp] => [
      `the path ${path}`,
      { ...payload, path },
      /^the path leads out of the folder of the fixtures$/,
    ]),
    ...[
      "ledger_snapshot_valid.json",
      "valid/ledger_snapshot_valid.json",
      "ledger/replay/ledger_snapshot_valid.json",
      "ledger/valid/2026/ledger_snapshot_valid.json",
      "./valid/ledger_snapshot_valid.json",
      "",
    ].map((path): [string, object, RegExp] => [
      `the path ${JSON.stringify(path)}`,
      { ...payload, path },
      /^the path must be <category>\/valid or invalid\/<file>$/,
    ]),
    [
      "a stream among the payloads",
      { ...stream, path: "ledger/valid/ledger_replay.jsonl" },
      /^the path must be <category>\/replay\/<file>$/,
    ],
  ])("rejects %s, and names the fixture", (_mistake, entry, problem) => {
    const error = problemOf(() => readManifest({ fixtures: [entry] }));
    expect(error.problem).toMatch(problem);
    expect(error).toMatchObject({
      id: "id" in entry ? entry.id : undefined,
      path: "path" in entry ? entry.path : undefined,
    });
    expect(error.message).toContain(error.problem);
  });

  test("names an entry without an id by its place in the list", () => {
    const error = problemOf(() => readManifest({ fixtures: [payload, without(stream, "id")] }));
    expect(error).toMatchObject({
      id: undefined,
      path: stream.path,
      problem: 'entry 1 of the manifest: the key "id" is missing',
      message:
        'Fixtures: ledger/replay/ledger_replay.jsonl: entry 1 of the manifest: the key "id" is missing.',
    });
    expect(problemOf(() => readManifest({ fixtures: [null] }))).toMatchObject({
      id: undefined,
      path: undefined,
      problem: "entry 0 of the manifest: must be an object, got null",
    });
  });

  test.each<[string, object[], object]>([
    [
      "one id twice, in two categories",
      [payload, { ...payload, path: "audit/valid/ledger_snapshot_valid.json" }],
      {
        id: payload.id,
        path: "audit/valid/ledger_snapshot_valid.json",
        problem: "another fixture already has this id",
      },
    ],
    [
      "a stream without its state",
      [stream],
      { id: stream.id, problem: "this stream has no expected state" },
    ],
    [
      "a state without its stream",
      [output],
      { id: output.id, problem: expect.stringContaining('got "ledger-replay"') },
    ],
    [
      "the state of a payload",
      [payload, { ...output, stream: payload.id }],
      { id: output.id, problem: expect.stringContaining("stream must be the id of a stream") },
    ],
    [
      "two states of one stream",
      [
        stream,
        output,
        {
          ...output,
          id: "ledger-replay-other-state",
          path: "ledger/replay/ledger_replay_other_state.json",
        },
      ],
      {
        id: "ledger-replay-other-state",
        problem: expect.stringContaining("without another state"),
      },
    ],
    [
      "a state whose id does not follow from its stream's",
      [stream, { ...output, id: "ledger-state", path: "ledger/replay/ledger_state.json" }],
      {
        id: "ledger-state",
        problem: "the id of the state of this stream must be ledger-replay-state",
      },
    ],
  ])("rejects %s", (_mistake, fixtures, expected) => {
    expect(problemOf(() => readManifest({ fixtures }))).toMatchObject(expected);
  });
});

describe("checkFiles", () => {
  const entries = readManifest({ fixtures: [payload, stream, output] });
  const files = entries.map(({ path }) => path);

  test("accepts a folder with exactly the listed files", () => {
    expect(() => checkFiles(entries, files.toReversed())).not.toThrow();
  });

  test("finds a file that is missing", () => {
    expect(problemOf(() => checkFiles(entries, files.slice(1)))).toMatchObject({
      id: payload.id,
      path: payload.path,
      problem: "the file does not exist",
    });
  });

  test("finds a file that is not listed", () => {
    const path = "ledger/invalid/ledger_snapshot_no_hash.json";
    expect(problemOf(() => checkFiles(entries, [...files, path]))).toMatchObject({
      id: undefined,
      path,
      problem: "the manifest does not list this file",
    });
  });
});
