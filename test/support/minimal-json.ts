import {
  type DescField,
  type DescMessage,
  type JsonObject,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import { fieldRules } from "../../src/codegen/field-rules.js";

/** Wire JSON with nothing but what the contract requires of a message. */
export function minimalJson(desc: DescMessage): JsonObject {
  const required = desc.fields.filter((field) => fieldRules(field).required);
  return Object.fromEntries(required.map((field) => [field.jsonName, minimalValue(field)]));
}

function minimalValue(field: DescField): JsonValue {
  if (field.fieldKind === "list") {
    return [elementValue(field)];
  }
  return field.fieldKind === "map" ? { a: elementValue(field) } : elementValue(field);
}

function elementValue(field: DescField): JsonValue {
  if (field.message !== undefined) {
    return minimalJson(field.message);
  }
  const rules = fieldRules(field);
  const { string, integer } = rules.elements ?? rules;
  switch (field.scalar) {
    case ScalarType.BOOL:
      return true;
    case ScalarType.INT32:
    case ScalarType.INT64:
      return Number(integer.gte ?? 0n);
    default:
      return string.in?.[0] ?? "a".repeat(string.minLen ?? 0);
  }
}
