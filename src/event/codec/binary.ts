import type { DescMessage, Message } from "@bufbuild/protobuf";
import { requireBytes } from "../errors/arguments.js";
import {
  type BinarySubject,
  InvalidBinaryError,
  InvalidMessageError,
  type MessageSubject,
} from "../errors/errors.js";
import { reasonOf } from "../errors/mission-dossier-error.js";
import { typeViolation } from "../errors/violation.js";
import { type MakeMap, messageFromBinary, messageToBinary } from "./protobuf-es/message-binary.js";

/**
 * Writes a message.
 *
 * @throws InvalidMessageError when a field cannot hold its value.
 */
export function writeBinary(
  subject: MessageSubject,
  desc: DescMessage,
  message: object,
): Uint8Array {
  try {
    return messageToBinary(desc, message);
  } catch (error) {
    throw new InvalidMessageError(subject, [typeViolation(reasonOf(error), message)]);
  }
}

/**
 * Reads a message.
 *
 * @throws InvalidBinaryError when the bytes are not such a message.
 * @throws InvalidArgumentError when they are not bytes at all.
 */
export function readBinary(
  subject: BinarySubject,
  desc: DescMessage,
  bytes: Uint8Array,
  makeMap?: MakeMap,
): Message {
  requireBytes(bytes);
  try {
    return messageFromBinary(desc, bytes, makeMap);
  } catch (error) {
    throw new InvalidBinaryError(subject, error);
  }
}
