import {
  type DescExtension,
  type DescField,
  type DescMessage,
  ScalarType,
} from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence, isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { GeneratedFile, Printable } from "@bufbuild/protoplugin";
import { commentOf, literalsOf, shapeName } from "./contract-model.js";
import { fieldRules } from "./field-rules.js";
import { staysRequired } from "./generations/generation-options.js";
import { integerTypes } from "./integer-types.js";
import { pascalCase } from "./names.js";

/**
 * Prints the type of a message that has been accepted: read-only, required fields always
 * there, literals by their names. The types of protoc-gen-es do not know literals.
 *
 * @param importOf The module of another package's value types.
 * @param changed The option that says how a field differs in later generations. A message may
 * be of any of them.
 */
export function printValueType(
  f: GeneratedFile,
  message: DescMessage,
  importOf: (packageName: string) => string,
  changed?: DescExtension,
): void {
  f.print(
    f.jsDoc(
      `A {@link ${shapeName(message)}} that the contract has accepted.\n\n${commentOf(message)}`,
    ),
  );
  f.print("export type ", valueTypeName(message), " = {");
  f.print("  readonly $typeName: ", f.string(message.typeName), ";");
  for (const field of message.fields) {
    if (field.oneof === undefined) {
      f.print(f.jsDoc(commentOf(field), "  "));
      const type = valueType(f, field, importOf);
      const isThere = isAlwaysThere(field) && staysRequired(field, changed);
      f.print(
        ...["  readonly ", field.localName],
        ...(isThere ? [": ", type] : ["?: ", type, " | undefined"]),
        ";",
      );
    }
  }
  for (const { localName } of message.oneofs) {
    f.print("  readonly ", localName, ": ", f.importShape(message), '["', localName, '"];');
  }
  f.print("};");
  f.print();
}

/** The name of the type of a message that has been accepted. */
export function valueTypeName(message: DescMessage): string {
  return `${shapeName(message)}Value`;
}

function isAlwaysThere(field: DescField): boolean {
  switch (field.fieldKind) {
    case "list":
    case "map":
      return true;
    default:
      return (
        isRequired(field) ||
        (field.fieldKind !== "message" && field.presence === FeatureSet_FieldPresence.IMPLICIT)
      );
  }
}

function isRequired(field: DescField): boolean {
  return fieldRules(field).required === true;
}

function valueType(
  f: GeneratedFile,
  field: DescField,
  importOf: (packageName: string) => string,
): Printable {
  const element = elementType(f, field, importOf);
  switch (field.fieldKind) {
    case "list":
      return ["readonly ", element, "[]"];
    case "map":
      return ["{ readonly [key: ", keyType(field.mapKey), "]: ", element, " }"];
    default:
      return element;
  }
}

function keyType(key: ScalarType): string {
  return integerTypes.get(key)?.bits === 32 ? "number" : "string";
}

function elementType(
  f: GeneratedFile,
  field: DescField,
  importOf: (packageName: string) => string,
): Printable {
  if (literalsOf(field) !== undefined) {
    const mayBeEmpty = field.fieldKind === "scalar" && isAlwaysThere(field) && !isRequired(field);
    return `${pascalCase(field.name)}${mayBeEmpty ? ' | ""' : ""}`;
  }
  const { message, enum: values, scalar } = field;
  if (values !== undefined) {
    return f.importShape(values);
  }
  if (message === undefined) {
    return scalarType(scalar ?? ScalarType.STRING);
  }
  const packageName = message.file.proto.package;
  if (packageName !== "google.protobuf") {
    return packageName === field.parent.file.proto.package
      ? valueTypeName(message)
      : f.import(valueTypeName(message), importOf(packageName), true);
  }
  if (field.fieldKind === "message" && isWrapperDesc(message)) {
    return scalarType(message.fields[0].scalar);
  }
  return field.fieldKind === "message" && message.name === "Struct"
    ? f.import("JsonObject", "@bufbuild/protobuf", true)
    : f.importShape(message);
}

function scalarType(scalar: ScalarType): string {
  switch (scalar) {
    case ScalarType.BOOL:
      return "boolean";
    case ScalarType.STRING:
      return "string";
    case ScalarType.BYTES:
      return "Uint8Array";
    default:
      return integerTypes.get(scalar)?.bits === 64 ? "bigint" : "number";
  }
}
