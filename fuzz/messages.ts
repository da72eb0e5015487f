import fc from "fast-check";
import {
  acceptsPayload,
  type DossierEventType,
  eventFromBinary,
  eventToBinary,
  eventToJson,
  InvalidBinaryError,
  InvalidEventError,
  InvalidMessageError,
  isDossierEventType,
  type MissionDossierState,
  parseEvent,
  parsePayload,
  parseState,
  payloadFromBinary,
  payloadToBinary,
  payloadToJson,
  stateFromBinary,
  stateToBinary,
  stateToJson,
  stateToJsonString,
  UnknownEventTypeError,
} from "mission-dossier";
import {
  assertPayloadConforms,
  assertPayloadFails,
  ConformanceError,
  validateEnvelope,
  validateEvent,
} from "mission-dossier/conformance";
import { ENVELOPES, PAYLOADS, STATES } from "./corpus.js";
import { attempt, expect, expectSame } from "./expect.js";
import { mutatedBytes } from "./mutated-bytes.js";
import { mutatedJson } from "./mutated-json.js";
import { target } from "./target.js";
import { anyToken, KEYS, nested } from "./tokens.js";

/** A kind of message, and how it is read and written. */
type Kind = {
  readonly name: string;
  readonly bases: readonly unknown[];
  readonly parse: (json: unknown) => unknown;
  readonly fromBinary: (bytes: Uint8Array) => unknown;
  readonly toBinary: (message: never) => Uint8Array;
  readonly toJson: (message: never) => unknown;
};

const EVENT: Kind = {
  ...{ name: "Event", bases: ENVELOPES, parse: parseEvent, toJson: eventToJson },
  ...{ fromBinary: eventFromBinary, toBinary: eventToBinary },
};

const STATE: Kind = {
  ...{ name: "state", bases: STATES, parse: parseState, toJson: stateToJson },
  ...{ fromBinary: stateFromBinary, toBinary: stateToBinary },
};

const PAYLOAD_KINDS: readonly Kind[] = PAYLOADS.map(({ eventType, payloads }) => ({
  ...{ name: eventType, bases: payloads, toJson: payloadToJson, toBinary: payloadToBinary },
  parse: (json) => parsePayload(eventType, json),
  fromBinary: (bytes) => payloadFromBinary(eventType, bytes),
}));

function jsonOf({ bases }: Kind): fc.Arbitrary<string> {
  return fc.oneof({ weight: 20, arbitrary: mutatedJson(bases) }, anyToken);
}

/** Envelopes: reading and verdicts. */
export const event = target(
  "event",
  jsonOf(EVENT),
  (json) => {
    const given: unknown = JSON.parse(json);
    const verdict = expectVerdicts(EVENT, given, "Event");
    const [envelope, payload] = validateEnvelope(given);
    const [strict] = validateEnvelope(given, { strict: true });
    // Only a whole event has an event type that may be misspelled.
    const { warnings: _, ...judged } = envelope;
    expectSame("validateEnvelope agrees with validateEvent", judged, verdict);
    expect("an event that is valid in strict mode is valid", verdict.valid || !strict.valid);
    if (verdict.valid) {
      const { eventType, payload: content } = parseEvent(given);
      const alone = isDossierEventType(eventType) ? validateEvent(content, eventType) : undefined;
      expect("a payload of a known type is judged", payload?.valid === alone?.valid);
    }
  },
  [nested(5000), '"\\ud800"', "1e400"].map((value) =>
    JSON.stringify({ ...Object(ENVELOPES[0]), event_type: "X", payload: { a: 0 } }).replace(
      '{"a":0}',
      `{"a":${value}}`,
    ),
  ),
);

/** Payloads: reading and every kind of verdict. */
export const payload = target<readonly [Kind | string, string]>(
  "payload",
  fc.oneof(
    ...PAYLOAD_KINDS.map((kind) => ({
      weight: 8,
      arbitrary: fc.tuple(fc.constant(kind), jsonOf(kind)),
    })),
    fc.tuple(fc.constantFrom(...KEYS), anyToken),
  ),
  ([kind, json]) => {
    const given: unknown = JSON.parse(json);
    // Callers without a compiler give any text.
    const eventType = (typeof kind === "string" ? kind : kind.name) as DossierEventType;
    if (typeof kind === "string") {
      expectUnknown(() => parsePayload(eventType, given));
      expectUnknown(() => acceptsPayload(eventType, given));
      expectUnknown(() => payloadFromBinary(eventType, new Uint8Array()));
      return;
    }
    const { valid } = expectVerdicts(kind, given, eventType);
    const strict = validateEvent(given, eventType, { strict: true });
    expect("acceptsPayload agrees", acceptsPayload(eventType, given) === valid);
    expect("a payload that is valid in strict mode is valid", valid || !strict.valid);
  },
  PAYLOAD_KINDS.flatMap((kind) => [
    [kind, nested(5000)] as const,
    ...kind.bases.slice(1, 3).map((json) => {
      const odd = { ...Object(json), context_diagnostics: { "\ud800": "" } };
      return [kind, JSON.stringify(odd)] as const;
    }),
  ]),
);

function expectUnknown(action: () => unknown): void {
  const { kind } = attempt(action, UnknownEventTypeError);
  expect("an unknown event type is rejected", kind === "error");
}

/** Makes sure that all who judge an event or a payload agree, and that a valid one is kept. */
function expectVerdicts(kind: Kind, given: unknown, eventType: DossierEventType | "Event") {
  const isRead = expectRead(kind, given);
  const verdict = validateEvent(given, eventType);
  const { valid, modelViolations, schemaViolations } = verdict;
  // A reader also takes envelopes that lack what one generation of the contract requires.
  expect(
    "validateEvent agrees with the parser",
    eventType === "Event" ? isRead || !valid : valid === isRead,
  );
  expect("a violation is named", valid || modelViolations.length + schemaViolations.length > 0);
  const asserted = attempt(() => assertPayloadConforms(given, eventType), ConformanceError);
  expect("assertPayloadConforms agrees", (asserted.kind === "result") === valid);
  const denied = attempt(() => assertPayloadFails(given, eventType), ConformanceError);
  expect("assertPayloadFails is the opposite", (denied.kind === "error") === valid);
  return verdict;
}

/** States as JSON. */
export const state = target(
  "state",
  jsonOf(STATE),
  (json) => {
    expectRead(STATE, JSON.parse(json));
  },
  STATES.map((json) => JSON.stringify(json).replace(/"artifacts":\{"[^"]*/, "$&\\ud800")),
);

/** Whether JSON can be read as a message, which is then the same in each form. */
function expectRead(kind: Kind, given: unknown): boolean {
  const parsed = attempt(() => kind.parse(given), InvalidEventError, InvalidMessageError);
  if (parsed.kind === "result") {
    expectKept(kind, parsed.value);
    return true;
  }
  const { error } = parsed;
  const hasViolation =
    (error instanceof InvalidEventError || error instanceof InvalidMessageError) &&
    error.violations.length > 0;
  expect("an error has a violation", hasViolation);
  return false;
}

/** Messages in their binary form. */
export const binary = target(
  "binary",
  fc.oneof(
    ...[EVENT, STATE, ...PAYLOAD_KINDS].map((kind) => {
      const valid = kind.bases.flatMap((json) => {
        const read = attempt(() => kind.parse(json), InvalidEventError, InvalidMessageError);
        return read.kind === "result" ? binaryOf(kind, read.value) : [];
      });
      const one = fc.constantFrom(new Uint8Array(), ...valid);
      // Two messages one after the other are one, in which the later fields count.
      const two = fc.tuple(one, one).map((both) => Uint8Array.from(Buffer.concat(both)));
      const bytes = fc.oneof(
        { weight: 10, arbitrary: mutatedBytes(one) },
        { weight: 2, arbitrary: mutatedBytes(two) },
        fc.uint8Array({ maxLength: 64 }),
      );
      return fc.tuple(fc.constant(kind), bytes);
    }),
  ),
  ([kind, bytes]) => {
    const read = attempt(
      () => kind.fromBinary(bytes),
      ...[InvalidBinaryError, InvalidEventError, InvalidMessageError],
    );
    if (read.kind === "result") {
      expectKept(kind, read.value);
    }
  },
);

/** Makes sure that a state is the same in each form. */
export function expectStateIsKept(state: MissionDossierState): void {
  expectKept(STATE, state);
  const text = stateToJsonString(state, 2);
  expectSame(
    "a state is the same after JSON text",
    plain(parseState(JSON.parse(text))),
    plain(state),
  );
}

/** Makes sure that a message is the same after binary and after JSON. */
function expectKept(kind: Kind, message: unknown): void {
  const { parse, toJson, fromBinary } = kind;
  for (const bytes of binaryOf(kind, message)) {
    expectSame("a message is the same after binary", fromBinary(bytes), message);
    // The message is of the kind.
    const json: unknown = JSON.parse(JSON.stringify(toJson(message as never)));
    expectSame("a message is the same after JSON", plain(parse(json)), plain(message));
  }
}

/** The binary form of a message. None where the payload of an event fits no Struct. */
function binaryOf({ toBinary }: Kind, message: unknown): Uint8Array[] {
  // The message is of the kind.
  const written = attempt(() => toBinary(message as never), InvalidEventError);
  return written.kind === "result" ? [written.value] : [];
}

/** A message as it is after JSON: without unknown fields, and the keys of a map in any order. */
function plain(value: unknown): unknown {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  // The only map that iterates is the one of a state's artifacts.
  const entries =
    Symbol.iterator in value
      ? new Map<unknown, unknown>(value as ReadonlyMap<unknown, unknown>)
      : new Map<unknown, unknown>(Object.entries(value));
  if ("$typeName" in value) {
    entries.delete("$unknown");
  }
  return [...entries]
    .map(([key, item]) => [String(key), plain(item)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
