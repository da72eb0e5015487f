import {
  type DescExtension,
  type DescField,
  type DescMessage,
  getOption,
  ScalarType,
} from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence, isWrapperDesc } from "@bufbuild/protobuf/wkt";
import type { GeneratedFile, Printable } from "@bufbuild/protoplugin";
import {
  commentOf,
  literalsOf,
  type Vocabulary,
  vocabularies,
  withNested,
} from "./contract-model.js";
import type { EventTypes } from "./event-types.js";
import { fieldRules } from "./field-rules.js";
import { integerTypes } from "./integer-types.js";
import { constantCase, pascalCase, plural } from "./names.js";

/** The facts of a contract that its custom options hold. */
export type ContractOptions = {
  readonly eventTypes: EventTypes;
  /** A bool option of lists and maps: an empty one is written as empty, not as `null`. */
  readonly emptyIsPresent: DescExtension | undefined;
};

/**
 * Prints a package's declarations for TypeScript programs other than its messages: the
 * literals of its closed vocabularies, its event types with the message of each
 * payload, and the types of its wire JSON.
 *
 * @throws LiteralMismatchError when two fields of the same name allow different literals.
 */
export function printContractModule(
  f: GeneratedFile,
  packageName: string,
  messages: readonly DescMessage[],
  options: ContractOptions,
): void {
  const all = messages.flatMap(withNested);
  printVocabularies(f, vocabularies(all));
  printEvents(f, packageName, messages, options.eventTypes);
  for (const message of all) {
    printJsonType(f, message, options.emptyIsPresent);
  }
}

/** The path of a package's module, without its extension. */
export function modulePath(packageName: string): string {
  return `${packageName.replaceAll(".", "/")}/contract`;
}

function printVocabularies(f: GeneratedFile, found: readonly Vocabulary[]): void {
  for (const { name, field, literals } of found) {
    const constant = plural(constantCase(name));
    f.print(f.jsDoc(`The literals of \`${field.name}\`. ${commentOf(field)}`));
    f.print("export const ", constant, " = [");
    for (const literal of literals) {
      f.print("  ", f.string(literal), ",");
    }
    f.print("] as const;");
    f.print();
    f.print(f.jsDoc(`One of {@link ${constant}}.`));
    f.print("export type ", name, " = (typeof ", constant, ")[number];");
    f.print();
  }
}

function printEvents(
  f: GeneratedFile,
  packageName: string,
  messages: readonly DescMessage[],
  eventTypes: EventTypes,
): void {
  const events = messages.flatMap((message) => {
    const type = eventTypes.get(message);
    return type === undefined ? [] : [{ type, constant: constantCase(type), message }];
  });
  if (events.length === 0) {
    return;
  }
  for (const { type, constant, message } of events) {
    f.print(f.jsDoc(commentOf(message)));
    f.print("export const ", constant, " = ", f.string(type), ";");
    f.print();
  }
  const subject =
    packageName
      .split(".")
      .filter((part) => !/^v[0-9]/.test(part))
      .at(-1) ?? "";
  const allTypes = `${constantCase(subject)}_EVENT_TYPES`;
  const typeName = `${pascalCase(subject)}EventType`;
  f.print(f.jsDoc("Every event type of the contract, in the order of declaration."));
  f.print("export const ", allTypes, " = [");
  for (const { constant } of events) {
    f.print("  ", constant, ",");
  }
  f.print("] as const;");
  f.print();
  f.print(f.jsDoc(`One of {@link ${allTypes}}.`));
  f.print("export type ", typeName, " = (typeof ", allTypes, ")[number];");
  f.print();
  f.print(f.jsDoc("The message of the payload that goes with each event type."));
  // The keys are plain, since bundlers keep a table whose keys have to be computed.
  f.print("export const PAYLOAD_SCHEMAS = {");
  for (const { type, message } of events) {
    f.print("  ", propertyName(f, type), ": ", f.importSchema(message), ",");
  }
  f.print("} as const;");
  f.print();
  f.print(f.jsDoc("The wire JSON of the payload that goes with each event type."));
  f.print("export type PayloadJson = {");
  for (const { type, message } of events) {
    f.print("  ", propertyName(f, type), ": ", jsonTypeName(message), ";");
  }
  f.print("};");
  f.print();
}

function printJsonType(
  f: GeneratedFile,
  message: DescMessage,
  emptyIsPresent: DescExtension | undefined,
): void {
  f.print(f.jsDoc(`The wire JSON of a {@link ${shapeName(message)}}.\n\n${commentOf(message)}`));
  f.print("export type ", jsonTypeName(message), " = {");
  for (const field of message.fields) {
    const required = fieldRules(field).required;
    f.print(f.jsDoc(commentOf(field), "  "));
    f.print(
      "  ",
      propertyName(f, field.jsonName),
      required ? ": " : "?: ",
      jsonType(f, field),
      required || isNeverNull(field, emptyIsPresent) ? ";" : " | null;",
    );
  }
  f.print("};");
  f.print();
}

/** A key as formatters print it: in quotes where it must be. */
function propertyName(f: GeneratedFile, key: string): Printable {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : f.string(key);
}

/** Whether the field is written as a zero value, such as 0 or `[]`, when it is absent. */
function isNeverNull(field: DescField, emptyIsPresent: DescExtension | undefined): boolean {
  switch (field.fieldKind) {
    case "list":
    case "map":
      return emptyIsPresent !== undefined && getOption(field, emptyIsPresent) === true;
    case "message":
      return false;
    default:
      return field.presence === FeatureSet_FieldPresence.IMPLICIT;
  }
}

function jsonType(f: GeneratedFile, field: DescField): Printable {
  const literal = literalsOf(field) === undefined ? undefined : pascalCase(field.name);
  const element =
    literal ??
    (field.message !== undefined
      ? messageType(f, field.message, field.parent)
      : field.enum !== undefined
        ? field.enum.values.map((value) => JSON.stringify(value.name)).join(" | ")
        : scalarType(field.scalar));
  switch (field.fieldKind) {
    case "list":
      return typeof element === "string" && element.includes(" | ")
        ? `(${element})[]`
        : [element, "[]"];
    case "map":
      return ["{ [key: string]: ", element, " }"];
    default:
      return element;
  }
}

function messageType(f: GeneratedFile, message: DescMessage, user: DescMessage): Printable {
  if (isWrapperDesc(message)) {
    return scalarType(message.fields[0].scalar);
  }
  if (message.file.proto.package === "google.protobuf") {
    switch (message.name) {
      case "Duration":
      case "FieldMask":
      case "Timestamp":
        return "string";
      case "ListValue":
        return [f.import("JsonValue", "@bufbuild/protobuf", true), "[]"];
      case "Value":
        return f.import("JsonValue", "@bufbuild/protobuf", true);
      default:
        return f.import("JsonObject", "@bufbuild/protobuf", true);
    }
  }
  const packageName = message.file.proto.package;
  return packageName === user.file.proto.package
    ? jsonTypeName(message)
    : f.import(jsonTypeName(message), `./${modulePath(packageName)}.js`, true);
}

function scalarType(scalar: ScalarType): string {
  switch (scalar) {
    case ScalarType.BOOL:
      return "boolean";
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return "string";
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return 'number | "NaN" | "Infinity" | "-Infinity"';
    default:
      return integerTypes.get(scalar)?.bits === 64 ? "number | string" : "number";
  }
}

/** The name that protoc-gen-es gives to the type of the message. */
export function shapeName(message: DescMessage): string {
  return message.parent === undefined
    ? message.name
    : `${shapeName(message.parent)}_${message.name}`;
}

/** The name of the type of a message's wire JSON. */
export function jsonTypeName(message: DescMessage): string {
  return `${shapeName(message)}Json`;
}
