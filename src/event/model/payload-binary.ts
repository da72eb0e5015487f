import type { DescMessage } from "@bufbuild/protobuf";
import {
  type DossierEventType,
  PAYLOAD_SCHEMAS,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { readBinary, writeBinary } from "../codec/binary.js";
import { optionsIn } from "../errors/arguments.js";
import type { StrictOptions } from "../errors/diagnostic.js";
import { InvalidMessageError, UnknownEventTypeError } from "../errors/errors.js";
import { frozenPayload } from "./payload.js";
import { checkModel } from "./read-model.js";
import {
  isDossierEventType,
  type Payload,
  schemaOfPayload,
  type ValidPayload,
} from "./registry.js";
import { unknownNumberViolations } from "./unknown-fields.js";

/**
 * The binary form of a payload.
 *
 * @throws InvalidMessageError when a value is not of the type of its field.
 * @throws UnknownEventTypeError when the message is not a payload of the contract.
 * @throws InvalidArgumentError when it is not a message.
 */
export function payloadToBinary(payload: Payload | ValidPayload): Uint8Array {
  return writeBinary("payload", schemaOfPayload(payload), payload);
}

/**
 * Reads a payload from its binary form. In strict mode, unknown fields are violations.
 *
 * @throws InvalidBinaryError when the bytes are not such a payload at all.
 * @throws InvalidMessageError with every rule that the payload breaks.
 * @throws UnknownEventTypeError when the contract has no such event type.
 * @throws InvalidArgumentError when they are not bytes at all.
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
  return frozenPayload(result.message as unknown as ValidPayload<T>);
}
