import assert from "node:assert/strict";
import type { JsonObject } from "@bufbuild/protobuf";
import { create, fromBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkpointBytes, withRightChecksum } from "../../fuzz/checkpoint-bytes.js";
import {
  type DossierCheckpoint,
  DossierCheckpoint_NodeClockSchema,
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
  reduceMissionDossier,
  reduceWithReport,
  StrictError,
  stateToJsonString,
  TooLargeError,
} from "../../src/index.js";
import { anyStream } from "../support/arbitrary-stream.js";
import { event, indexed, namespace, snapshot, withValue } from "../support/examples.js";

const INDEXED = "MissionDossierArtifactIndexed";
const SNAPSHOT = "MissionDossierSnapshotComputed";

/** Everything that an accumulator says of its events. */
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

/** Something that can be done with several accumulators. */
type Step =
  | { readonly kind: "add"; readonly event: number; readonly to: number }
  | { readonly kind: "merge"; readonly from: number; readonly into: number }
  | { readonly kind: "restore"; readonly which: number }
  | { readonly kind: "look"; readonly which: number };

const ACCUMULATORS = 3;
const which = fc.nat(ACCUMULATORS - 1);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("add"), event: fc.nat(), to: which }) },
  fc.record({ kind: fc.constant("merge"), from: which, into: which }),
  fc.record({ kind: fc.constant("restore"), which }),
  fc.record({ kind: fc.constant("look"), which }),
);

describe("whatever is added, merged, checkpointed and restored", () => {
  test("the state is that of the batch reducer for all the events", () => {
    fc.assert(
      fc.property(anyStream, fc.array(anyStep, { maxLength: 40 }), (events, steps) => {
        const accumulators = Array.from({ length: ACCUMULATORS }, () => new DossierAccumulator());
        const at = (index: number): DossierAccumulator => accumulators[index] ?? assert.fail();
        const added: EventJson[] = [];
        for (const step of steps) {
          switch (step.kind) {
            case "add": {
              const one = events[step.event % Math.max(events.length, 1)];
              if (one !== undefined) {
                at(step.to).add(one);
                added.push(one);
              }
              break;
            }
            case "merge":
              at(step.into).merge(at(step.from));
              break;
            case "restore":
              accumulators[step.which] = DossierAccumulator.fromBinary(at(step.which).toBinary());
              break;
            case "look":
              at(step.which).state();
          }
        }
        const all = new DossierAccumulator();
        for (const accumulator of accumulators) {
          all.merge(accumulator);
        }
        assert.deepStrictEqual(whole(all), wholeOf(added));
      }),
      { numRuns: 1000 },
    );
  });

  test("one that has all events in any order, some more than once, says what the batch reducer says", () => {
    fc.assert(
      fc.property(
        anyStream.chain((events) =>
          fc.tuple(
            fc.constant(events),
            fc.shuffledSubarray([...events, ...events], {
              minLength: 2 * events.length,
              maxLength: 2 * events.length,
            }),
          ),
        ),
        ([events, given]) => {
          assert.deepStrictEqual(whole(accumulate(given)), wholeOf(events));
        },
      ),
      { numRuns: 500 },
    );
  });
});

const threeParts = fc.tuple(anyStream, anyStream, anyStream);

describe("merge", () => {
  test("is commutative", () => {
    fc.assert(
      fc.property(threeParts, ([a, b]) => {
        const [left, right] = [accumulate(a), accumulate(b)];
        left.merge(accumulate(b));
        right.merge(accumulate(a));
        assert.deepStrictEqual(whole(left), whole(right));
      }),
    );
  });

  test("is associative", () => {
    fc.assert(
      fc.property(threeParts, ([a, b, c]) => {
        const left = accumulate(a);
        left.merge(accumulate(b));
        left.merge(accumulate(c));
        const inner = accumulate(b);
        inner.merge(accumulate(c));
        const right = accumulate(a);
        right.merge(inner);
        assert.deepStrictEqual(whole(left), whole(right));
      }),
    );
  });

  test("is idempotent, with itself and with a copy", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const accumulator = accumulate(events);
        const before = whole(accumulator);
        accumulator.merge(accumulator);
        accumulator.merge(accumulate(events));
        accumulator.merge(DossierAccumulator.fromBinary(accumulator.toBinary()));
        assert.deepStrictEqual(whole(accumulator), before);
      }),
    );
  });

  test("leaves the other one as it is, and free to go its own way", () => {
    fc.assert(
      fc.property(threeParts, ([a, b, c]) => {
        const [one, other] = [accumulate(a), accumulate(b)];
        one.merge(other);
        assert.deepStrictEqual(whole(other), wholeOf(b));
        const merged = whole(one);
        for (const later of c) {
          other.add(later);
        }
        assert.deepStrictEqual(whole(one), merged);
      }),
    );
  });

  test("of accumulators with two scopes is refused", () => {
    const steps = new DossierAccumulator({ namespaceScope: "step" });
    expect(() => steps.merge(new DossierAccumulator())).toThrow(InvalidArgumentError);
    expect(steps.namespaceScope).toBe("step");
  });
});

/** An event of the stream, with a sort key and an id of its own. */
/** @param end How the id ends. */
function at(clock: number, id: string, type: string, payload: JsonObject, end = ""): EventJson {
  const fields = { lamport_clock: clock, event_id: end.padStart(26, id) };
  return event(type, payload, fields) as unknown as EventJson;
}

function indexing(clock: number, id: string, path: string, end?: string): EventJson {
  return at(clock, id, INDEXED, withValue(indexed, "artifact_id.path", path), end);
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
      "what differs in nothing that the state depends on",
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
    [
      "the same id and place with another payload, that sorts later",
      [first, indexing(1, "1", "b")],
      { kind: "conflicting", eventId: "1".repeat(26), counts: "known" },
    ],
    [
      "the same id and place with another payload, that sorts earlier",
      [indexing(1, "1", "b"), first],
      { kind: "conflicting", eventId: "1".repeat(26), counts: "added" },
    ],
    [
      "the same id and place with another type",
      [first, at(1, "1", SNAPSHOT, snapshot)],
      { kind: "conflicting", eventId: "1".repeat(26), counts: "known" },
    ],
    ["an event of another type", [at(1, "1", "Other", {})], { kind: "ignored" }],
  ])("says what came of %s", (_name, events, expected) => {
    const accumulator = new DossierAccumulator();
    const outcomes = events.map((one) => accumulator.add(one));
    expect(outcomes.at(-1)).toEqual(expected);
    const messages = new DossierAccumulator();
    const types = events.map((one) => messages.add(parseEvent(one)));
    expect(types.at(-1)).toEqual(expected);
    assert.deepStrictEqual(whole(accumulator), wholeOf(events));
  });

  test("says which rules a payload breaks", () => {
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

  test("of what is no envelope throws, and changes nothing", () => {
    const accumulator = accumulate([first]);
    const before = accumulator.toBinary();
    const bad = { ...second, timestamp: "yesterday" };
    expect(() => accumulator.add(bad)).toThrow(InvalidEventError);
    expect(accumulator.toBinary()).toEqual(before);
  });

  test("wire JSON with a field that is named as messages are marked is wire JSON", () => {
    const marked = { ...first, $typeName: "speckitty.dossier.v1.Event" };
    expect(new DossierAccumulator().add(marked)).toEqual({
      kind: "added",
      diagnostics: [expect.objectContaining({ code: "unknown_field", field: '["$typeName"]' })],
    });
  });
});

describe("an event that does not come to count", () => {
  const fraction = "2026-02-27T10:00:00.12345678901Z";
  const elsewhere = { ...namespace, step_id: "another", feature_slug: "021-audit-log" };
  const strange = {
    ...indexed,
    namespace: elsewhere,
    artifact_id: { ...indexed.artifact_id, path: "another", wp_id: "another" },
  };
  const counting = indexing(5, "5", "a");

  test.each([
    ["that comes once more, before others", counting],
    [
      "whose id is known by an earlier one",
      { ...at(9, "5", INDEXED, strange), timestamp: fraction },
    ],
    ["whose payload is rejected, likewise", at(9, "5", INDEXED, { ...strange, indexed_at: 1 })],
  ])("leaves no trace but its id, in a checkpoint, of what it says: %s", (_which, given) => {
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

  test.each([false, true])("leaves none at all when it is refused, strict: %s", (strict) => {
    const accumulator = new DossierAccumulator({ strict });
    accumulator.add(counting);
    const before = accumulator.toBinary();
    const earlier = { ...at(1, "5", INDEXED, strange), timestamp: fraction };
    const foreign = { ...at(9, "9", INDEXED, strange), timestamp: fraction };
    // Alone, the earlier one would take the place of the one that it conflicts with.
    if (strict) {
      expect(() => accumulator.add(earlier)).toThrow(StrictError);
    } else {
      expect(() => accumulate([counting, indexing(6, "6", "b")]).add(earlier)).toThrow(
        NamespaceMixedStreamError,
      );
    }
    expect(() => accumulator.add(foreign)).toThrow(MissionDossierError);
    expect(accumulator.toBinary()).toEqual(before);
  });
});

describe("payloads that the contract rejects", () => {
  // Kept once, and counted each time.
  const long = "x".repeat(2 ** 20);
  const rejected = (clock: number, id: string): EventJson =>
    at(clock, "0", INDEXED, { ...indexed, indexed_at: 1, long: [long] }, id);

  test("are kept as long as there is room for them, and then refused as what is too large", () => {
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
    // One that gives way makes room for another.
    expect(accumulator.add(indexing(0, "0", "b", "7"))).toMatchObject({ kind: "conflicting" });
    expect(accumulator.add(rejected(5, "9999"))).toMatchObject({ kind: "skipped" });
    expect(accumulator.state().eventCount).toBe(257);
  });
});

describe("an id that comes with another content", () => {
  test("gives back what the event that counts no longer had covered", () => {
    const events = [
      indexing(1, "1", "a"),
      indexing(2, "2", "a"),
      indexing(5, "3", "a"),
      indexing(0, "3", "b"),
    ];
    const state = accumulate(events).state();
    expect([...state.artifacts.keys()]).toEqual(["b", "a"]);
    expect(stateToJsonString(state)).toBe(stateToJsonString(reduceMissionDossier(events)));
  });

  test("is reported once, whichever came first and however often", () => {
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
    "is refused as the reducer refuses it when its event comes %s, and changes nothing",
    (_name, bad) => {
      const accumulator = accumulate(own);
      const before = accumulator.toBinary();
      const expected = errorOf(() => reduceMissionDossier([...own, bad]));
      assert.deepStrictEqual(properties(errorOf(() => accumulator.add(bad))), properties(expected));
      const merging = accumulate(own);
      const mergeError = errorOf(() => merging.merge(accumulate([bad])));
      assert.deepStrictEqual(properties(mergeError), properties(expected));
      expect(accumulator.toBinary()).toEqual(before);
      expect(merging.toBinary()).toEqual(before);
      expect(accumulator.add(indexing(4, "4", "c"))).toEqual({ kind: "added" });
    },
  );

  test("is refused even where only its namespace can be read", () => {
    const bad = at(9, "9", INDEXED, { namespace: other });
    expect(() => accumulate(own).add(bad)).toThrow(NamespaceMixedStreamError);
    expect(reduceWithReport([bad]).state.namespace?.featureSlug).toBe(other.feature_slug);
  });

  test("of an event that does not count is none", () => {
    // The first of an id counts, and the one of the other mission comes later.
    const events = [...own, foreign(9, "2")];
    expect(accumulate(events).state().namespace?.featureSlug).toBe(namespace.feature_slug);
    expect(reduceMissionDossier(events).eventCount).toBe(2);
    const merged = accumulate([foreign(9, "2")]);
    merged.merge(accumulate(own));
    assert.deepStrictEqual(whole(merged), wholeOf(events));
  });

  test("is refused where the event that would count now is of it, and changes nothing", () => {
    const accumulator = accumulate([indexing(5, "1", "a"), indexing(6, "2", "b")]);
    const { conflicts, eventCount } = accumulator;
    const state = accumulator.state();
    const payload = { ...indexed, namespace: { ...indexed.namespace, feature_slug: "another" } };
    expect(() => accumulator.add(at(4, "1", INDEXED, payload))).toThrow(NamespaceMixedStreamError);
    expect(accumulator).toMatchObject({ conflicts, eventCount });
    expect(accumulator.state()).toEqual(state);
  });

  test("may be that of the only event, once it counts no more", () => {
    const events = [foreign(9, "2"), indexing(2, "2", "a")];
    assert.deepStrictEqual(whole(accumulate(events)), wholeOf(events));
  });

  test("is another step, in the scope step", () => {
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

  function errorOf(call: () => unknown): NamespaceMixedStreamError {
    try {
      call();
    } catch (error) {
      if (error instanceof NamespaceMixedStreamError) {
        return error;
      }
    }
    return assert.fail("no NamespaceMixedStreamError");
  }

  function properties({ message, expected, got, differsInStepOnly }: NamespaceMixedStreamError) {
    return { message, expected: { ...expected }, got: { ...got }, differsInStepOnly };
  }
});

describe("a checkpoint", () => {
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

  test("cut off anywhere is none", () => {
    for (let end = 0; end < rich.length; end++) {
      expect(() => DossierAccumulator.fromBinary(rich.subarray(0, end))).toThrow(
        InvalidBinaryError,
      );
    }
  });

  test("with any bit changed is none", () => {
    for (let index = 0; index < rich.length; index++) {
      for (let bit = 0; bit < 8; bit++) {
        const changed = Uint8Array.from(rich);
        changed[index] = (changed[index] ?? 0) ^ (1 << bit);
        expect(() => DossierAccumulator.fromBinary(changed)).toThrow(InvalidBinaryError);
      }
    }
  });

  test("with any byte changed by somebody who knows of the checksum is one, or none", () => {
    fc.assert(
      fc.property(fc.nat(rich.length - 1), fc.nat(255), (index, byte) => {
        const changed = Uint8Array.from(rich);
        changed[index] = byte;
        try {
          DossierAccumulator.fromBinary(withRightChecksum(changed)).state();
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidBinaryError);
        }
      }),
      { numRuns: 5000 },
    );
  });

  const valid = fromBinary(DossierCheckpointSchema, rich);
  const records = (change: (words: Uint32Array) => void): Uint8Array => {
    const bytes = Uint8Array.from(valid.records);
    change(new Uint32Array(bytes.buffer));
    return bytes;
  };

  test.each<[string, Partial<DossierCheckpoint>]>([
    ["another layout", { layout: 2 }],
    ["no such scope", { namespaceScope: "galaxy" }],
    ["records that are cut off", { records: valid.records.subarray(1) }],
    ["fewer records than it says", { records: valid.records.subarray(48) }],
    ["an event type that there is not", { eventTypes: ["Other"] }],
    ["too few event types", { eventTypes: [] }],
    ["too few namespaces", { namespaces: [] }],
    ["nothing packed", { packed: [] }],
    ["no vocabularies", { vocabularies: [] }],
    ["a rejected payload that is no JSON", { rejected: [rejectedPayload(3, "{")] }],
    ["a rejected payload that is no object", { rejected: [rejectedPayload(3, "1")] }],
    [
      "a clock below 0",
      { clocks: [create(DossierCheckpoint_NodeClockSchema, { nodeId: "a", clock: -1n })] },
    ],
    ["an id that there is not", { records: records((words) => words.fill(1, 5, 6)) }],
    [
      "a place where nothing is packed",
      { records: records((words) => words.fill(2 ** 31, 11, 12)) },
    ],
  ])("with %s is refused", (_name, change) => {
    const bytes = checkpointBytes({ ...valid, ...change });
    expect(() => DossierAccumulator.fromBinary(bytes)).toThrow(InvalidBinaryError);
  });

  test("of two missions is refused", () => {
    const [one = assert.fail()] = valid.namespaces;
    const namespaces = [one, { ...one, featureSlug: "another" }];
    const bytes = checkpointBytes({
      ...valid,
      namespaces,
      records: records((words) => {
        words[10] = ((words[10] ?? 0) & 0xff) | (2 << 8);
      }),
    });
    expect(() => DossierAccumulator.fromBinary(bytes)).toThrow(InvalidBinaryError);
  });

  test("of a payload that the contract has come to accept counts as accepted", () => {
    const rejected = [rejectedPayload(3, JSON.stringify(indexed))];
    const bytes = checkpointBytes({ ...valid, rejected });
    const restored = DossierAccumulator.fromBinary(bytes);
    expect(restored.skipped).toEqual([]);
    expect(restored.state().artifacts.has(String(indexed.artifact_id.path))).toBe(true);
  });

  function rejectedPayload(record: number, payload: string): DossierCheckpoint["rejected"][number] {
    const $typeName = "speckitty.reducer.v1.DossierCheckpoint.RejectedPayload";
    return { $typeName, record, payload };
  }
});

test("there is no scope galaxy", () => {
  // @ts-expect-error The compiler rejects it.
  expect(() => new DossierAccumulator({ namespaceScope: "galaxy" })).toThrow(InvalidArgumentError);
});
