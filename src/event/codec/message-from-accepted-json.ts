import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { scalarZeroValue } from "@bufbuild/protobuf/reflect";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import { isJsonObject } from "../json/json-object.js";

/**
 * Makes a message of wire JSON that the contract has accepted, without judging it
 * once more. It is for messages of plain fields: lists, strings, numbers, other such
 * messages.
 */
export function messageFromJson(desc: DescMessage, json: unknown): object {
  const message: { [name: string]: unknown } = { $typeName: desc.typeName };
  const values = isJsonObject(json) ? json : {};
  for (const field of desc.fields) {
    const value = values[field.jsonName] ?? undefined;
    if (field.fieldKind === "list") {
      const items = Array.isArray(value) ? value : [];
      message[field.localName] = items.map((item) => elementFromJson(field, item));
    } else if (value !== undefined) {
      message[field.localName] = elementFromJson(field, value);
    } else if (
      field.fieldKind === "scalar" &&
      field.presence === FeatureSet_FieldPresence.IMPLICIT
    ) {
      message[field.localName] = scalarZeroValue(field.scalar, false);
    }
  }
  return message;
}

function elementFromJson(field: DescField, value: unknown): unknown {
  if (field.message !== undefined) {
    return messageFromJson(field.message, value);
  }
  return field.scalar === ScalarType.INT64 ? BigInt(value as number | string) : value;
}
