import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import {
  DOSSIER_EVENT_TYPES,
  type DossierEventType,
  PAYLOAD_SCHEMAS,
  type PayloadValue,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { PAYLOAD_SCHEMAS as LATER_PAYLOAD_SCHEMAS } from "../../../gen/speckitty/dossier/v3/contract.js";
import { EventSchema as LaterEventSchema } from "../../../gen/speckitty/dossier/v3/event_pb.js";
import { requireMessage } from "../errors/arguments.js";
import { UnknownEventTypeError } from "../errors/errors.js";
import { FIRST_GENERATION, type Generation } from "../generation/generation.js";

/** The descriptor of the payload that goes with an event type. */
export type PayloadSchema<T extends DossierEventType = DossierEventType> =
  (typeof PAYLOAD_SCHEMAS)[T];

/** The payload that goes with an event type, as a generated message. */
export type Payload<T extends DossierEventType = DossierEventType> = {
  [K in T]: MessageShape<PayloadSchema<K>>;
}[T];

/** The same, once the contract has accepted it: read-only, with its required fields present. */
export type ValidPayload<T extends DossierEventType = DossierEventType> = PayloadValue[T];

/** The descriptor of a payload in a generation, whose names and rules its JSON must follow. */
export function schemaForJson(eventType: DossierEventType, generation: Generation): DescMessage {
  const schemas = generation === FIRST_GENERATION ? PAYLOAD_SCHEMAS : LATER_PAYLOAD_SCHEMAS;
  return schemas[eventType];
}

/** The descriptor of an envelope in a generation. */
export function eventSchemaForJson(
  generation: Generation,
): typeof EventSchema | typeof LaterEventSchema {
  return generation === FIRST_GENERATION ? EventSchema : LaterEventSchema;
}

/** Whether the contract has an event of this type. */
export function isDossierEventType(eventType: unknown): eventType is DossierEventType {
  return EVENT_TYPES.has(eventType);
}

/** `PAYLOAD_SCHEMAS` would bring the descriptors of the whole contract into every bundle. */
const EVENT_TYPES: ReadonlySet<unknown> = /* @__PURE__ */ new Set(DOSSIER_EVENT_TYPES);

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
