import { type Event, EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { readBinary, writeBinary } from "../codec/binary.js";
import { optionsIn, requireMessage } from "../errors/arguments.js";
import type { StrictOptions } from "../errors/diagnostic.js";
import { InvalidEventError } from "../errors/errors.js";
import { typeViolation, type ViolationPlace } from "../errors/violation.js";
import { describeJson } from "../json/describe-json.js";
import { isJsonObject } from "../json/json-object.js";
import { isJson, STRUCT_PROBLEMS, structProblem } from "../model/struct-limits.js";
import { structViolations } from "../model/struct-violations.js";
import { unknownNumberViolations } from "../model/unknown-fields.js";
import { PAYLOAD } from "./event-diagnostics.js";
import { envelopeOf, eventToJson, type EventToWrite } from "./event-to-json.js";
import { errorOf, judgeEvent } from "./judge-event.js";
import type { ParsedEvent } from "./parsed-event.js";
import { checkEnvelope } from "./read-envelope.js";

/**
 * The binary form of an envelope, its payload as a `google.protobuf.Struct`.
 *
 * @throws InvalidEventError when binary cannot carry its payload: a lone surrogate, a number
 * that is not finite, more than 32 levels.
 * @throws InvalidMessageError when a value is not of the type of its field.
 * @throws InvalidArgumentError when it is not an `Event` message.
 */
export function eventToBinary(event: EventToWrite): Uint8Array {
  requireMessage("event", event, EventSchema);
  const message = envelopeOf(event);
  rejectUnwritable(message);
  return writeBinary("event", EventSchema, message);
}

/**
 * Reads an envelope from its binary form, as {@link parseEvent} reads JSON.
 *
 * @throws InvalidBinaryError when the bytes are not an envelope at all.
 * @throws InvalidEventError with every rule that the envelope breaks.
 * @throws InvalidArgumentError when they are not bytes at all.
 */
export function eventFromBinary(bytes: Uint8Array, options?: StrictOptions): ParsedEvent {
  const message = readBinary("event", EventSchema, bytes) as Event;
  rejectOddPayload(message);
  const result = checkEnvelope(message);
  if (result.kind === "invalid") {
    throw errorOf(result);
  }
  if (optionsIn(options).strict) {
    rejectStrictly(result.event);
  }
  return result.event;
}

/** @throws InvalidEventError when strict mode refuses an event. */
function rejectStrictly(event: ParsedEvent): void {
  const unknown = unknownNumberViolations(EventSchema, event);
  const judged = judgeEvent(eventToJson(event), { strict: true });
  if (unknown.length > 0 || judged.kind === "invalid") {
    const { violations, knownDefect } = judged.kind === "invalid" ? judged : NO_VIOLATIONS;
    const { eventId } = event;
    throw errorOf({
      kind: "invalid",
      violations: [...unknown, ...violations],
      eventId,
      knownDefect,
    });
  }
}

const NO_VIOLATIONS = { violations: [], knownDefect: undefined } as const;

/** @throws InvalidEventError with the first place of its payload that cannot be written. */
function rejectUnwritable(event: Event | ParsedEvent): void {
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

const PAYLOAD_PLACE: ViolationPlace = { field: PAYLOAD, path: [PAYLOAD] };
