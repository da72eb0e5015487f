import type { JsonObject } from "@bufbuild/protobuf";
import type { DossierEventType } from "../../gen/speckitty/dossier/v1/contract.js";
import { PAYLOAD_SCHEMAS } from "../../gen/speckitty/dossier/v1/contract.js";
import {
  type Event,
  EventSchema,
  type EventValid,
} from "../../gen/speckitty/dossier/v1/event_pb.js";
import { InvalidEventError, InvalidMessageError, UnknownEventTypeError } from "./errors.js";
import { canonicalEventId } from "./event-id.js";
import { isTooDeep, MAX_DEPTH } from "./json-depth.js";
import { checkModel, type ModelResult, readModel } from "./model.js";
import { absentMeans, isDossierEventType, type ValidPayload } from "./registry.js";
import { TYPE_VIOLATION } from "./violation.js";

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
 * @throws InvalidEventError with every rule that the envelope breaks.
 */
export function parseEvent(json: unknown): ParsedEvent {
  return acceptEvent(readModel(EventSchema, json), json);
}

/**
 * Makes sure that an event, however it was made, is one that the contract
 * accepts, and gives it as {@link parseEvent} would. The event itself stays as
 * it is.
 *
 * @throws InvalidEventError with every rule that the envelope breaks.
 */
export function checkEvent(event: Event): ParsedEvent {
  rejectDeepPayload(event);
  return acceptEvent(checkModel(EventSchema, { ...event }), { event_id: event.eventId });
}

/**
 * Makes sure that the payload of an event is not too deep to be read again.
 *
 * @throws InvalidEventError when it is.
 */
export function rejectDeepPayload({ eventId, payload }: Event): void {
  if (isTooDeep(payload)) {
    const violation = {
      field: EventSchema.field.payload.name,
      message: `must not be nested more than ${MAX_DEPTH} levels deep`,
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
 * Reads a payload from its wire JSON.
 *
 * @throws InvalidMessageError with every rule that the payload breaks.
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function parsePayload<T extends DossierEventType>(
  eventType: T,
  json: unknown,
): ValidPayload<T> {
  const result = readPayload(eventType, json);
  if (result.kind === "invalid") {
    throw new InvalidMessageError("payload", result.violations);
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
): PayloadResult<T> {
  if (!isDossierEventType(eventType)) {
    throw new UnknownEventTypeError(String(eventType));
  }
  // The registry pairs each event type with its message, which the compiler
  // cannot follow through a union of descriptors.
  return readModel(PAYLOAD_SCHEMAS[eventType], json) as PayloadResult<T>;
}
