import { type Event, EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { readBinary, writeBinary } from "../codec/binary.js";
import { optionsIn, requireMessage } from "../errors/arguments.js";
import type { StrictOptions } from "../errors/diagnostic.js";
import { checkEvent, refuseInStrictMode, rejectUnwritable } from "./parse-event.js";
import type { ParsedEvent } from "./parsed-event.js";

/**
 * The binary form of an envelope, its payload as a `google.protobuf.Struct`.
 *
 * @throws InvalidEventError when binary cannot carry its payload: a lone surrogate, a number
 * that is not finite, more than 32 levels.
 * @throws InvalidMessageError when a value is not of the type of its field.
 */
export function eventToBinary(event: Event | ParsedEvent): Uint8Array {
  requireMessage(event);
  rejectUnwritable(event);
  return writeBinary("event", EventSchema, event);
}

/**
 * Reads an envelope from its binary form, as {@link parseEvent} reads JSON.
 *
 * @throws InvalidBinaryError when the bytes are not an envelope at all.
 * @throws InvalidEventError with every rule that the envelope breaks.
 */
export function eventFromBinary(bytes: Uint8Array, options?: StrictOptions): ParsedEvent {
  const event = checkEvent(readBinary("event", EventSchema, bytes) as Event);
  if (optionsIn(options).strict) {
    refuseInStrictMode(event);
  }
  return event;
}
