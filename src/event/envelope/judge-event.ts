import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { InvalidEventError } from "../errors/errors.js";
import type { KnownDefect } from "../errors/known-defect.js";
import { suggested, TYPE_VIOLATION, type Violation } from "../errors/violation.js";
import type { Generation } from "../generation/generation.js";
import { describeJson } from "../json/describe-json.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { readPayload } from "../model/payload.js";
import { isDossierEventType, type ValidPayload } from "../model/registry.js";
import type { InvalidEvent } from "./accepted-event.js";
import {
  type Finding,
  inPayload,
  PAYLOAD,
  projectMismatch,
  unknownEventType,
} from "./event-diagnostics.js";
import type { ParsedEvent } from "./parsed-event.js";
import { type EnvelopeOptions, generationOfEnvelope, readEnvelope } from "./read-envelope.js";

/** An event that was judged together with its payload. */
export type JudgedEvent =
  | {
      readonly kind: "valid";
      readonly event: ParsedEvent;
      /** The payload of a dossier event. */
      readonly payload: ValidPayload | undefined;
      /** The generation of the contract that judged it. */
      readonly generation: Generation;
    }
  | BrokenEvent;

/** An event whose envelope or payload breaks the contract. */
export type BrokenEvent = InvalidEvent & {
  /** The known mistake of its producer, if recognized. */
  readonly knownDefect: KnownDefect | undefined;
};

/**
 * Judges an event: its envelope, and its payload if the contract has its type. The paths of
 * violations begin at the envelope.
 */
export function judgeEvent(json: unknown, options: EnvelopeOptions): JudgedEvent {
  const { strict = false, contract } = options;
  const envelope = readEnvelope(json, options);
  const given: JsonMap = isJsonObject(json) ? json : {};
  const eventType = given[EventSchema.field.eventType.jsonName];
  const payload = given[PAYLOAD] ?? {};
  const inside =
    isDossierEventType(eventType) && isJsonObject(payload)
      ? readPayload(eventType, payload, { strict, contract })
      : undefined;
  const ofPayload = inside?.kind === "invalid" ? inside.violations : [];
  const violations = [
    ...(envelope.kind === "invalid" ? withoutRepetition(envelope.violations, ofPayload) : []),
    ...(strict ? strictViolations(given) : []),
    ...ofPayload.map((violation) => ({
      ...violation,
      field: inPayload(violation.field),
      path: [PAYLOAD, ...violation.path],
    })),
  ];
  if (envelope.kind === "invalid" || violations.length > 0) {
    const eventId = envelope.kind === "invalid" ? envelope.eventId : envelope.event.eventId;
    const knownDefect = inside?.kind === "invalid" ? inside.knownDefect : undefined;
    return { kind: "invalid", eventId, violations, knownDefect };
  }
  return {
    kind: "valid",
    event: envelope.event,
    payload: inside?.kind === "valid" ? inside.message : undefined,
    generation: generationOfEnvelope(json, { contract }),
  };
}

/** The error for an event that breaks the contract. */
export function errorOf({
  violations,
  eventId,
  knownDefect,
}: InvalidEvent & Partial<BrokenEvent>): InvalidEventError {
  return new InvalidEventError(violations, eventId, undefined, knownDefect);
}

/**
 * The findings about an event that strict mode treats as violations: an event type that is nearly
 * one of the contract's, and a project that differs from the namespace's.
 */
export function strictViolations(json: JsonMap): Violation[] {
  const eventType = json[EventSchema.field.eventType.jsonName];
  const payload = json[PAYLOAD];
  if (!isDossierEventType(eventType)) {
    const unknown = typeof eventType === "string" ? unknownEventType(eventType) : undefined;
    return unknown === undefined ? [] : [unknownTypeViolation(unknown)];
  }
  const mismatch = isJsonObject(payload) ? projectMismatch(json, payload) : undefined;
  return mismatch === undefined ? [] : [mismatchViolation(mismatch)];
}

function mismatchViolation({ code, field, expected, got }: Finding): Violation {
  return {
    field,
    path: [field],
    message: `must be that of the namespace, ${describeJson(expected)}`,
    violationType: code,
    inputValue: got,
  };
}

function unknownTypeViolation({ code, field, expected, got, message }: Finding): Violation {
  return {
    field,
    path: [field],
    message,
    violationType: code,
    inputValue: got,
    ...suggested(typeof expected === "string" ? expected : undefined),
  };
}

/** Drops the envelope's violation if the payload's already name the value that is not JSON. */
function withoutRepetition(
  ofEnvelope: readonly Violation[],
  ofPayload: readonly Violation[],
): readonly Violation[] {
  const isSaid = ofPayload.some(({ violationType }) => violationType === TYPE_VIOLATION);
  return isSaid ? ofEnvelope.filter(({ field }) => field !== PAYLOAD) : ofEnvelope;
}
