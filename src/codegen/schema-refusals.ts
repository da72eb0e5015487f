import { type DescField, type DescMessage, getOption } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence, isWrapperDesc } from "@bufbuild/protobuf/wkt";
import {
  message as messageOption,
  oneof as oneofOption,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { withNested } from "./contract-model.js";
import { fieldRuleRefusals } from "./field-rules.js";
import { NOT_YET, type Refusal, refusal, throwRefusals } from "./refusals.js";
import { reachable } from "./schema-names.js";
import { setRules } from "./set-rules.js";
import { isUnsupportedWellKnown, wellKnownSchema } from "./well-known-schemas.js";

/** Everything in messages, and in those that they refer to, that no schema is written for. */
export function schemaRefusals(messages: readonly DescMessage[]): Refusal[] {
  const all = new Set(messages.flatMap((message) => [...reachable(message)]));
  return [...all]
    .filter((message) => !hasSpecialJson(message))
    .flatMap((message) => [
      ...messageRefusals(message),
      ...message.fields.flatMap((field) => [
        ...featureRefusals(field),
        ...nameRefusals(field),
        ...fieldRuleRefusals(field),
      ]),
    ]);
}

/**
 * Makes sure that all rules of the fields of messages are known, those of nested messages too.
 *
 * @throws UnsupportedContractError if they are not, with everything that no schema is written
 * for, since all plugins run at once, and buf shows what the first one says.
 */
export function checkFieldRules(messages: readonly DescMessage[]): void {
  const unknown = messages
    .flatMap(withNested)
    .flatMap(({ fields }) => fields.flatMap(fieldRuleRefusals));
  throwRefusals(unknown.length === 0 ? [] : [...schemaRefusals(messages), ...unknown]);
}

function hasSpecialJson(message: DescMessage): boolean {
  return (
    wellKnownSchema(message) !== undefined ||
    isUnsupportedWellKnown(message) ||
    isWrapperDesc(message)
  );
}

function messageRefusals(message: DescMessage): Refusal[] {
  return [
    ...setRules(getOption(message, messageOption)).map((name) =>
      refusal(
        message,
        `message.${name}`,
        name.startsWith("cel") ? "is an expression, which JSON Schema cannot hold" : NOT_YET,
      ),
    ),
    ...message.oneofs.flatMap((oneof) =>
      setRules(getOption(oneof, oneofOption))
        .filter((name) => name !== "required")
        .map((name) => refusal(oneof, `oneof.${name}`, NOT_YET)),
    ),
  ];
}

function featureRefusals(field: DescField): Refusal[] {
  const { message, presence } = field;
  return [
    ...(message !== undefined && isUnsupportedWellKnown(message)
      ? [refusal(field, message.typeName, NOT_YET)]
      : []),
    ...(presence === FeatureSet_FieldPresence.LEGACY_REQUIRED
      ? [refusal(field, "required of proto2", `${NOT_YET}: use (buf.validate.field).required`)]
      : []),
  ];
}

/** A parser also reads the name in the IDL, and a schema has one name for each property. */
function nameRefusals(field: DescField): Refusal[] {
  const { name, jsonName } = field;
  if (jsonName in Object.prototype) {
    const reason = "is a name that every JavaScript object has: give the field another";
    return [refusal(field, `json_name = ${JSON.stringify(jsonName)}`, reason)];
  }
  const second = `is a second name, which a schema would not check: declare json_name = "${name}"`;
  return name === jsonName ? [] : [refusal(field, `json_name = "${jsonName}"`, second)];
}
