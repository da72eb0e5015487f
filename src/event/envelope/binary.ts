import type { DescMessage, Message } from "@bufbuild/protobuf";
import {
  type DossierEventType,
  PAYLOAD_SCHEMAS,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { type Event, EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import {
  type MakeMap,
  messageFromBinary,
  messageToBinary,
} from "../codec/protobuf-es/message-binary.js";
import { optionsIn, requireMessage } from "../errors/arguments.js";
import type { StrictOptions } from "../errors/diagnostic.js";
import {
  type BinarySubject,
  InvalidBinaryError,
  InvalidMessageError,
  type MessageSubject,
  UnknownEventTypeError,
} from "../errors/errors.js";
import { reasonOf } from "../errors/mission-dossier-error.js";
import { TYPE_VIOLATION } from "../errors/violation.js";
import { checkModel } from "../model/model.js";
import {
  isDossierEventType,
  type Payload,
  schemaOfPayload,
  type ValidPayload,
} from "../model/registry.js";
import {
  checkEvent,
  type ParsedEvent,
  refuseInStrictMode,
  rejectUnwritable,
  unknownNumberViolations,
} from "./parse.js";

/**
 * The binary form of an envelope, its payload as a `google.protobuf.Struct`.
 *
 * @throws InvalidEventError when the payload is too deep, or no Unicode, to be read again.
 * @throws InvalidMessageError when a value is not of the type of its field.
 */
export function eventToBinary(event: Event): Uint8Array {
  requireMessage(event);
  rejectUnwritable(event);
  return writeBinary("event", EventSchema, event);
}

/**
 * Reads an envelope from its binary form, as {@link parseEvent} reads JSON.
 *
 * @throws InvalidBinaryError when the bytes are no envelope at all.
 * @throws InvalidEventError with every rule that the envelope breaks.
 */
export function eventFromBinary(bytes: Uint8Array, options?: StrictOptions): ParsedEvent {
  const event = checkEvent(readBinary("event", EventSchema, bytes) as Event);
  if (optionsIn(options).strict) {
    refuseInStrictMode(event);
  }
  return event;
}

/**
 * The binary form of a payload.
 *
 * @throws InvalidMessageError when a value is not of the type of its field.
 * @throws UnknownEventTypeError when the message is not a payload of the contract.
 */
export function payloadToBinary(payload: Payload): Uint8Array {
  return writeBinary("payload", schemaOfPayload(payload), payload);
}

/**
 * Reads a payload from its binary form. In strict mode, unknown fields are violations.
 *
 * @throws InvalidBinaryError when the bytes are no such payload at all.
 * @throws InvalidMessageError with every rule that the payload breaks.
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function payloadFromBinary<T extends DossierEventType>(
  eventType: T,
  bytes: Uint8Array,
  options?: StrictOptions,
): ValidPayload<T> {
  if (!isDossierEventType(eventType)) {
    throw new UnknownEventTypeError(eventType);
  }
  const schema: DescMessage = PAYLOAD_SCHEMAS[eventType];
  const result = checkModel(schema, readBinary("payload", schema, bytes));
  if (result.kind === "invalid") {
    throw new InvalidMessageError("payload", result.violations);
  }
  const unknown = optionsIn(options).strict ? unknownNumberViolations(schema, result.message) : [];
  if (unknown.length > 0) {
    throw new InvalidMessageError("payload", unknown);
  }
  // The registry pairs each event type with its message.
  return result.message as ValidPayload<T>;
}

/** Writes a message, and reports a value that its field cannot hold as a typed error. */
export function writeBinary(
  subject: MessageSubject,
  desc: DescMessage,
  message: object,
): Uint8Array {
  try {
    return messageToBinary(desc, message);
  } catch (error) {
    throw new InvalidMessageError(subject, [
      {
        field: "",
        message: reasonOf(error),
        violationType: TYPE_VIOLATION,
        inputValue: message,
      },
    ]);
  }
}

/** Reads a message, and reports bytes that are none as a typed error. */
export function readBinary(
  subject: BinarySubject,
  desc: DescMessage,
  bytes: Uint8Array,
  makeMap?: MakeMap,
): Message {
  try {
    return messageFromBinary(desc, bytes, makeMap);
  } catch (error) {
    throw new InvalidBinaryError(subject, error);
  }
}
