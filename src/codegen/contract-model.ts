import {
  type DescExtension,
  type DescField,
  type DescMessage,
  getOption,
} from "@bufbuild/protobuf";
import { getComments } from "@bufbuild/protoplugin";
import { fieldRules } from "./field-rules.js";
import { pascalCase } from "./names.js";

/** A closed vocabulary: the literals that a string field allows. */
export type Vocabulary = {
  /** The name of its type, which is the name of the field in Pascal case. */
  readonly name: string;
  /** The first field that declares it. */
  readonly field: DescField;
  readonly literals: readonly string[];
};

/** Raised when two fields of the same name allow different literals. */
export class LiteralMismatchError extends Error {
  override readonly name = "LiteralMismatchError";
  constructor(
    readonly first: DescField,
    readonly second: DescField,
  ) {
    super(
      `${fieldName(second)} and ${fieldName(first)} have the same name but different literals: ` +
        "give both the same `in` list, or rename one of them",
    );
  }
}

/** A message and all messages nested in it. */
export function withNested(message: DescMessage): DescMessage[] {
  return [message, ...message.nestedMessages.flatMap(withNested)];
}

/**
 * The closed vocabularies of messages, in order of declaration.
 *
 * @throws LiteralMismatchError when two fields of the same name allow different literals.
 */
export function vocabularies(messages: readonly DescMessage[]): Vocabulary[] {
  const found = new Map<string, Vocabulary>();
  for (const field of messages.flatMap((message) => message.fields)) {
    const literals = literalsOf(field);
    if (literals === undefined) {
      continue;
    }
    const name = pascalCase(field.name);
    const first = found.get(name);
    if (first === undefined) {
      found.set(name, { name, field, literals });
    } else if (first.literals.join("\n") !== literals.join("\n")) {
      throw new LiteralMismatchError(first.field, field);
    }
  }
  return [...found.values()];
}

/** The literals that a field, or each element of it, allows. */
export function literalsOf(field: DescField): readonly string[] | undefined {
  const rules = fieldRules(field);
  return (field.fieldKind === "scalar" ? rules : rules.elements)?.string.in;
}

/** The text of a custom option, or `undefined` if it is not set. */
export function textOption(
  desc: DescMessage | DescField,
  option: DescExtension | undefined,
): string | undefined {
  const text = option === undefined ? "" : getOption(desc, option);
  return typeof text === "string" && text !== "" ? text : undefined;
}

/** The comment before a declaration, as its author wrote it. */
export function commentOf(desc: DescMessage | DescField): string {
  return (getComments(desc).leading ?? "").replace(/^ /gm, "").trim();
}

/** The path of a package's module, without its extension. */
export function modulePath(packageName: string): string {
  return `${packageName.replaceAll(".", "/")}/contract`;
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

function fieldName(field: DescField): string {
  return `${field.parent.typeName}.${field.name}`;
}
