import type { DescMessage } from "@bufbuild/protobuf";
import type { GeneratedFile } from "@bufbuild/protoplugin";
import { shapeName, withNested } from "../contract-model.js";
import type { EventTypes } from "../event-types.js";
import { propertyName } from "../property-name.js";
import { type Generation, nameIn } from "./print-generation.js";

/**
 * Prints the names that fields have in a later generation, for each message that has such a
 * field, or holds a message that has one.
 */
export function printRenamings(
  f: GeneratedFile,
  messages: readonly DescMessage[],
  eventTypes: EventTypes,
  generation: Generation,
): void {
  f.print(RENAMING);
  f.print();
  f.print(f.jsDoc("The generation of the contract with these names."));
  f.print("export const GENERATION = ", f.string(generation.name), ";");
  f.print();
  const printed = new Set<DescMessage>();
  const visited = new Set<DescMessage>();
  const print = (message: DescMessage): boolean => {
    if (visited.has(message)) {
      return printed.has(message);
    }
    visited.add(message);
    // A message is printed after those that it holds, so it cannot refer to itself.
    const inside = message.fields.filter(
      (field) => field.message !== undefined && print(field.message),
    );
    const names = message.fields
      .filter((field) => nameIn(field, generation) !== field.name)
      .map((field) => [nameIn(field, generation), field.jsonName]);
    if (inside.length === 0 && names.length === 0) {
      return false;
    }
    printed.add(message);
    const table = (isMap: boolean) =>
      inside
        .filter(({ fieldKind }) => (fieldKind === "map") === isMap)
        .map((field) => `["${field.jsonName}", ${constant(field.message ?? message)}]`)
        .join(", ");
    const conditions = [
      ...names.map(([later = ""]) => `isPresent(json${access(later)})`),
      ...inside.map((field) => {
        const inner = shower(field.message ?? message);
        const value = `json${access(field.jsonName)}`;
        switch (field.fieldKind) {
          case "list":
            return `someItem(${value}, ${inner})`;
          case "map":
            return `someValue(${value}, ${inner})`;
          default:
            return `${inner}(${value})`;
        }
      }),
    ];
    f.print("function ", shower(message), "(json: unknown): boolean {");
    f.print("  return (");
    f.print("    isObject(json) &&");
    f.print("    (", conditions.join(" ||\n      "), ")");
    f.print("  );");
    f.print("}");
    f.print();
    f.print("const ", constant(message), ": Renaming = {");
    f.print("  showsLater: ", shower(message), ",");
    f.print("  names: ", JSON.stringify(names), ",");
    f.print("  messages: [", table(false), "],");
    f.print("  maps: [", table(true), "],");
    f.print("};");
    f.print();
    return true;
  };
  messages.flatMap(withNested).forEach(print);
  f.print(f.jsDoc("The renaming of each message, by its full name in the first generation."));
  f.print("export const RENAMINGS: { readonly [typeName: string]: Renaming } = {");
  for (const message of printed) {
    f.print("  ", f.string(message.typeName), ": ", constant(message), ",");
  }
  f.print("};");
  f.print();
  f.print(f.jsDoc("The renaming of each payload, by its event type."));
  f.print("export const PAYLOAD_RENAMINGS: { readonly [eventType: string]: Renaming } = {");
  for (const message of [...printed].filter((one) => eventTypes.has(one))) {
    f.print("  ", propertyName(f, eventTypes.get(message) ?? ""), ": ", constant(message), ",");
  }
  f.print("};");
}

const RENAMING = `/** The fields of a message that have another name in a later generation. */
export type Renaming = {
  /** Whether the JSON of the message has the later name of any field, at any level. */
  readonly showsLater: (json: unknown) => boolean;
  /** Its own fields: the later name, and the first. */
  readonly names: readonly (readonly [later: string, first: string])[];
  /** The fields that hold messages, or lists of messages, with renamed fields. */
  readonly messages: readonly (readonly [first: string, Renaming])[];
  /** The fields that hold maps of messages with renamed fields. */
  readonly maps: readonly (readonly [first: string, Renaming])[];
};

type Json = { readonly [key: string]: unknown };

function isObject(json: unknown): json is Json {
  return typeof json === "object" && json !== null;
}

/** A field that is null counts as absent. */
function isPresent(json: unknown): boolean {
  return json !== undefined && json !== null;
}

function someItem(json: unknown, showsLater: (item: unknown) => boolean): boolean {
  return Array.isArray(json) && json.some(showsLater);
}

function someValue(json: unknown, showsLater: (value: unknown) => boolean): boolean {
  return isObject(json) && Object.values(json).some(showsLater);
}`;

function shower(message: DescMessage): string {
  return `showsLater${shapeName(message)}`;
}

function access(name: string): string {
  return `[${JSON.stringify(name)}]`;
}

function constant(message: DescMessage): string {
  return shapeName(message);
}
