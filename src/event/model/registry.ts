import type { MessageShape } from "@bufbuild/protobuf";
import {
  type DossierEventType,
  PAYLOAD_SCHEMAS,
  type PayloadValue,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { requireMessage } from "../errors/arguments.js";
import { UnknownEventTypeError } from "../errors/errors.js";

/** The descriptor of the payload that goes with an event type. */
export type PayloadSchema<T extends DossierEventType = DossierEventType> =
  (typeof PAYLOAD_SCHEMAS)[T];

/** The payload that goes with an event type, as a generated message. */
export type Payload<T extends DossierEventType = DossierEventType> = {
  [K in T]: MessageShape<PayloadSchema<K>>;
}[T];

/** The same, once the contract has accepted it: read-only, with its required fields present. */
export type ValidPayload<T extends DossierEventType = DossierEventType> = PayloadValue[T];

/** Whether the contract has an event of this type. */
export function isDossierEventType(eventType: unknown): eventType is DossierEventType {
  return typeof eventType === "string" && Object.hasOwn(PAYLOAD_SCHEMAS, eventType);
}

/**
 * The descriptor of a payload.
 *
 * @throws UnknownEventTypeError when the message is not a payload of the contract.
 */
export function schemaOfPayload(payload: Payload | ValidPayload): PayloadSchema {
  requireMessage(payload);
  const { $typeName } = payload;
  const schema = Object.values(PAYLOAD_SCHEMAS).find(({ typeName }) => typeName === $typeName);
  if (schema === undefined) {
    throw new UnknownEventTypeError($typeName);
  }
  return schema;
}
