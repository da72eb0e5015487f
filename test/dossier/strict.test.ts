import { describe, expect, test } from "vitest";
import type { EventJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { validateEnvelope, validateEvent } from "../../src/conformance/index.js";
import {
  type Diagnostic,
  DossierAccumulator,
  parseEvent,
  parsePayload,
  reduceByNamespace,
  reduceMissionDossier,
  reduceWithReport,
  StrictError,
  stateToJson,
} from "../../src/index.js";
import { envelope, indexed, missing } from "../support/examples.js";

function knownTo(accumulator: DossierAccumulator): object {
  const { eventCount, skipped, conflicts, diagnostics } = accumulator;
  const checkpoint = accumulator.toBinary();
  return { state: accumulator.state(), eventCount, skipped, conflicts, diagnostics, checkpoint };
}

function at(clock: number, fields: object = {}): EventJson {
  const id = `01KJPZ8V2M4T6R1E9C3H5N7${String(100 + clock)}`;
  return {
    ...envelope,
    event_id: id,
    lamport_clock: clock,
    payload: indexed,
    ...fields,
  } as EventJson;
}

const plain = at(1);
const otherNamespace = { ...indexed.namespace, project_uuid: "orchard-api" };

/** Streams whose last event has a problem, and its diagnostic. */
const cases: readonly {
  readonly what: string;
  readonly events: readonly EventJson[];
  readonly found: Partial<Diagnostic>;
}[] = [
  {
    what: "an unknown field of the envelope",
    events: [plain, at(2, { trace: "t" })],
    found: { code: "unknown_field", field: "trace", got: "t" },
  },
  {
    what: "an unknown field of the payload",
    events: [plain, at(2, { payload: { ...indexed, colour: "red" } })],
    found: { code: "unknown_field", field: "payload.colour", got: "red" },
  },
  {
    what: "an unknown field within the payload",
    events: [
      plain,
      at(2, { payload: { ...indexed, artifact_id: { ...indexed.artifact_id, "no name": null } } }),
    ],
    found: { code: "unknown_field", field: 'payload.artifact_id["no name"]', got: null },
  },
  {
    what: "a payload that the contract rejects",
    events: [plain, at(2, { payload: { ...indexed, indexed_at: null } })],
    found: { code: "skipped_payload", field: "payload.indexed_at", expected: "value is required" },
  },
  {
    what: "a project that differs from the namespace's",
    events: [at(1, { payload: { ...indexed, namespace: otherNamespace } })],
    found: { code: "project_mismatch", field: "project_uuid", expected: "orchard-api" },
  },
  {
    what: "an id that comes with different content",
    events: [plain, { ...plain, payload: { ...indexed, indexed_at: "later" } }],
    found: { code: "conflicting_event", field: "event_id" },
  },
  {
    what: "a clock that goes backwards",
    events: [at(5), at(4)],
    found: { code: "clock_backwards", field: "lamport_clock", expected: 5, got: 4 },
  },
];

/** Streams without diagnostics. */
const fine: readonly { readonly what: string; readonly events: readonly EventJson[] }[] = [
  { what: "known fields only", events: [plain, at(2)] },
  { what: "the same event twice, however late", events: [at(1), at(2), at(1)] },
  { what: "equal clocks", events: [at(1), at(1, { event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWB" })] },
  { what: "lower clocks of other nodes", events: [at(5), at(4, { node_id: "other" })] },
  {
    what: "one project in two spellings",
    events: [
      at(1, {
        project_uuid: indexed.namespace.project_uuid.toUpperCase(),
      }),
      at(2, {
        payload: {
          ...indexed,
          namespace: {
            ...indexed.namespace,
            project_uuid: indexed.namespace.project_uuid,
          },
        },
      }),
    ],
  },
  {
    what: "any key of a map",
    events: [at(1, { payload: { ...indexed, context_diagnostics: { "": "", x: "y" } } })],
  },
  { what: "an event of another type", events: [plain, at(2, { event_type: "Other", foo: 1 })] },
];

describe.each(cases)("$what", ({ events, found }) => {
  const before = events.slice(0, -1);
  const last = events.at(-1) as EventJson;
  const expected = { eventId: last.event_id, position: events.length - 1, ...found };

  test("is in the report of the reducers, and changes nothing", () => {
    const { diagnostics, state } = reduceWithReport(events);
    expect(diagnostics).toMatchObject([expected]);
    expect(Object.isFrozen(diagnostics) && diagnostics.every(Object.isFrozen)).toBe(true);
    expect(state.eventCount).toBe(new Set(events.map(({ event_id }) => event_id)).size);
    expect(stateToJson(reduceMissionDossier(events))).toEqual(stateToJson(state));
  });

  test("is a failure of the reducers in strict mode", () => {
    for (const reduce of [reduceMissionDossier, reduceWithReport, reduceByNamespace]) {
      expect(() => reduce(events, { strict: true })).toThrow(StrictError);
      expect(() => reduce(events, { strict: true })).toThrow(
        expect.objectContaining({ ...expected, diagnostic: expect.objectContaining(expected) }),
      );
      reduce(before, { strict: true });
    }
  });

  test("is a diagnostic of an accumulator, but not of its checkpoint", () => {
    const accumulator = new DossierAccumulator();
    for (const event of before) {
      expect(accumulator.add(event)).toEqual({ kind: "added" });
    }
    const outcome = accumulator.add(last);
    const isConflict = found.code === "conflicting_event";
    if (isConflict) {
      expect(outcome).toEqual({
        kind: "conflicting",
        eventId: last.event_id,
        counts: expect.any(String),
      });
    } else {
      expect(outcome).toMatchObject({ diagnostics: [{ ...expected, position: undefined }] });
    }
    const isKeptElsewhere = isConflict || found.code === "skipped_payload";
    const kept = isKeptElsewhere ? [] : [{ ...expected, position: undefined }];
    expect(accumulator.diagnostics).toMatchObject(kept);
    const bytes = accumulator.toBinary();
    expect(DossierAccumulator.fromBinary(bytes).diagnostics).toEqual([]);
    const merged = new DossierAccumulator();
    merged.merge(accumulator);
    expect(merged.diagnostics).toEqual(accumulator.diagnostics);
    // A checkpoint has only the skipped payloads and the conflicts.
    const restore = () => DossierAccumulator.fromBinary(bytes, { strict: true });
    if (isKeptElsewhere) {
      expect(restore).toThrow(StrictError);
    } else {
      expect(restore).not.toThrow();
    }
  });

  test("is refused by an accumulator in strict mode, which stays unchanged", () => {
    const strict = new DossierAccumulator({ strict: true });
    for (const event of before) {
      strict.add(event);
    }
    const known = knownTo(strict);
    expect(() => strict.add(last)).toThrow(
      expect.objectContaining({ ...expected, position: undefined }),
    );
    expect(knownTo(strict)).toEqual(known);

    const other = new DossierAccumulator();
    for (const event of events) {
      other.add(event);
    }
    expect(() => strict.merge(other)).toThrow(StrictError);
    expect(knownTo(strict)).toEqual(known);
    const restored = DossierAccumulator.fromBinary(strict.toBinary(), { strict: true });
    expect(knownTo(restored)).toEqual(known);
    // The clocks of its nodes are not in a checkpoint.
    if (found.code !== "clock_backwards") {
      expect(() => restored.add(last)).toThrow(StrictError);
    }
  });
});

describe.each(fine)("$what", ({ events }) => {
  test("is fine", () => {
    expect(reduceWithReport(events).diagnostics).toEqual([]);
    expect(reduceByNamespace(events).diagnostics).toEqual([]);
    reduceMissionDossier(events, { strict: true });
    const strict = new DossierAccumulator({ strict: true });
    for (const event of events) {
      strict.add(event);
    }
    expect(strict.diagnostics).toEqual([]);
  });
});

test("the first of each kind is kept", () => {
  const events = [at(9), at(5), at(4), at(10, { a: 1 }), at(11, { a: 2, b: 1 }), at(12, { b: 2 })];
  const { diagnostics } = reduceWithReport(events);
  expect(diagnostics.map(({ code, field, position }) => [code, field, position])).toEqual([
    ["clock_backwards", "lamport_clock", 1],
    ["unknown_field", "a", 3],
    ["unknown_field", "b", 4],
  ]);
});

test("diagnostics of every kind are in the order in which their events were given", () => {
  const events = [
    plain,
    { ...plain, payload: { ...indexed, indexed_at: "later" } },
    at(2, { payload: { ...indexed, indexed_at: null } }),
    at(3, { a: 1 }),
    at(4, { payload: { ...indexed, indexed_at: null } }),
  ];
  expect(
    reduceWithReport(events).diagnostics.map(({ code, position }) => [code, position]),
  ).toEqual([
    ["conflicting_event", 1],
    ["skipped_payload", 2],
    ["unknown_field", 3],
    ["skipped_payload", 4],
  ]);
});

test("two accumulators in strict mode with different contents of an id do not merge", () => {
  const one = new DossierAccumulator({ strict: true });
  const other = new DossierAccumulator({ strict: true });
  one.add(plain);
  other.add({ ...plain, payload: { ...indexed, indexed_at: "later" } } as EventJson);
  expect(() => one.merge(other)).toThrow(expect.objectContaining({ code: "conflicting_event" }));
});

test("an id with different content that sorts first is refused, and changes nothing", () => {
  const one = at(5);
  // The first in the stream counts: the one of the lower clock.
  const earlier = { ...one, lamport_clock: 4 } as EventJson;
  const accumulator = new DossierAccumulator({ strict: true });
  accumulator.add(one);
  const before = knownTo(accumulator);
  expect(() => accumulator.add(earlier)).toThrow(
    expect.objectContaining({ code: "conflicting_event" }),
  );
  expect(knownTo(accumulator)).toEqual(before);
});

test("a rejected payload with a known id is refused as rejected", () => {
  const accumulator = new DossierAccumulator({ strict: true });
  accumulator.add(at(1));
  expect(() => accumulator.add(at(1, { payload: { namespace: 7 } }))).toThrow(
    expect.objectContaining({ code: "skipped_payload" }),
  );
  expect(accumulator.add(at(1))).toMatchObject({ kind: "repeated" });
});

test("a repeated unreadable payload is not a conflict", () => {
  const unreadable = at(1, { payload: { namespace: 7 } });
  const accumulator = new DossierAccumulator();
  accumulator.add(unreadable);
  expect(accumulator.add(unreadable)).toMatchObject({ kind: "repeated" });
});

test("clocks above 2^53 are text in a diagnostic", () => {
  const accumulator = new DossierAccumulator();
  accumulator.add(at(1, { lamport_clock: "9007199254740993" }));
  accumulator.add(at(2, { lamport_clock: "9007199254740992" }));
  expect(accumulator.diagnostics).toEqual([
    expect.objectContaining({
      code: "clock_backwards",
      expected: "9007199254740993",
      got: "9007199254740992",
    }),
  ]);
});

test("a payload field that is not an identifier is quoted in its path", () => {
  const accumulator = new DossierAccumulator();
  accumulator.add(at(1, { payload: { ...indexed, "no name": 1 } }));
  expect(accumulator.diagnostics).toMatchObject([
    { code: "unknown_field", field: 'payload["no name"]', got: 1 },
  ]);
});

describe("reading in strict mode", () => {
  const strict = { strict: true };

  test("accepts a correct event", () => {
    expect(parseEvent({ ...envelope, payload: indexed }, strict)).toEqual(
      parseEvent({ ...envelope, payload: indexed }),
    );
    expect(parsePayload("MissionDossierArtifactMissing", missing, strict)).toEqual(
      parsePayload("MissionDossierArtifactMissing", missing),
    );
    expect(
      parseEvent({ ...envelope, event_type: "Other", payload: { a: 1 } }, strict),
    ).toBeDefined();
  });

  test("refuses everything in an event at once", () => {
    const json = {
      ...envelope,
      payload: { ...indexed, namespace: otherNamespace, colour: "red", indexed_at: null },
    };
    expect(() => parseEvent(json)).not.toThrow();
    expect(() => parseEvent(json, strict)).toThrow(
      expect.objectContaining({
        code: "invalid_event",
        eventId: envelope.event_id,
        violations: [
          expect.objectContaining({ field: "project_uuid", violationType: "project_mismatch" }),
          expect.objectContaining({ field: "payload.colour", violationType: "unknown_field" }),
          expect.objectContaining({ field: "payload.indexed_at", violationType: "required" }),
        ],
      }),
    );
  });

  test("refuses unknown fields", () => {
    const json = { ...envelope, payload: indexed, colour: "red" };
    expect(() => parseEvent(json, strict)).toThrow(
      expect.objectContaining({ violations: [expect.objectContaining({ field: "colour" })] }),
    );
    expect(() =>
      parsePayload("MissionDossierArtifactMissing", { ...missing, colour: "red" }, strict),
    ).toThrow(expect.objectContaining({ code: "invalid_payload", field: "colour" }));
  });

  test("compares the project for a whole event, not for a payload", () => {
    const json = { ...envelope, payload: { ...indexed, namespace: otherNamespace } };
    expect(validateEnvelope(json).every(({ valid }) => valid)).toBe(true);
    const [ofEnvelope, ofPayload] = validateEnvelope(json, strict);
    expect(ofEnvelope).toMatchObject({
      valid: false,
      modelViolations: [{ field: "project_uuid", violationType: "project_mismatch" }],
    });
    expect(ofPayload?.valid).toBe(true);
    expect(validateEvent(json.payload, "MissionDossierArtifactIndexed", strict).valid).toBe(true);
  });
});

test("at most a thousand kinds are kept, all of them short", () => {
  const accumulator = new DossierAccumulator();
  const long = "x".repeat(5000);
  accumulator.add(at(1, { [long]: { nested: [long] } }));
  const loop: { self?: object } = {};
  loop.self = loop;
  const full = ["x".repeat(996)];
  accumulator.add(at(2, { short: { nested: [1] }, text: long, cannot: 1n, loop, full }));
  const [first, ...others] = accumulator.diagnostics;
  expect(first?.field).toBe(`${long.slice(0, 1000)}…`);
  expect(first?.got).toBe(`{"nested":["${long}`.slice(0, 1000).concat("…"));
  expect(others).toMatchObject([
    { field: "short", got: { nested: [1] } },
    { field: "text", got: `${long.slice(0, 1000)}…` },
    { field: "cannot", got: 1n },
    { field: "loop", got: "an object" },
    { field: "full", got: full },
  ]);
  for (let clock = 3; clock < 23; clock++) {
    const fields = Array.from({ length: 60 }, (_, index) => [`f${clock}_${index}`, 1]);
    accumulator.add(at(clock, Object.fromEntries(fields)));
  }
  expect(accumulator.diagnostics).toHaveLength(1000);
  const other = new DossierAccumulator();
  other.add(at(90, { more: 1 }));
  accumulator.merge(other);
  expect(accumulator.diagnostics).toHaveLength(1000);
});
