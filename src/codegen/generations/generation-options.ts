import {
  type DescExtension,
  type DescField,
  type DescFile,
  type DescMessage,
  getOption,
} from "@bufbuild/protobuf";
import { findExtension } from "../plugin-input.js";

/** The custom options that say how a contract differs between its generations, if it has any. */
export type GenerationOptions = {
  /** A list option of fields, of a message with the fields of {@link FieldChange}. */
  readonly changed: DescExtension | undefined;
  /** A string option of fields: the first generation that has the field. */
  readonly addedIn: DescExtension | undefined;
  /** A string option of messages: the first generation in which the message is closed. */
  readonly closedSince: DescExtension | undefined;
  /** A bool option of messages: whether the message is closed. */
  readonly closed: DescExtension | undefined;
};

/** How a field differs from one generation on. An empty text means no change. */
export type FieldChange = {
  readonly since: string;
  readonly name: string;
  readonly required?: boolean;
  /** The fewest characters of a string. */
  readonly minLen?: bigint;
  readonly absentMeans: string;
  readonly comment: string;
};

/** The changes of a field, the earliest generation first, as they are declared. */
export function changesOf(
  field: DescField,
  option: DescExtension | undefined,
): readonly FieldChange[] {
  const changes = option === undefined ? [] : getOption(field, option);
  // The option is declared by the contract, with the fields of this type.
  return Array.isArray(changes) ? (changes as readonly FieldChange[]) : [];
}

/** Whether a field that the first generation requires is required in all later ones too. */
export function staysRequired(field: DescField, option: DescExtension | undefined): boolean {
  return changesOf(field, option).every(({ required }) => required !== false);
}

/** Whether a field belongs to later generations only. */
export function isAddedLater(field: DescField, option: DescExtension | undefined): boolean {
  return option !== undefined && getOption(field, option) !== "";
}

/** Whether unknown fields in the JSON of a message are violations. */
export function isClosed(message: DescMessage, option: DescExtension | undefined): boolean {
  return option !== undefined && getOption(message, option) === true;
}

/** The names of these options, as the plugins that read them take them. */
export const GENERATION_OPTIONS = ["changed", "added_in", "closed_since", "closed"] as const;

/** Finds the options by the full names that a plugin was given. */
export function generationOptions(
  files: readonly DescFile[],
  given: ReadonlyMap<string, string>,
): GenerationOptions {
  const option = (name: (typeof GENERATION_OPTIONS)[number]) =>
    findExtension(files, given.get(name));
  return {
    changed: option("changed"),
    addedIn: option("added_in"),
    closedSince: option("closed_since"),
    closed: option("closed"),
  };
}
