import { createRegistry, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import {
  DOSSIER_EVENT_TYPES,
  type DossierEventType,
  PAYLOAD_SCHEMAS,
  type PayloadValue,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import {
  file_speckitty_dossier_v3_event,
  EventSchema as LaterEventSchema,
} from "../../../gen/speckitty/dossier/v3/event_pb.js";
import { file_speckitty_dossier_v3_payloads } from "../../../gen/speckitty/dossier/v3/payloads_pb.js";
import { file_speckitty_dossier_v3_state } from "../../../gen/speckitty/dossier/v3/state_pb.js";
import { file_speckitty_dossier_v3_values } from "../../../gen/speckitty/dossier/v3/values_pb.js";
import { InvalidArgumentError, UnknownEventTypeError } from "../errors/errors.js";
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

/** The descriptor of a message in a generation, whose names and rules its JSON must follow. */
export function messageIn(generation: Generation, desc: DescMessage): DescMessage {
  if (generation === FIRST_GENERATION) {
    return desc;
  }
  later ??= createRegistry(
    file_speckitty_dossier_v3_event,
    file_speckitty_dossier_v3_payloads,
    file_speckitty_dossier_v3_state,
    file_speckitty_dossier_v3_values,
  );
  const name = desc.typeName.slice(EventSchema.file.proto.package.length);
  const message = later.getMessage(`${LaterEventSchema.file.proto.package}${name}`);
  if (message === undefined) {
    throw new TypeError(`${desc.typeName} is not in contract ${generation}`);
  }
  return message;
}

let later: ReturnType<typeof createRegistry> | undefined;

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
 * @throws InvalidArgumentError when it is not a message.
 * @throws UnknownEventTypeError when the message is not a payload of the contract.
 */
export function schemaOfPayload(payload: Payload | ValidPayload): PayloadSchema {
  const { $typeName }: { readonly $typeName?: unknown } = Object(payload);
  if (typeof $typeName !== "string") {
    throw new InvalidArgumentError("payload", "a message of the contract", payload);
  }
  const schema = Object.values(PAYLOAD_SCHEMAS).find(({ typeName }) => typeName === $typeName);
  if (schema === undefined) {
    throw new UnknownEventTypeError($typeName);
  }
  return schema;
}
