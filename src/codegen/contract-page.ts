import {
  type DescExtension,
  type DescField,
  type DescMessage,
  ScalarType,
} from "@bufbuild/protobuf";
import { commentOf, textOption, vocabularies, withNested } from "./contract-model.js";
import type { EventTypes } from "./event-types.js";
import { fieldRules, type KnownRules } from "./field-rules.js";
import { changesOf, type GenerationOptions } from "./generations/generation-options.js";
import { enumWords, numberWords } from "./rule-words.js";
import { constantCase } from "./names.js";

/** The content of the page that the descriptors alone do not provide. */
export type PageOptions = {
  readonly eventTypes: EventTypes;
  /** The name of the schema of each message. */
  readonly schemaNames: ReadonlyMap<DescMessage, string>;
  /** A string option of fields: the value that an absent field stands for. */
  readonly absentMeans: DescExtension | undefined;
  /** A string option of fields: the rule for a value, in words. */
  readonly mustBe: DescExtension | undefined;
  readonly generations: GenerationOptions;
  /** A valid example of each message as JSON text, by its event type, or by its name. */
  readonly examples: ReadonlyMap<string, string>;
};

/** A reference page, in Markdown, for the messages of a package. */
export function contractPage(
  packageName: string,
  messages: readonly DescMessage[],
  options: PageOptions,
): string {
  const events = messages.filter((message) => options.eventTypes.has(message));
  const others = messages.filter((message) => !options.eventTypes.has(message));
  return [
    `# The contract \`${packageName}\``,
    "Generated from the IDL by `npm run generate`. Do not edit.",
    "## Event types",
    table(
      ["event type", "payload", "JSON Schema", "constant in TypeScript"],
      events.map((message) => {
        const eventType = options.eventTypes.get(message) ?? "";
        return [
          code(eventType),
          link(message),
          code(`${options.schemaNames.get(message)}.schema.json`),
          code(constantCase(eventType)),
        ];
      }),
    ),
    "## Literals",
    table(
      ["vocabulary", "literals"],
      vocabularies(messages.flatMap(withNested)).map(({ field, literals }) => [
        code(field.name),
        literals.map(code).join(", "),
      ]),
    ),
    "## Any text",
    'No rule limits the text of these fields, apart from its length. `"yesterday"` conforms in each of them, even where a time, a hash or an id is meant.',
    table(["message", "fields that accept any text"], anyTextRows(messages)),
    "## Payloads",
    ...events.flatMap((message) => messageSection(message, options)),
    "## Other messages",
    ...others.flatMap((message) =>
      withNested(message).flatMap((one) => messageSection(one, options)),
    ),
  ].join("\n\n");
}

function anyTextRows(messages: readonly DescMessage[]): string[][] {
  return messages.flatMap(withNested).flatMap((message) => {
    const names = message.fields.filter(acceptsAnyText).map(({ jsonName }) => code(jsonName));
    return names.length === 0 ? [] : [[link(message), names.join(", ")]];
  });
}

/** Whether a field is one text, and no rule says what the text must look like. */
function acceptsAnyText(field: DescField): boolean {
  const { string } = fieldRules(field);
  return (
    field.fieldKind === "scalar" &&
    field.scalar === ScalarType.STRING &&
    string.in === undefined &&
    string.pattern === undefined &&
    (string.words ?? []).length === 0
  );
}

function messageSection(message: DescMessage, options: PageOptions): string[] {
  const eventType = options.eventTypes.get(message);
  const example = options.examples.get(eventType ?? message.name);
  const closedSince = textOption(message, options.generations.closedSince);
  return [
    `### ${displayName(message)}`,
    ...(eventType === undefined ? [] : [`The payload of ${code(eventType)}.`]),
    commentOf(message),
    closedSince === undefined
      ? ""
      : `From ${closedSince} on, a field that is not in this table is a violation.`,
    table(
      ["field", "type", "required", "rules", "meaning"],
      message.fields.map((field) => {
        const rules = fieldRules(field);
        return [
          code(field.jsonName),
          typeText(field),
          rules.required ? "yes" : "",
          ruleTexts(field, rules, options).join("; "),
          [commentOf(field).replace(/\s*\n\s*/g, " "), ...laterTexts(field, options)].join(" "),
        ];
      }),
    ),
    ...(example === undefined ? [] : ["For example:", `\`\`\`json\n${example.trimEnd()}\n\`\`\``]),
  ].filter((paragraph) => paragraph !== "");
}

function typeText(field: DescField): string {
  const element =
    field.message !== undefined
      ? link(field.message)
      : field.enum !== undefined
        ? field.enum.name
        : ScalarType[field.scalar].toLowerCase();
  switch (field.fieldKind) {
    case "list":
      return `list of ${element}`;
    case "map":
      return `map from ${ScalarType[field.mapKey].toLowerCase()} to ${element}`;
    default:
      return element;
  }
}

function ruleTexts(field: DescField, rules: KnownRules, options: PageOptions): string[] {
  const { string, integer, float, bool, bytes, repeated, map, elements, keys } = rules;
  const mustBe = textOption(field, options.mustBe);
  const absentMeans = textOption(field, options.absentMeans);
  return [
    string.in === undefined ? undefined : `one of ${string.in.map(code).join(", ")}`,
    limits("characters", string.minLen, string.maxLen),
    ...(string.words ?? []),
    string.pattern === undefined ? undefined : (mustBe ?? `matches ${code(string.pattern)}`),
    ...numberWords(integer),
    ...numberWords(float),
    bool.const === undefined ? undefined : `is ${code(String(bool.const))}`,
    limits("bytes", bytes.minLen, bytes.maxLen),
    ...(field.enum === undefined ? [] : enumWords(field.enum, rules.enum)),
    limits("items", repeated.minItems, repeated.maxItems),
    repeated.unique === true ? "no item twice" : undefined,
    limits("entries", map.minPairs, map.maxPairs),
    ...(elements === undefined
      ? []
      : ruleTexts(field, elements, options).map((text) => `each: ${text}`)),
    ...(keys === undefined
      ? []
      : ruleTexts(field, keys, options).map((text) => `each key: ${text}`)),
    absentMeans === undefined ? undefined : `absent means ${code(absentMeans)}`,
  ].filter((text) => text !== undefined);
}

/** How a field differs in later generations of the contract. */
function laterTexts(field: DescField, { generations }: PageOptions): string[] {
  const added = textOption(field, generations.addedIn);
  return [
    ...(added === undefined ? [] : [`Only from ${added} on.`]),
    ...changesOf(field, generations.changed).map(({ since, ...change }) => {
      const texts = [
        change.name === "" ? undefined : `named ${code(change.name)}`,
        change.required === undefined ? undefined : change.required ? "required" : "not required",
        change.minLen === undefined ? undefined : `${change.minLen} or more characters`,
        change.absentMeans === "" ? undefined : `absent means ${code(change.absentMeans)}`,
      ];
      return `From ${since} on: ${texts.filter((text) => text !== undefined).join(", ")}.`;
    }),
  ];
}

function limits(
  what: string,
  min: number | undefined,
  max: number | undefined,
): string | undefined {
  if (min === undefined) {
    return max === undefined ? undefined : `at most ${max} ${what}`;
  }
  return max === undefined ? `${min} or more ${what}` : `${min} to ${max} ${what}`;
}

function displayName(message: DescMessage): string {
  return message.parent === undefined
    ? message.name
    : `${displayName(message.parent)}.${message.name}`;
}

function link(message: DescMessage): string {
  const name = displayName(message);
  return message.file.proto.package.startsWith("google.")
    ? name
    : `[${name}](#${name.toLowerCase().replaceAll(".", "")})`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`.replace(/ {2,}/g, " ");
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

function code(text: string): string {
  return `\`${text}\``;
}
