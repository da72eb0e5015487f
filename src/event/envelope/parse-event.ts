import type { DossierEventType } from "../../../gen/speckitty/dossier/v1/contract.js";
import {
  type Event,
  EventSchema,
  type EventValid,
} from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { optionsIn } from "../errors/arguments.js";
import { InvalidEventError } from "../errors/errors.js";
import type { KnownDefect } from "../errors/known-defect.js";
import {
  suggested,
  typeViolation,
  type Violation,
  type ViolationPlace,
} from "../errors/violation.js";
import { type ContractOptions, FIRST_GENERATION } from "../generation/generation.js";
import { knownDefectOf } from "../generation/known-defects.js";
import { judgingGeneration } from "../generation/shown.js";
import { describeJson } from "../json/describe-json.js";
import { deepFreeze } from "../json/immutable.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { withToJson } from "../json/to-json.js";
import { absentMeans } from "../model/absent-means.js";
import { type JudgeOptions, type PayloadResult, readPayload } from "../model/payload.js";
import { payloadIn } from "../model/payload-in.js";
import { checkModel, type ModelResult } from "../model/read-model.js";
import { eventSchemaForJson, isDossierEventType } from "../model/registry.js";
import { isJson, STRUCT_PROBLEMS, structProblem } from "../model/struct-limits.js";
import { structViolations } from "../model/struct-violations.js";
import { unknownNumberViolations } from "../model/unknown-fields.js";
import { type Finding, inPayload, projectMismatch, unknownEventType } from "./event-diagnostics.js";
import { canonicalEventId } from "./event-id.js";
import { eventToJson } from "./event-to-json.js";
import type { ParsedEvent } from "./parsed-event.js";
import { readEnvelope } from "./read-envelope.js";

/**
 * Reads one envelope from its wire JSON, as `JSON.parse` gives it.
 *
 * Ids become canonical, and absent fields get the defaults of the contract. Unknown fields are
 * ignored. **The payload is not judged**: any JSON object passes. {@link safeParseEvent} judges
 * it, and {@link parsePayload}. A payload may even hold data that no binary form can carry: a
 * lone surrogate, a number that is not finite, more than 32 levels. `eventToBinary` refuses
 * those.
 *
 * The event is frozen all the way down. Its payload is a copy, in which objects and lists
 * below the 32nd level are empty. `JSON.stringify` writes its wire JSON.
 *
 * In strict mode, more is a violation: unknown fields, also in the payload of a dossier event;
 * rules that such a payload breaks; a `project_uuid` that differs from its namespace's; and an
 * event type that is nearly one of the contract's.
 *
 * @throws InvalidEventError with every rule that the envelope breaks.
 */
export function parseEvent(json: unknown, options?: JudgeOptions): ParsedEvent {
  const { strict = false, ...choice } = optionsIn(options);
  const event = acceptEvent(readEnvelope(json, options), json);
  const violations = strict && isJsonObject(json) ? violationsInside(json, choice) : [];
  if (violations.length > 0) {
    throw new InvalidEventError(violations, eventIdOf(json), undefined, defectIn(event));
  }
  return event;
}

/**
 * Checks an event that was read from binary for everything that strict mode refuses.
 *
 * @throws InvalidEventError when it finds any.
 */
export function refuseInStrictMode(event: ParsedEvent): void {
  const violations = [
    ...unknownNumberViolations(EventSchema, event),
    ...violationsInside(eventToJson(event), {}),
  ];
  if (violations.length > 0) {
    throw new InvalidEventError(violations, event.eventId, undefined, defectIn(event));
  }
}

function defectIn({ eventType, payload }: ParsedEvent): KnownDefect | undefined {
  return isDossierEventType(eventType) ? knownDefectOf(eventType, payload) : undefined;
}

/** The violations of strict mode in an event whose envelope is valid. */
function violationsInside(json: JsonMap, choice: ContractOptions): readonly Violation[] {
  const { event_type: eventType, payload } = json;
  if (!isDossierEventType(eventType)) {
    const unknown = typeof eventType === "string" ? unknownEventType(eventType) : undefined;
    return unknown === undefined ? [] : [unknownTypeViolation(unknown)];
  }
  const result = readPayloadInside(eventType, json, payload ?? {}, { ...choice, strict: true });
  return result.kind === "valid" ? [] : result.violations;
}

/**
 * Reads the payload of an event. The paths of its violations begin at the envelope. In strict
 * mode, they include a project that differs from the namespace's.
 *
 * @param envelope The wire JSON with the project.
 */
export function readPayloadInside<T extends DossierEventType>(
  eventType: T,
  envelope: JsonMap,
  payload: unknown,
  options: JudgeOptions,
): PayloadResult<T> {
  const result = readPayload(eventType, payload, options);
  const mismatch =
    options.strict && isJsonObject(payload) ? projectMismatch(envelope, payload) : undefined;
  const violations = [
    ...(mismatch === undefined ? [] : [mismatchViolation(mismatch)]),
    ...(result.kind === "valid" ? [] : result.violations).map((violation) => ({
      ...violation,
      field: inPayload(violation.field),
      path: [EventSchema.field.payload.jsonName, ...violation.path],
    })),
  ];
  return violations.length > 0 ? { kind: "invalid", violations } : result;
}

/** A project that differs from the namespace's, as a violation of the envelope. */
export function mismatchViolation({ code, field, expected, got }: Finding): Violation {
  return {
    field,
    path: [field],
    message: `must be that of the namespace, ${describeJson(expected)}`,
    violationType: code,
    inputValue: got,
  };
}

/** An event type that is nearly one of the contract's, as a violation of the envelope. */
export function unknownTypeViolation({ code, field, expected, got, message }: Finding): Violation {
  return {
    field,
    path: [field],
    message,
    violationType: code,
    inputValue: got,
    ...suggested(typeof expected === "string" ? expected : undefined),
  };
}

/**
 * Checks an event of any origin against the contract, and returns it as {@link parseEvent}
 * would. The given event is not changed.
 *
 * @throws InvalidEventError with every rule that the envelope breaks.
 */
export function checkEvent(event: Event): ParsedEvent {
  rejectOddPayload(event);
  return acceptEvent(checkModel(EventSchema, { ...event }), { event_id: event.eventId });
}

/**
 * Checks that the payload of an event can be written and read again.
 *
 * @throws InvalidEventError with the first place where it cannot.
 */
export function rejectUnwritable(event: Event | ParsedEvent): void {
  rejectOddPayload(event);
  if (structProblem(event.payload) !== undefined) {
    const [first] = structViolations(event.payload, PAYLOAD_PLACE);
    throw new InvalidEventError(first === undefined ? [] : [first], event.eventId);
  }
}

/** @throws InvalidEventError when the payload of an event is not a JSON object. */
function rejectOddPayload({ eventId, payload }: Event | ParsedEvent): void {
  const isObject = payload === undefined || isJsonObject(payload);
  if (!isObject || !isJson(payload)) {
    const message = isObject
      ? STRUCT_PROBLEMS.json
      : `expected an object, got ${describeJson(payload)}`;
    throw new InvalidEventError([typeViolation(message, payload, PAYLOAD_PLACE)], eventId);
  }
}

const PAYLOAD = EventSchema.field.payload.jsonName;
const PAYLOAD_PLACE: ViolationPlace = { field: PAYLOAD, path: [PAYLOAD] };

function acceptEvent(result: ModelResult<typeof EventSchema>, json: unknown): ParsedEvent {
  if (result.kind === "invalid") {
    throw new InvalidEventError(result.violations, eventIdOf(json));
  }
  return parsedEvent(result.message);
}

/**
 * Turns a valid message into an event, with the names of the first generation in its payload.
 * Freezes the message.
 */
export function parsedEvent(message: EventValid): ParsedEvent {
  message.eventId = canonicalEventId(message.eventId);
  message.correlationId = canonicalEventId(message.correlationId);
  if (message.causationId !== undefined) {
    message.causationId = canonicalEventId(message.causationId);
  }
  const { eventType, payload = {} } = message;
  const { schemaVersion } = eventSchemaForJson(judgingGeneration(eventType, payload)).field;
  const event: ParsedEvent = Object.assign(message, {
    payload: payloadIn(FIRST_GENERATION, eventType, payload),
    schemaVersion: message.schemaVersion ?? absentMeans(schemaVersion),
  });
  return deepFreeze(withToJson(event, eventToJson));
}

function eventIdOf(json: unknown): string | undefined {
  const id =
    typeof json === "object" && json !== null
      ? Object.getOwnPropertyDescriptor(json, EventSchema.field.eventId.jsonName)?.value
      : undefined;
  return typeof id === "string" ? id : undefined;
}
