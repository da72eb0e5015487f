import type { DescMessage, JsonObject } from "@bufbuild/protobuf";
import type { DossierEventType } from "../../../gen/speckitty/dossier/v1/contract.js";
import { PAYLOAD_SCHEMAS } from "../../../gen/speckitty/dossier/v1/contract.js";
import {
  type Event,
  EventSchema,
  type EventValid,
} from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { optionsIn } from "../errors/arguments.js";
import type { StrictOptions } from "../errors/diagnostic.js";
import { InvalidEventError, InvalidMessageError, UnknownEventTypeError } from "../errors/errors.js";
import { type KnownDefect, knownDefectOf } from "../errors/known-defect.js";
import { TYPE_VIOLATION, UNKNOWN_FIELD_VIOLATION, type Violation } from "../errors/violation.js";
import { describeJson } from "../json/describe-json.js";
import { isJsonObject } from "../json/json-object.js";
import { checkModel, type ModelResult, readModel } from "../model/model.js";
import { absentMeans, isDossierEventType, type ValidPayload } from "../model/registry.js";
import { STRUCT_PROBLEMS, structProblem } from "../model/struct-json.js";
import { unknownNumbersIn } from "../model/unknown-fields.js";
import { type Finding, inPayload, projectMismatch } from "./event-diagnostics.js";
import { canonicalEventId } from "./event-id.js";

/** An envelope that the contract accepts, with what is absent filled in. */
export type ParsedEvent = EventValid & {
  /** `{}` when the envelope has none. */
  payload: JsonObject;
  /** `1.0.0` when the envelope has none. */
  schemaVersion: string;
};

/**
 * Reads one envelope from its wire JSON, as `JSON.parse` gives it.
 *
 * Ids become canonical, and what is absent gets the meaning that the contract
 * gives it. Unknown fields are ignored. The payload is not judged, and it is the
 * object that `json` holds, not a copy.
 *
 * In strict mode, unknown fields are violations, and so are those of the payload of
 * an event type that the contract has, the rules that it breaks, and a
 * `project_uuid` that is not that of its namespace.
 *
 * @throws InvalidEventError with every rule that the envelope breaks.
 */
export function parseEvent(json: unknown, options?: StrictOptions): ParsedEvent {
  const { strict = false } = optionsIn(options);
  const event = acceptEvent(readModel(EventSchema, json, { strict }), json);
  const violations = strict ? violationsInside(event) : [];
  if (violations.length > 0) {
    throw new InvalidEventError(violations, eventIdOf(json), undefined, defectIn(event));
  }
  return event;
}

/**
 * Makes sure that an event that was read from binary has nothing that strict mode refuses.
 *
 * @throws InvalidEventError when it has.
 */
export function refuseInStrictMode(event: ParsedEvent): void {
  const violations = [...unknownNumberViolations(EventSchema, event), ...violationsInside(event)];
  if (violations.length > 0) {
    throw new InvalidEventError(violations, event.eventId, undefined, defectIn(event));
  }
}

/** The fields of a message that was read from binary that the contract does not know. */
export function unknownNumberViolations(desc: DescMessage, message: object): Violation[] {
  return unknownNumbersIn(desc, message).map((field) => ({
    field,
    message: "the contract has no such field",
    violationType: UNKNOWN_FIELD_VIOLATION,
    inputValue: undefined,
  }));
}

function defectIn({ eventType, payload }: ParsedEvent): KnownDefect | undefined {
  return isDossierEventType(eventType) ? knownDefectOf(eventType, payload) : undefined;
}

/** What strict mode finds in an event whose envelope by itself is fine. */
function violationsInside({ eventType, projectUuid, payload }: ParsedEvent): Violation[] {
  if (!isDossierEventType(eventType)) {
    return [];
  }
  const result = readPayload(eventType, payload, { strict: true });
  const project = { [EventSchema.field.projectUuid.jsonName]: projectUuid };
  const mismatch = projectMismatch(project, payload);
  return [
    ...(mismatch === undefined ? [] : [mismatchViolation(mismatch)]),
    ...(result.kind === "valid" ? [] : result.violations).map((violation) => ({
      ...violation,
      field: inPayload(violation.field),
    })),
  ];
}

/** A project that is not that of the namespace, as a violation of the envelope. */
export function mismatchViolation({ code, field, expected, got }: Finding): Violation {
  return {
    field,
    message: `must be that of the namespace, ${describeJson(expected)}`,
    violationType: code,
    inputValue: got,
  };
}

/**
 * Makes sure that an event, however it was made, is one that the contract
 * accepts, and gives it as {@link parseEvent} would. The event itself stays as
 * it is.
 *
 * @throws InvalidEventError with every rule that the envelope breaks.
 */
export function checkEvent(event: Event): ParsedEvent {
  rejectUnwritable(event);
  return acceptEvent(checkModel(EventSchema, { ...event }), { event_id: event.eventId });
}

/**
 * Makes sure that the payload of an event is one that can be written and read again.
 *
 * @throws InvalidEventError when it is not.
 */
export function rejectUnwritable({ eventId, payload }: Event): void {
  const isNone = payload !== undefined && !isJsonObject(payload);
  const problem = structProblem(payload);
  if (isNone || problem !== undefined) {
    const violation = {
      field: EventSchema.field.payload.name,
      message:
        problem === undefined
          ? `expected an object, got ${describeJson(payload)}`
          : STRUCT_PROBLEMS[problem],
      violationType: TYPE_VIOLATION,
      inputValue: payload,
    };
    throw new InvalidEventError([violation], eventId);
  }
}

function acceptEvent(result: ModelResult<typeof EventSchema>, json: unknown): ParsedEvent {
  if (result.kind === "invalid") {
    throw new InvalidEventError(result.violations, eventIdOf(json));
  }
  const event = result.message;
  event.eventId = canonicalEventId(event.eventId);
  event.correlationId = canonicalEventId(event.correlationId);
  if (event.causationId !== undefined) {
    event.causationId = canonicalEventId(event.causationId);
  }
  return Object.assign(event, {
    payload: event.payload ?? {},
    schemaVersion: event.schemaVersion ?? absentMeans(EventSchema.field.schemaVersion),
  });
}

function eventIdOf(json: unknown): string | undefined {
  const id =
    typeof json === "object" && json !== null
      ? Object.getOwnPropertyDescriptor(json, EventSchema.field.eventId.jsonName)?.value
      : undefined;
  return typeof id === "string" ? id : undefined;
}

/**
 * Reads a payload from its wire JSON. In strict mode, unknown fields are violations.
 *
 * @throws InvalidMessageError with every rule that the payload breaks.
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function parsePayload<T extends DossierEventType>(
  eventType: T,
  json: unknown,
  options?: StrictOptions,
): ValidPayload<T> {
  const result = readPayload(eventType, json, options);
  if (result.kind === "invalid") {
    throw new InvalidMessageError("payload", result.violations, knownDefectOf(eventType, json));
  }
  return result.message;
}

/** What came of reading a payload. */
export type PayloadResult<T extends DossierEventType> =
  | { readonly kind: "valid"; readonly message: ValidPayload<T> }
  | Extract<ModelResult<never>, { kind: "invalid" }>;

/**
 * Reads a payload from its wire JSON, without throwing for a broken rule.
 *
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function readPayload<T extends DossierEventType>(
  eventType: T,
  json: unknown,
  options?: StrictOptions,
): PayloadResult<T> {
  if (!isDossierEventType(eventType)) {
    throw new UnknownEventTypeError(eventType);
  }
  // The registry pairs each event type with its message, which the compiler
  // cannot follow through a union of descriptors.
  const result = readModel(PAYLOAD_SCHEMAS[eventType], json, options) as PayloadResult<T>;
  return result.kind === "invalid" && knownDefectOf(eventType, json) !== undefined
    ? { kind: "invalid", violations: result.violations.map(withoutSuggestion) }
    : result;
}

/** What is wrong by design, nobody has misspelled. */
function withoutSuggestion({ suggestion: _, ...violation }: Violation): Violation {
  return violation;
}
