import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DOSSIER_EVENT_TYPES,
  PAYLOAD_SCHEMAS,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { PAYLOAD_SCHEMAS as LATER_PAYLOAD_SCHEMAS } from "../../../gen/speckitty/dossier/v3/contract.js";
import { validateEnvelope, validateEvent } from "../../../src/conformance/validate-event.js";
import { readModel } from "../../../src/event/model/read-model.js";
import {
  acceptsPayload,
  createEvent,
  DossierAccumulator,
  type EventJson,
  eventFromBinary,
  eventToBinary,
  eventToJson,
  generationOf,
  NamespaceMixedStreamError,
  namespaceKey,
  parseEvent,
  parsePayload,
  parseState,
  payloadToJson,
  reduceByNamespace,
  reduceMissionDossier,
  reduceWithReport,
  safeParseEvent,
  standardSchema,
  stateToJson,
  stateToJsonString,
} from "../../../src/index.js";
import { mutated, validJson } from "../../support/arbitrary-json.js";
import { anyStream, withLaterNames } from "../../support/arbitrary-stream.js";
import { envelope, indexed, namespace, snapshot } from "../../support/examples.js";
import { runs } from "../../support/runs.js";

// CONTRACT, section 10. The names are written down a second time on purpose: here they check
// the IDL.

const LATER = { contract: "3.0.0" } as const;

/** A value with the names of contract 3.0.0, written as text so that it shares no code. */
const later = withLaterNames;

const { lamport_clock: _, ...withoutClock } = envelope;
const laterEvent = { ...withoutClock, build_id: "", payload: later(indexed) };

describe.each(DOSSIER_EVENT_TYPES)("%s", (eventType) => {
  const payloads = validJson(PAYLOAD_SCHEMAS[eventType]);
  const laterPayloads = validJson(LATER_PAYLOAD_SCHEMAS[eventType]);

  test("is the same message in both generations, written in either", () => {
    fc.assert(
      fc.property(laterPayloads, (json) => {
        const message = parsePayload(eventType, json);
        const first = payloadToJson(message);
        expect(parsePayload(eventType, first)).toEqual(message);
        const again = payloadToJson(message, LATER);
        expect(parsePayload(eventType, again, LATER)).toEqual(message);
        expect(readModel(LATER_PAYLOAD_SCHEMAS[eventType], again).kind).toBe("valid");
      }),
    );
  });

  test("of 3.0.0 has one verdict in the compiled schema and in the model", () => {
    fc.assert(
      fc.property(mutated(laterPayloads), (json) => {
        const { valid, contract } = validateEvent(json, eventType, LATER);
        expect(contract).toBe("3.0.0");
        expect(acceptsPayload(eventType, json, LATER)).toBe(valid);
      }),
      { numRuns: runs(500) },
    );
  });

  test("is of the generation that its names show", () => {
    fc.assert(
      fc.property(payloads, (json) => {
        expect(generationOf({ event_type: eventType, payload: json })).toBe("2.4.0");
        expect(validateEvent(json, eventType)).toMatchObject({ valid: true, contract: "2.4.0" });
      }),
    );
    fc.assert(
      fc.property(laterPayloads, (json) => {
        expect(generationOf({ event_type: eventType, payload: json })).toBe("3.0.0");
        expect(validateEvent(json, eventType)).toMatchObject({ valid: true, contract: "3.0.0" });
      }),
    );
  });
});

test("a stream gives one state in either generation, or in both", () => {
  fc.assert(
    fc.property(anyStream, fc.infiniteStream(fc.boolean()), (events, choices) => {
      const mixed = events.map((event): EventJson => {
        // A payload with unknown fields is accepted by 2.4.0 only.
        const renamed = later(event);
        const isKept = reduceWithReport([event]).skipped.length > 0;
        const isClosed = reduceWithReport([renamed]).skipped.length > 0;
        return choices.next().value && !isKept && !isClosed ? renamed : event;
      });
      expect(resultOf(mixed)).toEqual(resultOf(events));
    }),
    { numRuns: runs(300) },
  );

  function resultOf(events: readonly EventJson[]): unknown {
    try {
      return stateToJsonString(reduceMissionDossier(events));
    } catch (error) {
      return error instanceof Error ? error.name : error;
    }
  }
});

describe("an event of 3.0.0", () => {
  test("needs neither a clock nor a build id, except in strict mode", () => {
    expect(reduceMissionDossier([laterEvent as never]).artifacts.size).toBe(1);
    expect(parseEvent(laterEvent)).toMatchObject({ buildId: "", schemaVersion: "3.0.0" });
    expect(parseEvent(laterEvent).lamportClock).toBeUndefined();
    const result = safeParseEvent(laterEvent, { strict: true });
    expect(result).toMatchObject({ success: false, violations: [{ field: "build_id" }] });
    expect(safeParseEvent({ ...laterEvent, build_id: "b1" }, { strict: true })).toMatchObject({
      success: true,
      generation: "3.0.0",
    });
    const strictFirst = { strict: true, contract: "2.4.0" } as const;
    const { build_id, ...first } = { ...laterEvent, payload: indexed };
    expect(safeParseEvent(first, strictFirst)).toMatchObject({
      success: false,
      violations: [{ field: "lamport_clock", violationType: "required" }],
    });
  });

  test("is read with the names of 2.4.0, and written in either", () => {
    const event = parseEvent(laterEvent);
    expect(event.payload).toEqual(indexed);
    expect(eventToJson(event).payload).toEqual(indexed);
    expect(eventToJson(event, LATER).payload).toEqual(later(indexed));
    expect(JSON.parse(JSON.stringify(event)).payload).toEqual(indexed);
  });

  test("passes strict mode after it was written in 2.4.0, except where that was asked for", () => {
    const strict = { strict: true };
    const parsed = parseEvent({ ...laterEvent, build_id: "b1", lamport_clock: 1 }, strict);
    expect(eventFromBinary(eventToBinary(parsed), strict)).toEqual(parsed);
    const written = JSON.parse(JSON.stringify(parsed));
    expect(parseEvent(written, strict).buildId).toBe("b1");
    for (const [contract, success] of [[undefined, true] as const, ["2.4.0", false] as const]) {
      const options = { ...strict, contract };
      expect(safeParseEvent(written, options).success).toBe(success);
      expect(validateEnvelope(written, options).every(({ valid }) => valid)).toBe(success);
    }
  });

  test("may have no unknown field in its payload", () => {
    const payload = { ...later(indexed), extra: 1 };
    expect(validateEvent(payload, "MissionDossierArtifactIndexed").modelViolations).toMatchObject([
      { field: "extra", violationType: "unknown_field" },
    ]);
    expect(reduceWithReport([{ ...laterEvent, payload } as never]).skipped).toHaveLength(1);
  });

  test("is rejected with both names of one field", () => {
    const both = { ...later(indexed), namespace: { ...later(namespace), ...namespace } };
    for (const payload of [both, { ...indexed, namespace: both.namespace }]) {
      expect(acceptsPayload("MissionDossierArtifactIndexed", payload)).toBe(false);
      const report = reduceWithReport([{ ...laterEvent, payload } as never]);
      expect(report.skipped).toHaveLength(1);
      expect(parseEvent({ ...laterEvent, payload }).payload).toEqual(payload);
    }
  });

  test("is not created with both names of one field, which its readers would reject", () => {
    const type = "MissionDossierArtifactIndexed";
    const { event_type, ...rest } = envelope;
    const both = { ...later(namespace), ...namespace };
    for (const payload of [
      { ...indexed, namespace: both },
      { ...indexed, artifact_id: { ...later(indexed.artifact_id), ...indexed.artifact_id } },
    ]) {
      for (const options of [{}, { strict: true }, LATER]) {
        const whole = { ...rest, build_id: "b1" };
        expect(() => createEvent(type, payload as never, whole, options)).toThrow(
          expect.objectContaining({ code: "invalid_event" }),
        );
      }
    }
  });

  test("can be created", () => {
    const type = "MissionDossierArtifactIndexed";
    const { event_type, ...rest } = envelope;
    const created = createEvent(type, indexed, { ...rest, build_id: "b1" }, LATER);
    expect(created.payload).toEqual(later(indexed));
    expect(created.schema_version).toBe("3.0.0");
    expect(() => createEvent(type, indexed, rest as never, LATER)).toThrow(
      expect.objectContaining({ field: "build_id" }),
    );
    const { lamport_clock, ...clockless } = rest;
    expect(() => createEvent(type, indexed, clockless as never)).toThrow(
      expect.objectContaining({ field: "lamport_clock" }),
    );
  });
});

test("a rejected payload takes part in the mission of its namespace, in either generation", () => {
  const rejected = { ...snapshot, anomaly_count: -1 };
  const first = { ...envelope, event_type: "MissionDossierSnapshotComputed", payload: snapshot };
  const at = (feature_slug: string, changed: (json: object) => unknown) => ({
    ...first,
    event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWZ",
    payload: changed({ ...rejected, namespace: { ...namespace, feature_slug } }),
  });
  for (const changed of [(json: object) => json, later]) {
    const other = at("other", changed);
    expect(namespaceKey(other as never)).toBe(namespaceKey(at("other", (it) => it) as never));
    expect(() => reduceMissionDossier([first, other] as never)).toThrow(NamespaceMixedStreamError);
    const { missions, unassigned } = reduceByNamespace([first, other] as never);
    expect([missions.length, unassigned.state.eventCount]).toEqual([2, 0]);
    const own = at(namespace.feature_slug, changed);
    expect(reduceMissionDossier([first, own] as never).eventCount).toBe(2);
  }
  // The names of the namespace tell how to read it, whatever the others are.
  const indexedOf = (artifact_id: object) => ({
    ...envelope,
    payload: { ...indexed, artifact_id },
  });
  const mixed = indexedOf(later(indexed.artifact_id));
  expect(namespaceKey(mixed as never)).toBe(namespaceKey(indexedOf(indexed.artifact_id) as never));
  const both = { ...namespace, mission_slug: "a" };
  const ambiguous = { ...first, payload: { ...rejected, namespace: both } };
  expect(namespaceKey(ambiguous as never)).toBeUndefined();
});

test("events without a clock stand before all others, by instant and id", () => {
  const at = (timestamp: string, hash: string, clock?: number) => ({
    ...(clock === undefined ? withoutClock : { ...envelope, lamport_clock: clock }),
    event_id: `01KJPZ8V2M4T6R1E9C3H5N7Q${hash.slice(0, 2).toUpperCase()}`,
    event_type: "MissionDossierSnapshotComputed",
    timestamp,
    payload: { ...snapshot, snapshot_hash: hash },
  });
  const events = [
    at("2026-03-02T09:00:00Z", "aa", 0),
    at("2026-03-03T09:00:00Z", "bb"),
    at("2026-03-02T09:00:00Z", "cc"),
  ] as never[];
  const last = (list: never[]) => reduceMissionDossier(list).latestSnapshot?.snapshotHash;
  expect(last(events)).toBe("aa");
  expect(last(events.slice(1))).toBe("bb");
  const accumulator = new DossierAccumulator();
  for (const event of events) {
    accumulator.add(event);
  }
  const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
  expect(restored.add(events[2] as never)).toMatchObject({ kind: "repeated" });
  expect(restored.state().latestSnapshot?.snapshotHash).toBe("aa");
});

test("a state is written and read in either generation", () => {
  const state = reduceMissionDossier([laterEvent as never]);
  expect(parseState(stateToJson(state, LATER))).toEqual(state);
  expect(parseState(stateToJson(state, LATER), LATER)).toEqual(state);
  const first = { contract: "2.4.0" } as const;
  expect(() => parseState(stateToJson(state, LATER), first)).toThrow("feature_slug");
  expect(() => parseState(stateToJson(state), LATER)).toThrow("mission_slug");
  const both = { ...stateToJson(state, LATER), namespace: { ...later(namespace), ...namespace } };
  expect(() => parseState(both)).toThrow(
    expect.objectContaining({ field: "namespace.feature_slug" }),
  );
  expect(stateToJson(state, LATER)).toEqual(later(stateToJson(state)));
  expect(stateToJsonString(state, 2, LATER)).toBe(
    stateToJsonString(state, 2)
      .replaceAll('"feature_slug"', '"mission_slug"')
      .replaceAll('"mission_key"', '"mission_type"'),
  );
});

test("a report counts the events of each generation, as they were given", () => {
  const other = { ...envelope, event_id: "01KJPZ8V2M4T6R1E9C3H5N7QZZ", payload: indexed };
  const events = [laterEvent, laterEvent, other] as never[];
  expect(reduceWithReport(events).generations).toEqual({ "2.4.0": 1, "3.0.0": 2 });
  expect(reduceByNamespace(events).generations).toEqual({ "2.4.0": 1, "3.0.0": 2 });
  const skipped = { ...laterEvent, payload: { ...laterEvent.payload, extra: 1 } };
  expect(reduceWithReport([skipped as never]).generations).toEqual({ "2.4.0": 0, "3.0.0": 1 });
  // An id with two contents is read a second time, and counted once.
  const { node_id, ...rest } = other;
  const earlier = { ...rest, node_id, lamport_clock: 0 };
  const late = { ...rest, node_id, lamport_clock: 9 };
  expect(reduceWithReport([late, earlier]).generations).toEqual({ "2.4.0": 2, "3.0.0": 0 });
});

test("a generation that does not exist is refused", () => {
  const unknown = { contract: "3.0" as never };
  for (const call of [
    () => validateEvent(indexed, "MissionDossierArtifactIndexed", unknown),
    () => parsePayload("MissionDossierArtifactIndexed", indexed, unknown),
    () => eventToJson(parseEvent(envelope), unknown),
    () => parseEvent(envelope, unknown),
    () => parseState({}, unknown),
    () => standardSchema(PAYLOAD_SCHEMAS.MissionDossierArtifactIndexed, unknown),
  ]) {
    expect(call).toThrow(
      expect.objectContaining({ name: "InvalidArgumentError", field: "contract" }),
    );
  }
});
