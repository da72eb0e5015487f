import { type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import type { GeneratedFile, Printable } from "@bufbuild/protoplugin";
import { jsonTypeName, shapeName, withNested } from "./contract-model.js";
import { fieldRules } from "./field-rules.js";
import { integerTypes } from "./integer-types.js";
import { camelCase } from "./names.js";
import { reachable } from "./schema-names.js";
import { valueTypeName } from "./value-types.js";

/**
 * Prints two functions for each message that is made of texts, integers, booleans and
 * other such messages: one makes the message of wire JSON that has been accepted, one
 * hashes that JSON. A reducer calls them for every event, and code that names each
 * field runs several times as fast as a loop over a descriptor.
 */
export function printAcceptedModule(
  f: GeneratedFile,
  messages: readonly DescMessage[],
  contractModule: string,
): void {
  f.print(f.jsDoc(HASH_COMMENT));
  f.print("export interface Hash {");
  f.print("  text(value: string | null | undefined): void;");
  f.print("  integer(value: number | string | bigint | null | undefined): void;");
  f.print("  boolean(value: boolean | null | undefined): void;");
  f.print("  /** How many items follow. */");
  f.print("  count(items: number): void;");
  f.print("}");
  f.print();
  f.print("type Writable<T> = { -readonly [K in keyof T]: T[K] };");
  f.print();
  for (const message of messages.flatMap(withNested).filter(isPlain)) {
    printMaker(f, message, contractModule);
    printHasher(f, message, contractModule);
  }
}

const HASH_COMMENT =
  "Takes the values of a message one after the other, in the order of their fields. " +
  "Absent values are taken, too, so that different messages give different sequences.";

/** Whether a message, and each inside it, can be made and hashed field by field. */
function isPlain(message: DescMessage): boolean {
  return [...reachable(message)].every(
    ({ oneofs, fields }) => oneofs.length === 0 && fields.every(isPlainField),
  );
}

function isPlainField(field: DescField): boolean {
  switch (field.fieldKind) {
    case "message":
      // The JSON of a wrapper is no object.
      return field.message.file.proto.package !== "google.protobuf";
    case "scalar":
      return kindOf(field.scalar) !== undefined;
    case "list":
      return field.listKind === "scalar" && kindOf(field.scalar) === "text";
    default:
      return false;
  }
}

/** The method of a `Hash` that takes a scalar, `undefined` where none does. */
function kindOf(scalar: ScalarType): "text" | "integer" | "boolean" | undefined {
  switch (scalar) {
    case ScalarType.STRING:
      return "text";
    case ScalarType.BOOL:
      return "boolean";
    default:
      return integerTypes.has(scalar) ? "integer" : undefined;
  }
}

function printMaker(f: GeneratedFile, message: DescMessage, contractModule: string): void {
  const json = f.import(jsonTypeName(message), contractModule, true);
  const value = f.import(valueTypeName(message), contractModule, true);
  f.print(f.jsDoc(`Makes a {@link ${shapeName(message)}} of wire JSON that has been accepted.`));
  f.print("export function ", makerName(message), "(json: ", json, "): ", value, " {");
  f.print("  const message: Writable<", value, "> = {");
  f.print("    $typeName: ", f.string(message.typeName), ",");
  for (const field of message.fields.filter(isAlwaysThere)) {
    f.print("    ", field.localName, ": ", valueText(field), ",");
  }
  f.print("  };");
  for (const field of message.fields.filter((candidate) => !isAlwaysThere(candidate))) {
    f.print(
      "  if (json.",
      field.jsonName,
      " !== undefined && json.",
      field.jsonName,
      " !== null) {",
    );
    f.print("    message.", field.localName, " = ", valueText(field), ";");
    f.print("  }");
  }
  f.print("  return message;");
  f.print("}");
  f.print();
}

/** Whether a message always has a value of the field, even if the JSON has none. */
function isAlwaysThere(field: DescField): boolean {
  return (
    fieldRules(field).required ||
    field.fieldKind === "list" ||
    (field.fieldKind === "scalar" && field.presence === FeatureSet_FieldPresence.IMPLICIT)
  );
}

function valueText(field: DescField): Printable {
  const value = `json.${field.jsonName}`;
  const isRequired = fieldRules(field).required;
  switch (field.fieldKind) {
    case "message":
      return [makerName(field.message), "(", value, ")"];
    case "list":
      return [value, " ? [...", value, "] : []"];
    default: {
      const zero = { text: '""', boolean: "false", integer: "0" }[
        kindOf(field.scalar ?? ScalarType.STRING) ?? "text"
      ];
      const isLong = integerTypes.get(field.scalar ?? ScalarType.STRING)?.bits === 64;
      const isOptional = !isRequired && isAlwaysThere(field);
      const plain = isOptional ? `${value} ?? ${zero}` : value;
      return isLong ? ["BigInt(", plain, ")"] : plain;
    }
  }
}

function printHasher(f: GeneratedFile, message: DescMessage, contractModule: string): void {
  const json = f.import(jsonTypeName(message), contractModule, true);
  f.print(f.jsDoc(`Hashes the wire JSON of a {@link ${shapeName(message)}}.`));
  f.print("export function ", hasherName(message), "(json: ", json, ", hash: Hash): void {");
  for (const field of message.fields) {
    for (const line of hashLines(field)) {
      f.print("  ", line);
    }
  }
  f.print("}");
  f.print();
}

function hashLines(field: DescField): string[] {
  const value = `json.${field.jsonName}`;
  switch (field.fieldKind) {
    case "message": {
      const hashed = `${hasherName(field.message)}(${value}, hash);`;
      return fieldRules(field).required
        ? [hashed]
        : [`hash.boolean(!!${value});`, `if (${value}) {`, `  ${hashed}`, "}"];
    }
    case "list":
      return [
        `hash.count(${value}?.length ?? 0);`,
        `for (const item of ${value} ?? []) {`,
        "  hash.text(item);",
        "}",
      ];
    default:
      return [`hash.${kindOf(field.scalar ?? ScalarType.STRING) ?? "text"}(${value});`];
  }
}

function makerName(message: DescMessage): string {
  return `${camelCase(shapeName(message))}Of`;
}

function hasherName(message: DescMessage): string {
  return `hash${shapeName(message)}`;
}
