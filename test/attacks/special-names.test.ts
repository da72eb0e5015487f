import assert from "node:assert/strict";
import type { JsonObject } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { validateEvent } from "../../src/conformance/index.js";
import {
  acceptsPayload,
  DossierAccumulator,
  eventFromBinary,
  eventToBinary,
  eventToJson,
  type MissionDossierState,
  parseEvent,
  parsePayload,
  parseState,
  payloadFromBinary,
  payloadToBinary,
  payloadToJson,
  reduceByNamespace,
  reduceMissionDossier,
  reduceWithReport,
  stateFromBinary,
  stateToBinary,
  stateToJson,
  stateToJsonString,
} from "../../src/index.js";
import { drift, envelope, identity, indexed, missing, namespace } from "../support/examples.js";
import {
  asEvent,
  guardPrototypes,
  idOf,
  indexing,
  SPECIAL_NAMES,
  violationsOf,
  withEverywhere,
} from "./attacks.js";

// Tested elsewhere: the keys of `context_diagnostics` in event/codec/round-trips, the order of
// paths in text and bytes in dossier/state, unknown event types in event/envelope/parse and
// event/model/verdict.

guardPrototypes();

const INDEXED = "MissionDossierArtifactIndexed";
const NAMES = SPECIAL_NAMES.filter((name) => name !== "");
const PATHS = ["z", "10", ...NAMES, "toString", "9"];
/** A prototype that would make an attack succeed. */
const BAIT: JsonObject = { polluted: true, namespace, step_id: "polluted", path: "polluted" };

/** The paths in the text of a state, in their order there. */
function pathsIn(text: string): unknown[] {
  return [...text.matchAll(/("(?:[^"\\]|\\.)*"):{"identity"/g)].map(([, key]) =>
    JSON.parse(key ?? ""),
  );
}

describe("as the paths of artifacts", () => {
  const events = PATHS.map((path, index) => asEvent(indexing(path, index)));
  const text = stateToJsonString(reduceMissionDossier(events));

  function expectAll(state: MissionDossierState | undefined): void {
    assert(state !== undefined);
    expect([...state.artifacts.keys()]).toEqual(PATHS);
    expect(pathsIn(stateToJsonString(state))).toEqual(PATHS);
    expect(stateToJsonString(state)).toBe(text);
    for (const [index, path] of PATHS.entries()) {
      expect(state.artifacts.get(path)).toMatchObject({
        identity: { path },
        indexedAt: `at ${index}`,
      });
    }
  }

  test("keep their order of first appearance in every ordered form", () => {
    expectAll(reduceMissionDossier(events));
    expectAll(reduceMissionDossier(events.toReversed()));
    expectAll(stateFromBinary(stateToBinary(reduceMissionDossier(events))));
    const [mission] = reduceByNamespace(events).missions;
    expectAll(mission?.state);
  });

  test("keep their order in accumulators, checkpoints and merges", () => {
    const [one, other] = [new DossierAccumulator(), new DossierAccumulator()];
    for (const [index, event] of events.entries()) {
      (index % 2 === 0 ? one : other).add(event);
    }
    one.merge(DossierAccumulator.fromBinary(other.toBinary()));
    expectAll(one.state());
    expectAll(DossierAccumulator.fromBinary(one.toBinary()).state());
  });

  test("are all in an object, each with its own entry", () => {
    const { artifacts } = stateToJson(reduceMissionDossier(events));
    expect(Object.getPrototypeOf(artifacts)).toBe(Object.prototype);
    expect(Object.keys(artifacts).sort()).toEqual(PATHS.toSorted());
    const read = parseState(JSON.parse(text));
    expect([...read.artifacts.keys()].sort()).toEqual(PATHS.toSorted());
    for (const [path, entry] of read.artifacts) {
      expect(entry.identity.path).toBe(path);
    }
  });

  test.each(NAMES)("may be superseded, and be missing: %j", (path) => {
    const { state } = reduceWithReport([
      asEvent(indexing(path, 1)),
      asEvent(indexing("successor", 2, { supersedes: { ...identity, path } })),
      asEvent({
        ...envelope,
        event_id: idOf(3),
        event_type: "MissionDossierArtifactMissing",
        payload: { ...missing, expected_identity: { ...identity, path }, manifest_step: path },
      }),
    ]);
    expect([...state.artifacts].map(([key, { superseded }]) => [key, superseded])).toEqual([
      [path, true],
      ["successor", false],
    ]);
    expect(state.anomalies).toMatchObject([{ expectedIdentity: { path }, manifestStep: path }]);
  });

  test("are never empty", () => {
    const payload = { ...indexed, artifact_id: { ...identity, path: "" } };
    const broken = ["artifact_id.path string.min_len"];
    expect(violationsOf(() => parsePayload(INDEXED, payload))).toEqual(broken);
  });

  test.each(SPECIAL_NAMES)("do not hide a violation of their entry: %j", (path) => {
    const state = { parity_status: "unknown", artifacts: Object.fromEntries([[path, {}]]) };
    const at = `artifacts[${JSON.stringify(path)}]`;
    const required = ["identity", "content_ref", "indexed_at"];
    expect(violationsOf(() => parseState(state))).toEqual(
      required.map((field) => `${at}.${field} required`),
    );
  });
});

describe.each(SPECIAL_NAMES)("as a field of every object: %j", (name) => {
  const full = {
    ...indexed,
    provenance: { source_event_ids: ["a"], git_sha: "b" },
    supersedes: { ...identity, path: "old" },
    step_id: null,
  };
  const plain = { ...envelope, payload: full };
  const attack = JSON.parse(JSON.stringify(withEverywhere(plain, name, BAIT)));

  test("are ignored, like any unknown field", () => {
    expect(Object.hasOwn(attack.payload.namespace, name)).toBe(true);
    const { payload: _, ...event } = parseEvent(attack);
    const { payload: __, ...expected } = parseEvent(plain);
    assert.deepStrictEqual(event, expected);
    assert.deepStrictEqual(parsePayload(INDEXED, attack.payload), parsePayload(INDEXED, full));
    expect(acceptsPayload(INDEXED, attack.payload)).toBe(true);
    expect(stateToJsonString(reduceMissionDossier([attack]))).toBe(
      stateToJsonString(reduceMissionDossier([asEvent(plain)])),
    );
    const { artifact_ids_changed, ...other } = {
      ...drift,
      artifact_ids_changed: [withEverywhere(identity, name, BAIT)],
    };
    const type = "MissionDossierParityDriftDetected";
    assert.deepStrictEqual(
      parsePayload(type, { ...other, artifact_ids_changed }),
      parsePayload(type, { ...other, artifact_ids_changed: [identity] }),
    );
  });

  test("do not stand in for a missing field", () => {
    const bare = Object.fromEntries([[name, plain]]);
    expect(violationsOf(() => parseEvent(bare))).toContain("event_id required");
    const payload = Object.fromEntries([[name, full]]);
    expect(acceptsPayload(INDEXED, payload)).toBe(false);
    const { valid, modelViolations, schemaViolations } = validateEvent(payload, INDEXED);
    expect({ valid, layers: [modelViolations.length, schemaViolations.length] }).toEqual({
      valid: false,
      layers: [4, 4],
    });
  });

  test("are each reported in strict mode, by path", () => {
    const step = /^[A-Za-z_]/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    const parents = ["namespace", "artifact_id", "content_ref", "provenance", "supersedes"];
    const { modelViolations } = validateEvent(attack.payload, INDEXED, { strict: true });
    expect(modelViolations.map(({ field }) => field).sort()).toEqual(
      [...parents.map((parent) => `${parent}${step}`), step.replace(/^\./, "")].sort(),
    );
  });

  test("are kept if the payload of an event is kept unchanged", () => {
    for (const event_type of [INDEXED, "SomethingElse"]) {
      const event = parseEvent({ ...attack, event_type });
      assert.deepStrictEqual(event.payload, attack.payload);
      assert.deepStrictEqual(eventFromBinary(eventToBinary(event)).payload, attack.payload);
      assert.deepStrictEqual(
        JSON.parse(JSON.stringify(eventToJson(event))).payload,
        attack.payload,
      );
    }
  });
});

describe.each(SPECIAL_NAMES)("as a key of context_diagnostics: %j", (key) => {
  const at = `context_diagnostics[${JSON.stringify(key)}]`;

  test("keeps its value, beside others", () => {
    const context_diagnostics = Object.fromEntries([
      ["b", "first"],
      [key, key],
    ]);
    const payload = parsePayload(INDEXED, { ...indexed, context_diagnostics });
    const read = payloadFromBinary(INDEXED, payloadToBinary(payload));
    for (const { contextDiagnostics } of [payload, read]) {
      assert.deepStrictEqual(contextDiagnostics, context_diagnostics);
    }
    assert.deepStrictEqual(payloadToJson(read).context_diagnostics, context_diagnostics);
  });

  test("does not hide a bad value, here or after a checkpoint", () => {
    const context_diagnostics = Object.fromEntries([[key, { polluted: true }]]);
    const payload = { ...indexed, context_diagnostics };
    const expected = [{ field: at, violationType: "type", inputValue: context_diagnostics[key] }];
    expect(validateEvent(payload, INDEXED)).toMatchObject({
      valid: false,
      modelViolations: expected,
      schemaViolations: [{ validator: "type" }],
    });
    const accumulator = new DossierAccumulator();
    accumulator.add(asEvent({ ...envelope, payload }));
    const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
    expect(restored.skipped).toEqual(accumulator.skipped);
    expect(restored.skipped).toMatchObject([{ violations: expected }]);
  });
});

describe.each(NAMES)("as a value: %j", (name) => {
  test("is not the type of a dossier event", () => {
    const event = { ...envelope, event_type: name, payload: indexed };
    expect(parseEvent(event).eventType).toBe(name);
    expect(eventFromBinary(eventToBinary(parseEvent(event))).eventType).toBe(name);
    expect(reduceMissionDossier([asEvent(event)]).eventCount).toBe(0);
    expect(reduceMissionDossier([parseEvent(event)]).eventCount).toBe(0);
    expect(reduceByNamespace([asEvent(event)]).missions).toEqual([]);
    expect(new DossierAccumulator().add(asEvent(event))).toEqual({ kind: "ignored" });
  });

  test("is text as the id of a node, and in every field for any text", () => {
    const json = { ...envelope, node_id: name, aggregate_id: name, project_slug: name };
    for (const event of [parseEvent(json), eventFromBinary(eventToBinary(parseEvent(json)))]) {
      expect(event).toMatchObject({ nodeId: name, aggregateId: name, projectSlug: name });
      assert.deepStrictEqual(parseEvent(eventToJson(event)), event);
    }
  });
});

test("empty text is not the id of a node, or an event type", () => {
  expect(violationsOf(() => parseEvent({ ...envelope, node_id: "", event_type: "" }))).toEqual([
    "event_type string.min_len",
    "node_id string.min_len",
  ]);
});

test("as fields of a namespace, tell missions apart, in the order of their first events", () => {
  const names = PATHS.filter((name) => name !== "z");
  const fields = Object.keys(namespace);
  const namespaces = fields.flatMap((field) =>
    names.map((name) => ({ ...namespace, [field]: name })),
  );
  const events = [...namespaces, ...namespaces].map((place, index) =>
    asEvent(indexing("__proto__", index, { namespace: place })),
  );
  const { missions, unassigned } = reduceByNamespace(events);
  expect(unassigned.state.eventCount).toBe(0);
  expect(missions.map(({ state }) => stateToJson(state).namespace)).toEqual(
    namespaces.map((place) => ({ ...place, step_id: null })),
  );
  for (const { state } of missions) {
    expect(state.eventCount).toBe(2);
    expect([...state.artifacts.keys()]).toEqual(["__proto__"]);
  }
});
