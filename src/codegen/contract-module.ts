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
  jsonTypeName,
  literalsOf,
  modulePath,
  shapeName,
  type Vocabulary,
  vocabularies,
  withNested,
} from "./contract-model.js";
import type { Envelope } from "./envelope.js";
import { printEvents } from "./event-declarations.js";
import type { EventTypes } from "./event-types.js";
import { fieldRules } from "./field-rules.js";
import { type GenerationOptions, isAddedLater } from "./generations/generation-options.js";
import { integerTypes } from "./integer-types.js";
import { constantCase, pascalCase, plural } from "./names.js";
import { propertyName } from "./property-name.js";
import { printValueType, valueTypeName } from "./value-types.js";

/** The facts of a contract that its custom options hold. */
export type ContractOptions = {
  readonly eventTypes: EventTypes;
  /** A bool option of lists and maps: an empty one is written as empty, not as `null`. */
  readonly emptyIsPresent: DescExtension | undefined;
  /** The message that events travel in, if the contract has one. */
  readonly envelope: Envelope | undefined;
  readonly generations: GenerationOptions;
};

/**
 * Prints a package's declarations for TypeScript programs other than its messages: the
 * literals of its closed vocabularies, its event types with the message of each
 * payload, the types of its wire JSON, and the types of accepted messages.
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
  printEvents(f, packageName, messages, options.eventTypes, options.envelope);
  const sent = sentMessages(options);
  for (const message of all) {
    printJsonType(f, message, sent.has(message), options);
  }
  for (const message of all) {
    const importOf = (name: string) => `./${modulePath(name)}.js`;
    printValueType(f, message, importOf, options.generations.changed);
  }
  printTypesByName(f, messages);
}

/** Prints the types of each message by its full name, which its descriptor has. */
function printTypesByName(f: GeneratedFile, messages: readonly DescMessage[]): void {
  f.print(f.jsDoc("The wire JSON of each message, by its full name."));
  f.print("export type JsonByName = {");
  for (const message of messages) {
    f.print("  ", f.string(message.typeName), ": ", jsonTypeName(message), ";");
  }
  f.print("};");
  f.print();
  f.print(f.jsDoc("Each message that the contract has accepted, by its full name."));
  f.print("export type ValueByName = {");
  for (const message of messages) {
    f.print("  ", f.string(message.typeName), ": ", valueTypeName(message), ";");
  }
  f.print("};");
  f.print();
}

function printVocabularies(f: GeneratedFile, found: readonly Vocabulary[]): void {
  for (const { name, field, literals } of found) {
    const constant = plural(constantCase(name));
    f.print(f.jsDoc(`The literals of \`${field.name}\`, frozen. ${commentOf(field)}`));
    f.print("export const ", constant, " = /* @__PURE__ */ Object.freeze([");
    for (const literal of literals) {
      f.print("  ", f.string(literal), ",");
    }
    f.print("] as const);");
    f.print();
    f.print(f.jsDoc(`One of {@link ${constant}}.`));
    f.print("export type ", name, " = (typeof ", constant, ")[number];");
    f.print();
  }
}

/** The messages that producers write: the envelope, the payloads, and all that is in them. */
function sentMessages({ envelope, eventTypes }: ContractOptions): ReadonlySet<DescMessage> {
  const sent = new Set<DescMessage>();
  const add = (message: DescMessage) => {
    if (!sent.has(message)) {
      sent.add(message);
      for (const field of message.fields) {
        if (field.message !== undefined) {
          add(field.message);
        }
      }
    }
  };
  for (const message of [...(envelope ? [envelope.message] : []), ...eventTypes.keys()]) {
    add(message);
  }
  return sent;
}

function printJsonType(
  f: GeneratedFile,
  message: DescMessage,
  isSent: boolean,
  { emptyIsPresent, generations }: ContractOptions,
): void {
  f.print(f.jsDoc(`The wire JSON of a {@link ${shapeName(message)}}.\n\n${commentOf(message)}`));
  f.print("export type ", jsonTypeName(message), " = {");
  for (const field of message.fields.filter((one) => !isAddedLater(one, generations.addedIn))) {
    const required = fieldRules(field).required;
    f.print(f.jsDoc(commentOf(field), "  "));
    f.print(
      "  ",
      propertyName(f, field.jsonName),
      required ? ": " : "?: ",
      jsonType(f, field),
      required || isNeverNull(field, isSent, emptyIsPresent) ? ";" : " | null;",
    );
  }
  f.print("};");
  f.print();
}

/**
 * Whether the field is written as a zero value, such as 0 or `[]`, when it is absent. A
 * producer may also write `null`, as for every optional field.
 */
function isNeverNull(
  field: DescField,
  isSent: boolean,
  emptyIsPresent: DescExtension | undefined,
): boolean {
  switch (field.fieldKind) {
    case "list":
    case "map":
      return emptyIsPresent !== undefined && getOption(field, emptyIsPresent) === true;
    case "message":
      return false;
    default:
      return !isSent && field.presence === FeatureSet_FieldPresence.IMPLICIT;
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
