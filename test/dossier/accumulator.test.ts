import assert from "node:assert/strict";
import type { JsonObject } from "@bufbuild/protobuf";
import { create, fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkpointBytes, withRightChecksum } from "../../fuzz/checkpoint-bytes.js";
import {
  type DossierCheckpoint,
  DossierCheckpoint_AnomalyRegisterSchema as AnomalyRegisterSchema,
  DossierCheckpoint_DriftRegisterSchema as DriftRegisterSchema,
  DossierCheckpoint_NamespaceRegisterSchema as NamespaceRegisterSchema,
  DossierCheckpoint_SnapshotRegisterSchema as SnapshotRegisterSchema,
  DossierCheckpointSchema,
} from "../../gen/speckitty/reducer/v1/checkpoint_pb.js";
import {
  type AddOutcome,
  DossierAccumulator,
  type EventJson,
  InvalidArgumentError,
  InvalidBinaryError,
  InvalidEventError,
  MissionDossierError,
  NamespaceMixedStreamError,
  parseEvent,
  type RejectedEvent,
  ReplayRequiredError,
  reduceMissionDossier,
  reduceWithReport,
  StrictError,
  stateToJsonString,
  TooLargeError,
} from "../../src/index.js";
import {
  drift,
  event,
  indexed,
  missing,
  namespace,
  snapshot,
  withValue,
} from "../support/examples.js";
import { cases, deep, runs } from "../support/runs.js";

const INDEXED = "MissionDossierArtifactIndexed";
const SNAPSHOT = "MissionDossierSnapshotComputed";
const MISSING = "MissionDossierArtifactMissing";
const DRIFT = "MissionDossierParityDriftDetected";

/** A replay of an accumulator with the same events. */
function replayed(
  accumulator: DossierAccumulator,
  events: readonly EventJson[],
): DossierAccumulator {
  const replay = accumulator.replay();
  for (const one of events) {
    replay.add(one);
  }
  return replay;
}

/** Everything that an accumulator reports about its events. */
function whole(accumulator: DossierAccumulator): unknown {
  return {
    state: stateToJsonString(accumulator.state()),
    eventCount: accumulator.eventCount,
    skipped: inJson(accumulator.skipped),
    conflicts: accumulator.conflicts,
  };
}

/** The events without their places, and -0 as 0: a checkpoint keeps payloads as JSON. */
function inJson(skipped: readonly RejectedEvent[]): unknown {
  return JSON.parse(
    JSON.stringify(
      skipped.map(({ eventId, eventType, violations }) => [eventId, eventType, violations]),
    ),
  );
}

/** The same of the batch reducer. */
function wholeOf(events: readonly EventJson[]): unknown {
  const { state, skipped, conflicts } = reduceWithReport(events);
  return {
    state: stateToJsonString(state),
    eventCount: state.eventCount,
    skipped: inJson(skipped),
    conflicts: conflicts.map(({ eventId }) => eventId).sort(),
  };
}

function accumulate(events: Iterable<EventJson>): DossierAccumulator {
  const accumulator = new DossierAccumulator();
  for (const one of events) {
    accumulator.add(one);
  }
  return accumulator;
}

describe("merge", () => {
  test("leaves the other one unchanged, and independent of later additions", () => {
    const [one, other] = [accumulate([indexing(1, "1", "a")]), accumulate([indexing(2, "2", "b")])];
    const alone = whole(other);
    one.merge(other);
    assert.deepStrictEqual(whole(other), alone);
    const merged = whole(one);
    other.add(indexing(3, "3", "b"));
    assert.deepStrictEqual(whole(one), merged);
  });

  test("of accumulators with different scopes is refused", () => {
    const steps = new DossierAccumulator({ namespaceScope: "step" });
    expect(() => steps.merge(new DossierAccumulator())).toThrow(InvalidArgumentError);
    expect(steps.namespaceScope).toBe("step");
  });
});

/** An event with its own sort key and id. */
/** @param end The end of the id. */
function at(clock: number, id: string, type: string, payload: JsonObject, end = ""): EventJson {
  const fields = { lamport_clock: clock, event_id: end.padStart(26, id) };
  return event(type, payload, fields) as unknown as EventJson;
}

function indexing(clock: number, id: string, path: string, end?: string): EventJson {
  return at(clock, id, INDEXED, withValue(indexed, "artifact_id.path", path), end);
}

/** A payload that indexes `o`, and supersedes another path. */
function superseding(path: string): JsonObject {
  const other = withValue(indexed, "artifact_id.path", "o");
  return { ...other, supersedes: { ...indexed.artifact_id, path } };
}

function errorOf<E extends Error>(call: () => unknown, type: new (...args: never[]) => E): E {
  try {
    call();
  } catch (error) {
    if (error instanceof type) {
      return error;
    }
  }
  return assert.fail(`no ${type.name}`);
}

describe("add", () => {
  const [first, second] = [indexing(1, "1", "a"), indexing(2, "2", "b")];

  test.each<[string, readonly EventJson[], AddOutcome]>([
    ["a new event", [first, second], { kind: "added" }],
    ["the same event", [first, second, first], { kind: "repeated" }],
    [
      "the same event in another spelling",
      [indexing(1, "A", "a"), indexing(1, "a", "a")],
      { kind: "repeated" },
    ],
    [
      "an event that differs only where the state does not depend on it",
      [first, { ...first, correlation_id: "2".repeat(26), payload: { ...first.payload, x: 1 } }],
      { kind: "repeated" },
    ],
    [
      "the same id later in the stream",
      [first, indexing(3, "1", "a")],
      { kind: "conflicting", eventId: "1".repeat(26), counts: "known" },
    ],
    [
      "the same id earlier in the stream",
      [indexing(3, "1", "a"), first],
      { kind: "conflicting", eventId: "1".repeat(26), counts: "added" },
    ],
    ["an event of another type", [at(1, "1", "Other", {})], { kind: "ignored" }],
  ])("returns the outcome of %s", (_name, events, expected) => {
    const accumulator = new DossierAccumulator();
    const outcomes = events.map((one) => accumulator.add(one));
    expect(outcomes.at(-1)).toEqual(expected);
    const messages = new DossierAccumulator();
    const types = events.map((one) => messages.add(parseEvent(one)));
    expect(types.at(-1)).toEqual(expected);
    assert.deepStrictEqual(whole(replayed(accumulator, events)), wholeOf(events));
  });

  test.each<[string, EventJson]>([
    ["payload", indexing(1, "1", "b")],
    ["event type", at(1, "1", SNAPSHOT, snapshot)],
  ])(
    "chooses between two contents with the same sort key by their content: another %s",
    (_which, other) => {
      const counts = (...events: readonly [EventJson, EventJson]): unknown => {
        const accumulator = accumulate(events);
        expect(accumulate([events[0]]).add(events[1])).toMatchObject({
          kind: "conflicting",
          eventId: "1".repeat(26),
        });
        return stateToJsonString(replayed(accumulator, events).state());
      };
      expect(counts(first, other)).toBe(counts(other, first));
    },
  );

  test("returns the rules that a payload breaks", () => {
    const accumulator = new DossierAccumulator();
    const rejected = at(1, "1", INDEXED, { ...indexed, indexed_at: null });
    const skipped = {
      eventId: "1".repeat(26),
      eventType: INDEXED,
      violations: [expect.objectContaining({ field: "indexed_at", violationType: "required" })],
    };
    expect(accumulator.add(rejected)).toEqual({
      kind: "skipped",
      ...skipped,
      diagnostics: [expect.objectContaining({ code: "skipped_payload" })],
    });
    expect(accumulator.skipped).toEqual([skipped]);
    expect(accumulator.add(rejected)).toEqual({ kind: "repeated" });
    expect(accumulator.add(first)).toMatchObject({ kind: "conflicting" });
  });

  test("of an invalid envelope throws, and changes nothing", () => {
    const accumulator = accumulate([first]);
    const before = accumulator.toBinary();
    const bad = { ...second, timestamp: "yesterday" };
    expect(() => accumulator.add(bad)).toThrow(InvalidEventError);
    expect(accumulator.toBinary()).toEqual(before);
  });

  test("wire JSON with a $typeName field is still wire JSON", () => {
    const marked = { ...first, $typeName: "speckitty.dossier.v1.Event" };
    expect(new DossierAccumulator().add(marked)).toEqual({
      kind: "added",
      diagnostics: [expect.objectContaining({ code: "unknown_field", field: '["$typeName"]' })],
    });
  });
});

describe("an event that does not count", () => {
  const fraction = "2026-02-27T10:00:00.12345678901Z";
  const elsewhere = { ...namespace, step_id: "another", feature_slug: "021-audit-log" };
  const strange = {
    ...indexed,
    namespace: elsewhere,
    artifact_id: { ...indexed.artifact_id, path: "another", wp_id: "another" },
  };
  const counting = indexing(5, "5", "a");

  test.each([
    ["that is repeated, before others", counting],
    [
      "whose id already has an earlier event",
      { ...at(9, "5", INDEXED, strange), timestamp: fraction },
    ],
    ["whose payload is rejected, likewise", at(9, "5", INDEXED, { ...strange, indexed_at: 1 })],
  ])("leaves only its id in a checkpoint, not its content: %s", (_which, given) => {
    const accumulator = accumulate([counting, indexing(6, "6", "b")]);
    const before = fromBinary(DossierCheckpointSchema, accumulator.toBinary());
    accumulator.add(given);
    const { conflictingEventIds: _ids, ...after } = fromBinary(
      DossierCheckpointSchema,
      accumulator.toBinary(),
    );
    expect({ ...after, conflictingEventIds: [], checksum: 0 }).toEqual({ ...before, checksum: 0 });
    expect(accumulator.add(indexing(7, "7", "another"))).toEqual({ kind: "added" });
    expect([...accumulator.state().artifacts.keys()]).toEqual(["a", "b", "another"]);
  });

  test.each([false, true])("leaves nothing at all when it is refused, strict: %s", (strict) => {
    const accumulator = new DossierAccumulator({ strict });
    accumulator.add(counting);
    const before = accumulator.toBinary();
    const earlier = { ...at(1, "5", INDEXED, strange), timestamp: fraction };
    const foreign = { ...at(9, "9", INDEXED, strange), timestamp: fraction };
    if (strict) {
      expect(() => accumulator.add(earlier)).toThrow(StrictError);
    }
    expect(() => accumulator.add(foreign)).toThrow(MissionDossierError);
    expect(accumulator.toBinary()).toEqual(before);
  });
});

// They fill 256 MiB.
describe.runIf(deep)("payloads that the contract rejects", () => {
  // One string in memory, counted each time.
  const long = "x".repeat(2 ** 20);
  const rejected = (clock: number, id: string): EventJson =>
    at(clock, "0", INDEXED, { ...indexed, indexed_at: 1, long: [long] }, id);

  test("are kept while there is room, and then refused as too large", () => {
    const accumulator = accumulate([indexing(1, "1", "a")]);
    for (let index = 0; index < 255; index++) {
      accumulator.add(rejected(10 + index, String(index)));
    }
    const before = stateToJsonString(accumulator.state());
    expect(() => accumulator.add(rejected(5, "9999"))).toThrow(TooLargeError);
    expect(() => accumulator.add(at(0, "1", INDEXED, { long: [long] }))).toThrow(TooLargeError);
    expect(stateToJsonString(accumulator.state())).toBe(before);
    expect([accumulator.skipped.length, accumulator.conflicts.length]).toEqual([255, 0]);
    expect(accumulator.add(rejected(10, "0"))).toEqual({ kind: "repeated" });
    // A replaced one makes room for another.
    expect(accumulator.add(indexing(0, "0", "b", "7"))).toMatchObject({ kind: "conflicting" });
    expect(accumulator.add(rejected(5, "9999"))).toMatchObject({ kind: "skipped" });
    expect(accumulator.state().eventCount).toBe(257);
  });
});

describe("an id that comes with different content", () => {
  const late = indexing(5, "3", "a");
  const early = indexing(0, "3", "b");

  test("makes the accumulator stale if the state shows the content that no longer counts", () => {
    const events = [indexing(1, "1", "a"), indexing(2, "2", "a"), late, early];
    const accumulator = accumulate(events);
    const error = errorOf(() => accumulator.state(), ReplayRequiredError);
    expect(error).toMatchObject({
      code: "replay_required",
      eventIds: ["3".repeat(26)],
      eventId: "3".repeat(26),
    });
    expect(accumulator).toMatchObject({ eventCount: 3, conflicts: ["3".repeat(26)] });
    const replay = accumulator.replay();
    expect(replay).toMatchObject({ eventCount: 0, conflicts: ["3".repeat(26)] });
    expect(events.map((one) => replay.add(one).kind)).toEqual([
      "added",
      "added",
      "conflicting",
      "added",
    ]);
    expect([...replay.state().artifacts.keys()]).toEqual(["b", "a"]);
    assert.deepStrictEqual(whole(replay), wholeOf(events));
    // The stale accumulator can give another replay.
    assert.deepStrictEqual(whole(replayed(accumulator, [...events].reverse())), wholeOf(events));
  });

  const placeless = { ...indexed, namespace: null };

  test.each<[string, readonly EventJson[], boolean]>([
    ["the first event of a path", [late, indexing(7, "7", "a"), early], true],
    [
      "a superseder",
      [
        at(5, "3", INDEXED, { ...superseding("c") }),
        indexing(6, "6", "o"),
        indexing(1, "1", "c"),
        indexing(0, "3", "o"),
      ],
      true,
    ],
    [
      "the latest snapshot",
      [indexing(1, "1", "a"), at(5, "3", SNAPSHOT, snapshot), at(0, "3", SNAPSHOT, snapshot)],
      true,
    ],
    [
      "the first event of the namespace",
      [at(5, "3", INDEXED, { namespace }), at(0, "3", INDEXED, placeless)],
      true,
    ],
    [
      "an event that is covered everywhere",
      [indexing(1, "1", "a"), late, indexing(7, "7", "a"), early],
      false,
    ],
    [
      "an anomaly, which covers nothing",
      [indexing(1, "1", "a"), at(5, "3", MISSING, missing), early],
      false,
    ],
    [
      "a drift, which covers nothing",
      [indexing(1, "1", "a"), at(5, "3", DRIFT, drift), early],
      false,
    ],
    [
      "a rejected payload",
      [indexing(1, "1", "a"), at(5, "3", INDEXED, { namespace }), early],
      false,
    ],
  ])(
    "makes the accumulator stale, or not, when the losing content is %s",
    (_what, events, isStale) => {
      const accumulator = accumulate(events);
      if (isStale) {
        expect(() => accumulator.state()).toThrow(ReplayRequiredError);
      } else {
        assert.deepStrictEqual(whole(accumulator), wholeOf(events));
      }
      assert.deepStrictEqual(whole(replayed(accumulator, events)), wholeOf(events));
    },
  );

  test("no longer makes it stale once later events cover the losing content", () => {
    const events = [indexing(1, "1", "a"), late, early, indexing(9, "9", "a")];
    assert.deepStrictEqual(whole(accumulate(events)), wholeOf(events));
  });

  test("is reported once, in any order and with any repetitions", () => {
    const events = [1, 2, 3, 2, 1].map((clock) => indexing(clock, "7", "a"));
    expect(accumulate(events).conflicts).toEqual(["7".repeat(26)]);
    expect(reduceWithReport(events).conflicts).toEqual([{ position: 1, eventId: "7".repeat(26) }]);
    expect(reduceWithReport([...events].reverse()).conflicts).toHaveLength(1);
  });
});

describe("another mission", () => {
  const other = { ...namespace, feature_slug: "021-audit-log" };
  const foreign = (clock: number, id: string): EventJson =>
    at(clock, id, SNAPSHOT, { ...snapshot, namespace: other });
  const own = [indexing(2, "2", "a"), indexing(3, "3", "b")];

  test.each([
    ["before", foreign(1, "9")],
    ["after", foreign(9, "9")],
  ])(
    "is refused like in the reducer when its event comes %s, and changes nothing",
    (_name, bad) => {
      const accumulator = accumulate(own);
      const before = accumulator.toBinary();
      const expected = mixtureOf(() => reduceMissionDossier([...own, bad]));
      assert.deepStrictEqual(
        properties(mixtureOf(() => accumulator.add(bad))),
        properties(expected),
      );
      const merging = accumulate(own);
      const mergeError = mixtureOf(() => merging.merge(accumulate([bad])));
      assert.deepStrictEqual(properties(mergeError), properties(expected));
      expect(accumulator.toBinary()).toEqual(before);
      expect(merging.toBinary()).toEqual(before);
      expect(accumulator.add(indexing(4, "4", "c"))).toEqual({ kind: "added" });
    },
  );

  test("is refused even if only its namespace can be read", () => {
    const bad = at(9, "9", INDEXED, { namespace: other });
    expect(() => accumulate(own).add(bad)).toThrow(NamespaceMixedStreamError);
    expect(reduceWithReport([bad]).state.namespace?.featureSlug).toBe(other.feature_slug);
  });

  test("is not a mixture if its event does not count", () => {
    // The first event of an id counts; that of the other mission is later.
    const events = [...own, foreign(9, "2")];
    expect(accumulate(events).state().namespace?.featureSlug).toBe(namespace.feature_slug);
    expect(reduceMissionDossier(events).eventCount).toBe(2);
    const merged = accumulate([foreign(9, "2")]);
    merged.merge(accumulate(own));
    // The snapshot of the other mission shows until the log is read again.
    expect(() => merged.state()).toThrow(ReplayRequiredError);
    assert.deepStrictEqual(whole(replayed(merged, events)), wholeOf(events));
  });

  test("in a content that sorts first makes the accumulator stale, and its replay refuses the others", () => {
    const events = [indexing(5, "1", "a"), indexing(6, "2", "b"), foreign(4, "1")];
    const accumulator = accumulate(events);
    expect(() => accumulator.state()).toThrow(ReplayRequiredError);
    const replay = accumulator.replay();
    expect(events.slice(1).map((one) => outcomeOf(() => replay.add(one).kind))).toEqual([
      "added",
      "mixed_namespaces",
    ]);
    expect(() => reduceMissionDossier(events)).toThrow(NamespaceMixedStreamError);
  });

  test("is accepted if it replaces the only event", () => {
    const events = [foreign(9, "2"), indexing(2, "2", "a")];
    const accumulator = accumulate(events);
    expect(() => accumulator.state()).toThrow(ReplayRequiredError);
    assert.deepStrictEqual(whole(replayed(accumulator, events)), wholeOf(events));
  });

  test("is a different step in the scope step", () => {
    const inStep = (clock: number, id: string, step_id: string | null): EventJson =>
      at(clock, id, SNAPSHOT, { ...snapshot, namespace: { ...namespace, step_id } });
    const accumulator = new DossierAccumulator({ namespaceScope: "step" });
    accumulator.add(inStep(1, "1", "plan"));
    expect(() => accumulator.add(inStep(2, "2", "tasks"))).toThrow(NamespaceMixedStreamError);
    expect(() => accumulator.add(inStep(2, "2", null))).toThrow(NamespaceMixedStreamError);
    expect(accumulator.add(inStep(2, "2", "plan"))).toEqual({ kind: "added" });
    const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
    expect(() => restored.add(inStep(3, "3", "tasks"))).toThrow(NamespaceMixedStreamError);
  });

  function outcomeOf(call: () => string): string {
    try {
      return call();
    } catch (error) {
      return error instanceof MissionDossierError ? error.code : assert.fail(String(error));
    }
  }

  function mixtureOf(call: () => unknown): NamespaceMixedStreamError {
    return errorOf(call, NamespaceMixedStreamError);
  }

  function properties({ message, expected, got, differsInStepOnly }: NamespaceMixedStreamError) {
    return { message, expected: { ...expected }, got: { ...got }, differsInStepOnly };
  }
});

describe("a checkpoint", () => {
  test("has the clocks of its events, from none to the latest", () => {
    const clocks = [null, "9223372036854775807", 0, null, 5, "9223372036854775807"];
    const events = clocks.map((lamport_clock, index) => ({
      ...indexing(0, String(index + 1), String(index)),
      lamport_clock,
    })) as unknown as EventJson[];
    const accumulator = accumulate(events);
    const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
    expect(restored.state()).toEqual(accumulator.state());
    expect(restored.toBinary()).toEqual(accumulator.toBinary());
    expect(events.map((event) => restored.add(event).kind)).toEqual(clocks.map(() => "repeated"));
  });

  const rich = accumulate([
    indexing(1, "1", "a"),
    indexing(2, "2", "語😀"),
    indexing(3, "1", "a"),
    at(4, "4", INDEXED, { ...indexed, indexed_at: null }),
    { ...indexing(5, "5", "b"), timestamp: "2026-03-02T09:14:07.12345678901234567Z" },
    at(6, "6", SNAPSHOT, snapshot),
  ]).toBinary();

  test("keeps a byte-order mark, which is text like any other", () => {
    const marked = "\ufeff";
    const accumulator = accumulate([
      at(1, "1", INDEXED, {
        ...indexed,
        namespace: { ...indexed.namespace, feature_slug: marked },
        artifact_id: { ...indexed.artifact_id, path: marked },
        indexed_at: marked,
      }),
    ]);
    expect(DossierAccumulator.fromBinary(accumulator.toBinary()).state()).toEqual(
      accumulator.state(),
    );
  });

  test("cut off anywhere is refused", () => {
    for (let end = 0; end < rich.length; end++) {
      expect(() => DossierAccumulator.fromBinary(rich.subarray(0, end))).toThrow(
        InvalidBinaryError,
      );
    }
  });

  test("with any bit changed is refused", () => {
    for (let index = 0; index < rich.length; index++) {
      for (const bit of cases([0, 7, 1, 2, 3, 4, 5, 6])) {
        const changed = Uint8Array.from(rich);
        changed[index] = (changed[index] ?? 0) ^ (1 << bit);
        expect(() => DossierAccumulator.fromBinary(changed)).toThrow(InvalidBinaryError);
      }
    }
  });

  test("with any byte changed, and its checksum corrected, is valid, stale or refused", () => {
    fc.assert(
      fc.property(fc.nat(rich.length - 1), fc.nat(255), (index, byte) => {
        const changed = Uint8Array.from(rich);
        changed[index] = byte;
        let accumulator: DossierAccumulator;
        try {
          accumulator = DossierAccumulator.fromBinary(withRightChecksum(changed));
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidBinaryError);
          return;
        }
        try {
          accumulator.state();
        } catch (error) {
          // A changed byte can name another content of an id as the one that counts.
          expect(error).toBeInstanceOf(ReplayRequiredError);
        }
      }),
      { numRuns: runs(5000) },
    );
  });

  const valid = fromBinary(DossierCheckpointSchema, rich);
  const events = valid.events ?? assert.fail();
  const [path = assert.fail(), ...paths] = valid.paths;
  const latest = path.latest ?? assert.fail();
  const [mission = assert.fail()] = valid.namespaces;
  const [refused = assert.fail()] = valid.rejected;
  const columns = (change: Partial<typeof events>): Partial<DossierCheckpoint> => ({
    events: { ...events, ...change },
  });
  const first = (change: Partial<typeof path>): Partial<DossierCheckpoint> => ({
    paths: [{ ...path, ...change }, ...paths],
  });
  const without = (name: "firstRow" | "latestRow"): Partial<DossierCheckpoint> => {
    const { [name]: _, ...others } = path;
    return { paths: [others, ...paths] };
  };

  test("with a value that breaks the contract is refused, and the place is named", () => {
    const bytes = checkpointBytes({
      ...valid,
      ...first({ latest: { ...latest, contentRef: undefined } }),
    });
    expect(() => DossierAccumulator.fromBinary(bytes)).toThrow(
      `artifacts["${path.path}"].content_ref`,
    );
  });

  test.each<[string, Partial<DossierCheckpoint>]>([
    ["another layout", { layout: 1 }],
    ["no events", { events: undefined }],
    ["an artifact without an identity", first({ latest: { ...latest, identity: undefined } })],
    ["an anomaly without its value", { anomalies: [create(AnomalyRegisterSchema)] }],
    ["a drift without its value", { drifts: [create(DriftRegisterSchema)] }],
    ["a snapshot without its value", { snapshot: create(SnapshotRegisterSchema) }],
    ["a namespace without its value", { namespaces: [create(NamespaceRegisterSchema)] }],
    ["an unknown scope", { namespaceScope: "galaxy" }],
    ["a column that is too short", columns({ nanoseconds: events.nanoseconds.slice(1) })],
    ["ids that are cut off", columns({ ids: events.ids.slice(1) })],
    ["a fingerprint that is cut off", columns({ fingerprints: events.fingerprints.slice(1) })],
    ["a clock below 0", columns({ lamportClocks: events.lamportClocks.map(() => -1n) })],
    [
      "a clock beyond 63 bits",
      columns({ lamportClocks: events.lamportClocks.map(() => 2n ** 62n) }),
    ],
    ["too many nanoseconds", columns({ nanoseconds: events.nanoseconds.map(() => 1e9) })],
    ["an unknown kind of id", columns({ idKinds: events.idKinds.map(() => 1) })],
    ["one id twice", columns({ ids: events.ids.map(() => 7) })],
    ["a row that does not exist", { snapshot: { ...(valid.snapshot ?? assert.fail()), row: 99 } }],
    ["a namespace of a row that does not exist", { namespaces: [{ ...mission, firstRow: 99 }] }],
    ["a namespace twice", { namespaces: [mission, mission] }],
    [
      "a namespace that breaks the contract",
      {
        namespaces: [
          { ...mission, namespace: { ...(mission.namespace ?? assert.fail()), featureSlug: "" } },
        ],
      },
    ],
    [
      "two missions",
      {
        namespaces: [
          mission,
          {
            ...mission,
            firstRow: 1,
            namespace: { ...(mission.namespace ?? assert.fail()), featureSlug: "another" },
          },
        ],
      },
    ],
    ["a path twice", { paths: [path, path, ...paths] }],
    ["an artifact under another path", first({ path: "another" })],
    ["an artifact without its first event", without("firstRow")],
    ["an artifact without its latest event", without("latestRow")],
    ["a rejected payload that is not JSON", { rejected: [{ ...refused, payload: "{" }] }],
    ["a rejected payload that is not an object", { rejected: [{ ...refused, payload: "1" }] }],
    [
      "a rejected payload of an unknown event type",
      { rejected: [{ ...refused, eventType: "Other" }] },
    ],
    [
      "a rejected payload that the contract accepts",
      { rejected: [{ ...refused, payload: JSON.stringify(indexed) }] },
    ],
    ["a conflicting id without an event", { conflictingEventIds: ["7".repeat(26)] }],
    ["a conflicting id in another spelling", { conflictingEventIds: ["1"] }],
    [
      "digits with a trailing zero",
      columns({ longFractions: events.longFractions.map((long) => ({ ...long, digits: "10" })) }),
    ],
  ])("with %s is refused", (_name, change) => {
    const bytes = checkpointBytes({ ...valid, ...change });
    expect(() => DossierAccumulator.fromBinary(bytes)).toThrow(InvalidBinaryError);
    expect(() => DossierAccumulator.fromBinary(checkpointBytes(valid))).not.toThrow();
  });

  test("takes at most forty bytes an event, not counting the state", () => {
    const count = 1000;
    const many = Array.from({ length: count }, (_, index) => ({
      ...indexing(index, "0", "a", String(index)),
      timestamp: new Date(1_772_442_847_000 + index * 250).toISOString(),
    }));
    const more =
      accumulate(many).toBinary().length - accumulate(many.slice(0, 1)).toBinary().length;
    expect(more / count).toBeLessThan(40);
  });
});

test("there is no scope galaxy", () => {
  // @ts-expect-error The compiler rejects it.
  expect(() => new DossierAccumulator({ namespaceScope: "galaxy" })).toThrow(InvalidArgumentError);
});
