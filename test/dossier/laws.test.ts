import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import {
  type EventJson,
  type MissionDossierState,
  parseEvent,
  parseState,
  reduceMissionDossier,
  reduceWithReport,
  stateFromBinary,
  stateToBinary,
  stateToJson,
  stateToJsonString,
} from "../../src/index.js";
import { anyStream } from "../support/arbitrary-stream.js";
import { runs } from "../support/runs.js";
import { schemaAccepts } from "../support/schemas.js";

/** The state as text, which shows the order of the paths. */
function stateText(events: Iterable<EventJson>): string {
  return stateToJsonString(reduceMissionDossier(events));
}

const shuffledStream = anyStream.chain((events) =>
  fc.tuple(
    fc.constant(events),
    fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
    fc.subarray(events),
  ),
);

describe("the reducer", () => {
  test("gives the same state for any order of the events", () => {
    fc.assert(
      fc.property(shuffledStream, ([events, shuffled]) => {
        expect(stateText(shuffled)).toBe(stateText(events));
      }),
      { numRuns: runs(250) },
    );
  });

  test("gives the same state for any repetition of events", () => {
    fc.assert(
      fc.property(shuffledStream, ([events, shuffled, some]) => {
        expect(stateText([...some, ...shuffled, ...some])).toBe(stateText(events));
      }),
      { numRuns: runs(250) },
    );
  });

  test("skips the same events in any order", () => {
    fc.assert(
      fc.property(shuffledStream, ([events, shuffled]) => {
        const ids = (given: EventJson[]): unknown[] =>
          reduceWithReport(given).skipped.map(({ eventId, violations }) => [eventId, violations]);
        assert.deepStrictEqual(ids(shuffled), ids(events));
      }),
    );
  });

  test("gives the same state for messages as for wire JSON", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const messages = events.map((event) => parseEvent(event));
        expect(stateToJsonString(reduceMissionDossier(messages))).toBe(stateText(events));
      }),
    );
  });

  test("never changes its input", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const messages = events.map((event) => parseEvent(event));
        const before = structuredClone({ events, messages });
        reduceWithReport([...events, ...messages]);
        assert.deepStrictEqual({ events, messages }, before);
      }),
    );
  });

  test("reads frozen input", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const frozen = events.map((event) => Object.freeze(parseEvent(event)));
        expect(stateToJsonString(reduceMissionDossier(Object.freeze(frozen)))).toBe(
          stateText(events),
        );
      }),
    );
  });

  test("counts the ids, and lists each rejected payload", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const { state, skipped } = reduceWithReport(events);
        const ids = events
          .filter(({ event_type }) => event_type !== "SomethingElse")
          .map((event) => parseEvent(event).eventId);
        expect(state.eventCount).toBe(new Set(ids).size);
        expect(skipped.length).toBeLessThanOrEqual(state.eventCount);
        for (const { position, eventId, violations } of skipped) {
          const event = events[position];
          expect(event && parseEvent(event).eventId).toBe(eventId);
          expect(violations.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});

describe("the state", () => {
  test("is frozen all the way down", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        for (const part of partsOf(reduceMissionDossier(events))) {
          expect(Object.isFrozen(part)).toBe(true);
        }
      }),
    );
  });

  test("is a read-only map that no method of Map can change", () => {
    const { artifacts } = reduceMissionDossier([]);
    expect("set" in artifacts || "delete" in artifacts || "clear" in artifacts).toBe(false);
    // The compiler does not allow it either.
    const asMap = artifacts as unknown as Map<string, unknown>;
    expect(() => Map.prototype.set.call(asMap, "a", 1)).toThrow(TypeError);
    expect(() => Reflect.apply(Map.prototype.clear, asMap, [])).toThrow(TypeError);
    expect(artifacts.size).toBe(0);
  });

  test("can be read like any map", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const { artifacts } = reduceMissionDossier(events);
        const entries = [...artifacts];
        const seen: unknown[] = [];
        artifacts.forEach((entry, path, map) => {
          expect(map).toBe(artifacts);
          seen.push([path, entry]);
        });
        expect(seen).toEqual(entries);
        expect([...artifacts.entries()]).toEqual(entries);
        expect([...artifacts.keys()]).toEqual(entries.map(([path]) => path));
        expect([...artifacts.values()]).toEqual(entries.map(([, entry]) => entry));
        expect(artifacts.size).toBe(entries.length);
        for (const [path, entry] of entries) {
          expect(artifacts.has(path)).toBe(true);
          expect(artifacts.get(path)).toBe(entry);
          expect(entry.identity.path).toBe(path);
        }
      }),
    );
  });

  test("is accepted by the contract, with every field written", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const json = stateToJson(reduceMissionDossier(events));
        expect(schemaAccepts(MissionDossierStateSchema, json)).toBe(true);
        expect(Object.keys(json)).toEqual([
          "namespace",
          "artifacts",
          "anomalies",
          "latest_snapshot",
          "drift_history",
          "parity_status",
          "event_count",
        ]);
        expect(JSON.stringify(json)).toBe(JSON.stringify(JSON.parse(JSON.stringify(json))));
      }),
    );
  });

  test("written as JSON and read again is the same state", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const state = reduceMissionDossier(events);
        const read = parseState(JSON.parse(stateToJsonString(state)));
        assert.deepStrictEqual(stateToJson(read), stateToJson(state));
        for (const part of partsOf(read)) {
          expect(Object.isFrozen(part)).toBe(true);
        }
      }),
    );
  });

  test("written as bytes and read again is the same state, in the same order", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const state = reduceMissionDossier(events);
        const read = stateFromBinary(stateToBinary(state));
        expect(stateToJsonString(read)).toBe(stateToJsonString(state));
        for (const part of partsOf(read)) {
          expect(Object.isFrozen(part)).toBe(true);
        }
      }),
    );
  });

  test("is written as text exactly like JSON.stringify, except for the order of the paths", () => {
    fc.assert(
      fc.property(anyStream, fc.nat(4), (events, indent) => {
        const state = reduceMissionDossier(events);
        const reordered = JSON.stringify(
          JSON.parse(stateToJsonString(state, indent)),
          null,
          indent,
        );
        expect(reordered).toBe(JSON.stringify(stateToJson(state), null, indent));
        fc.pre(!state.artifacts.has("1"));
        expect(stateToJsonString(state, indent)).toBe(reordered);
      }),
    );
  });
});

/** The state and every object in it. */
function* partsOf(state: MissionDossierState): Iterable<object> {
  const pending: unknown[] = [state];
  for (const part of pending) {
    if (typeof part === "object" && part !== null) {
      yield part;
      pending.push(...(part === state.artifacts ? state.artifacts.values() : Object.values(part)));
    }
  }
}
