import { describe, expect, test } from "vitest";
import {
  assertPayloadConforms,
  ConformanceError,
  validateEvent,
} from "../../src/conformance/index.js";
import { isJson } from "../../src/event/model/struct-limits.js";
import { acceptsEnvelope } from "../../src/event/model/verdict.js";
import {
  acceptsPayload,
  DOSSIER_EVENT_TYPES,
  DossierAccumulator,
  type DossierEventType,
  eventToBinary,
  generationOf,
  InvalidEventError,
  InvalidMessageError,
  namespaceKey,
  parseEvent,
  parsePayload,
  payloadToBinary,
  reduceByNamespace,
  reduceWithReport,
  safeParseEvent,
  stateToJsonString,
  upcastEvent,
} from "../../src/index.js";
import { envelope, identity, indexed, payloads, snapshot, withValue } from "../support/examples.js";
import { cases } from "../support/runs.js";
import { asEvent, expectRefusedOrKept, resultOrTypedError } from "./attacks.js";
import { ODD_VALUES, UNPRINTABLE } from "./values.js";

// Values that are not JSON, which callers in plain JavaScript may pass: each gives a result or
// a typed error, and the two readers agree on which. Frozen input is tested in dossier/laws.

const INDEXED = "MissionDossierArtifactIndexed";

/** The places for a value in a payload, as dotted paths. `[]` is an item of a list. */
const PLACES = [
  "artifact_id.path",
  "content_ref.size_bytes",
  "provenance.source_event_ids[]",
  "context_diagnostics.key",
  "unknown",
  "namespace",
  "namespace.mission_key",
  "artifact_id",
  "artifact_id.artifact_class",
  "indexed_at",
  "provenance",
  "provenance.source_event_ids",
  "supersedes",
  "context_diagnostics",
] as const;

/** Where a value can stand in an envelope. */
const FIELDS = new Set([
  ...["event_type", "lamport_clock", "timestamp", "data_tier", "unknown", "causation_id"],
  ...Object.keys(envelope),
]);

function payloadWith(place: string, value: unknown): object {
  const optional = { provenance: {}, supersedes: identity };
  const path = place.replace("[]", "");
  // `withValue` inserts any value.
  const given = (place.endsWith("[]") ? [value] : value) as string;
  return withValue({ ...indexed, ...optional }, path, given);
}

describe.each(Object.entries(ODD_VALUES))("%s", (_name, value) => {
  test("at any place in a payload has one verdict", () => {
    for (const place of cases(PLACES, 4)) {
      expectOneVerdict(payloadWith(place, value), INDEXED, place);
    }
  });

  test("as a payload of any type has one verdict", () => {
    for (const eventType of cases(DOSSIER_EVENT_TYPES)) {
      expectOneVerdict(value, eventType);
    }
    expectOneVerdict({ ...snapshot, artifact_count: value }, "MissionDossierSnapshotComputed");
  });

  test("as any field of an envelope has one verdict", () => {
    for (const field of cases([...FIELDS], 5)) {
      expectEnvelope({ ...envelope, payload: indexed, [field]: value });
    }
    expectEnvelope({ ...envelope, payload: value });
    expectEnvelope(value);
  });
});

function expectOneVerdict(payload: unknown, eventType: DossierEventType, where = ""): void {
  const accepted = acceptsPayload(eventType, payload);
  const parsed = resultOrTypedError(() => parsePayload(eventType, payload));
  const strict = validateEvent(payload, eventType, { strict: true });
  const verdicts = {
    parsed: !(parsed instanceof Error),
    valid: validateEvent(payload, eventType).valid,
  };
  expect(verdicts, where).toEqual({ parsed: accepted, valid: accepted });
  // A schema takes any object for one of JSON, and does not see the fields that it does not have.
  const schema = strict.schemaCheckSkipped || strict.schemaViolations.length === 0;
  expect(schema || !accepted, where).toBe(true);
  expect(isJson(payload) && where !== "unknown" ? schema : accepted, where).toBe(accepted);
  if (!(parsed instanceof Error)) {
    expect(payloadToBinary(parsed).length).toBeGreaterThan(0);
  }
}

/** Either every reader accepts an envelope, or none does and the accumulator is unchanged. */
function expectEnvelope(event: unknown): void {
  const parsed = resultOrTypedError(() => parseEvent(event));
  expect(acceptsEnvelope(event)).toBe(!(parsed instanceof Error));
  const accumulator = new DossierAccumulator();
  for (const call of [
    () => reduceWithReport([asEvent(event)]),
    () => reduceByNamespace([asEvent(event)]),
    () => accumulator.add(asEvent(event)),
  ]) {
    const result: unknown = resultOrTypedError<unknown>(call);
    if (result instanceof Error) {
      expect(result).toBeInstanceOf(InvalidEventError);
      expect(parsed).toBeInstanceOf(InvalidEventError);
    }
  }
  // These throw for no event.
  generationOf(event);
  namespaceKey(asEvent(event));
  for (const strict of [false, true]) {
    const accepted = !(parsed instanceof Error) && parseError(event, strict) === undefined;
    expect(accepted || !safeParseEvent(event, { strict }).success).toBe(true);
  }
  expect(upcastEvent(event).kind).toMatch(/^(?:unchanged|rejected)$/);
  expect(stateToJsonString(accumulator.state())).toContain('"event_count":');
}

function parseError(event: unknown, strict: boolean): unknown {
  const parsed = resultOrTypedError(() => parseEvent(event, { strict }));
  return parsed instanceof Error ? parsed : undefined;
}

describe("a payload that is rejected for a value that is not JSON", () => {
  /** Such a value is the only violation. */
  const event = (value: unknown) =>
    asEvent({ ...envelope, payload: payloadWith("artifact_id.run_id", value) });

  // As JSON text, most of these values would be valid or absent.
  test.each(Object.entries(ODD_VALUES))("is refused, or kept: %s", (_name, value) => {
    expectRefusedOrKept(event(value));
  });
});

describe("the payload of an event that is read but not judged", () => {
  const written = (payload: unknown) =>
    resultOrTypedError(() => eventToBinary(parseEvent({ ...envelope, payload })));

  test.each(Object.entries(ODD_VALUES))("is written, or a typed error: %s", (_name, value) => {
    for (const payload of [{ a: value }, { a: [value] }, { a: { b: value } }]) {
      const result = written(payload);
      expect(result instanceof Uint8Array || result instanceof InvalidMessageError).toBe(true);
    }
  });

  test.each([
    ["a date", { a: new Date(0) }],
    ["a boxed string", { a: Object("b") }],
  ])("is written as JSON.stringify writes it, or is a typed error: %s", (_name, payload) => {
    const result = written(payload);
    if (!(result instanceof Error)) {
      expect(result).toEqual(written(JSON.parse(JSON.stringify(payload))));
    }
  });
});

describe("an assertion on a value that cannot be shown as JSON", () => {
  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  const rows: readonly (readonly [string, unknown])[] = [
    ["a bigint", 5n],
    ["an object that contains itself", cycle],
  ];

  test.each(rows)("fails as an assertion: %s", (_name, value) => {
    const payload = { ...indexed, indexed_at: value };
    expect(() => assertPayloadConforms(payload, INDEXED)).toThrow(ConformanceError);
  });
});

test.each(Object.entries(UNPRINTABLE))("%s is a violation at its place", (_name, value) => {
  for (const payload of [value, { ...indexed, namespace: value }]) {
    const error = resultOrTypedError(() => parsePayload(INDEXED, payload));
    expect(error).toBeInstanceOf(InvalidMessageError);
  }
});

test.each([
  ["a text", "n".repeat(10_000)],
  ["a bigint", 10n ** 10_000n],
  ["a function", Object.assign(() => "a", { toString: () => "f".repeat(10_000) })],
])("%s is shown briefly at any length", (_name, value) => {
  const error = resultOrTypedError(() => parsePayload(INDEXED, { ...indexed, namespace: value }));
  expect(error).toBeInstanceOf(InvalidMessageError);
  expect(String(error).length).toBeLessThan(400);
});

test("all four payloads are attacked", () => {
  for (const eventType of DOSSIER_EVENT_TYPES) {
    expect(acceptsPayload(eventType, payloads[eventType])).toBe(true);
  }
});
