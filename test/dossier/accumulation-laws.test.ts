import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DossierAccumulator,
  type EventJson,
  type MissionDossierState,
  ReplayRequiredError,
  reduceMissionDossier,
  stateToJson,
  stateToJsonString,
} from "../../src/index.js";
import { anyStream } from "../support/arbitrary-stream.js";
import { fingerprintOf } from "../support/fingerprint-of.js";
import { naiveReduce } from "../support/naive-reducer.js";
import { deep, runs } from "../support/runs.js";

// Streams have few ids, so that most have ids that come with several contents.

/** The state as text, which shows the order of the paths, or the ids that need a replay. */
function outcome(accumulator: DossierAccumulator): string {
  try {
    return stateToJsonString(accumulator.state());
  } catch (error) {
    if (error instanceof ReplayRequiredError) {
      return `stale: ${error.eventIds.join()}`;
    }
    throw error;
  }
}

function isStale(accumulator: DossierAccumulator): boolean {
  return outcome(accumulator).startsWith("stale");
}

function accumulate(
  events: Iterable<EventJson>,
  accumulator = new DossierAccumulator(),
): DossierAccumulator {
  for (const event of events) {
    accumulator.add(event);
  }
  return accumulator;
}

function merged(...accumulators: readonly DossierAccumulator[]): DossierAccumulator {
  const all = new DossierAccumulator();
  for (const accumulator of accumulators) {
    all.merge(accumulator);
  }
  return all;
}

function reduced(events: Iterable<EventJson>): string {
  return stateToJsonString(reduceMissionDossier(events));
}

/** A state as JSON with its artifacts as a list, to keep their order. */
function inOrder(state: MissionDossierState): object {
  const json = stateToJson(state);
  const artifacts = Array.from(state.artifacts.keys(), (path) => [
    path,
    Object.getOwnPropertyDescriptor(json.artifacts, path)?.value,
  ]);
  return { ...json, artifacts };
}

/** A stream in two or three parts, some events in more than one of them. */
const parts = fc.tuple(anyStream, anyStream, fc.array(fc.nat(2))).map(([events, more, places]) => {
  const all = [
    ...events,
    ...more.map((event, index) => ({ ...event, event_id: (events[index] ?? event).event_id })),
  ];
  return [0, 1, 2].map((part) =>
    all.filter((_, index) => (places[index] ?? index % 3) === part || index % 7 === part),
  );
});

describe("the reducer", () => {
  test("equals a naive sort, deduplication and fold", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const byFingerprint = (a: EventJson, b: EventJson): number =>
          fingerprintOf(a) < fingerprintOf(b) ? -1 : 1;
        assert.deepEqual(inOrder(reduceMissionDossier(events)), naiveReduce(events, byFingerprint));
      }),
      { numRuns: runs(250) },
    );
  });

  test("gives the same state for events that can be read only once", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        expect(reduced(events.values())).toBe(reduced(events));
      }),
    );
  });
});

describe("an accumulator", () => {
  test("equals the reducer or is stale, and its replay equals the reducer", () => {
    let stale = 0;
    fc.assert(
      fc.property(anyStream, (events) => {
        const accumulator = accumulate(events);
        if (isStale(accumulator)) {
          stale++;
        } else {
          expect(outcome(accumulator)).toBe(reduced(events));
        }
        expect(outcome(accumulate(events, accumulator.replay()))).toBe(reduced(events));
        expect(outcome(accumulate(events.toReversed(), accumulator.replay()))).toBe(
          reduced(events),
        );
      }),
      { numRuns: runs(250) },
    );
    if (deep) {
      // Otherwise the generator no longer makes conflicting ids.
      expect(stale).toBeGreaterThan(10);
    }
  });

  test("is stale only if an id came with several contents", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const accumulator = accumulate(events);
        fc.pre(isStale(accumulator));
        expect(accumulator.conflicts.length).toBeGreaterThan(0);
      }),
      { numRuns: runs(200) },
    );
  });

  test("merged from any parts equals the reducer or is stale, and so do merged replays of the parts", () => {
    fc.assert(
      fc.property(parts, (some) => {
        const all = merged(...some.map((events) => accumulate(events)));
        const expected = reduced(some.flat());
        if (!isStale(all)) {
          expect(outcome(all)).toBe(expected);
        }
        expect(outcome(merged(...some.map((events) => accumulate(events, all.replay()))))).toBe(
          expected,
        );
      }),
      { numRuns: runs(300) },
    );
  });

  test("merging is associative, commutative and idempotent", () => {
    fc.assert(
      fc.property(parts, (some) => {
        const [a, b, c] = some.map((events) => accumulate(events));
        assert(a && b && c);
        const all = outcome(merged(a, b, c));
        expect(outcome(merged(merged(a, b), c))).toBe(all);
        expect(outcome(merged(a, merged(b, c)))).toBe(all);
        expect(outcome(merged(c, b, a))).toBe(all);
        expect(outcome(merged(a, b, c, b, a))).toBe(all);
        expect(merged(c, b, a).conflicts).toEqual(merged(a, b, c).conflicts);
      }),
      { numRuns: runs(300) },
    );
  });

  test("continues from a checkpoint without a difference, replays included", () => {
    fc.assert(
      fc.property(anyStream, fc.nat(12), fc.boolean(), (events, point, isReplay) => {
        const start = isReplay ? accumulate(events).replay() : new DossierAccumulator();
        const before = accumulate(events.slice(0, point), start);
        const restored = DossierAccumulator.fromBinary(before.toBinary());
        expect(outcome(restored)).toBe(outcome(before));
        // A checkpoint has rejected payloads as JSON, which has no -0.
        expect(JSON.stringify(restored.skipped)).toBe(JSON.stringify(before.skipped));
        expect(restored.conflicts).toEqual([...before.conflicts]);
        expect(restored.eventCount).toBe(before.eventCount);
        const rest = events.slice(point);
        expect(outcome(accumulate(rest, restored))).toBe(outcome(accumulate(rest, before)));
        expect(outcome(accumulate(events, restored.replay()))).toBe(reduced(events));
      }),
      { numRuns: runs(300) },
    );
  });
});
