import {
  clone,
  create,
  type DescExtension,
  type DescField,
  type DescFile,
  type DescMessage,
  getOption,
  ScalarType,
} from "@bufbuild/protobuf";
import { type ReflectMessage, reflect } from "@bufbuild/protobuf/reflect";
import { FeatureSet_FieldPresence } from "@bufbuild/protobuf/wkt";
import {
  type FieldRules,
  FieldRulesSchema,
  field as rulesOption,
  StringRulesSchema,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { commentOf, textOption } from "../contract-model.js";
import { messagesIn } from "../plugin-input.js";
import { changesOf, type FieldChange, type GenerationOptions } from "./generation-options.js";

/** A later generation of a contract, and the package that its sources declare. */
export type Generation = {
  /** Its name, for example `3.0.0`. */
  readonly name: string;
  readonly packageName: string;
  readonly options: GenerationOptions;
  /** The string option of fields that says what an absent field stands for. */
  readonly absentMeans: DescExtension | undefined;
  /** All custom options that a source may set. */
  readonly extensions: readonly DescExtension[];
};

/** The path of a source in another generation: `a/v1/b.proto` is `a/v3/b.proto` in `a.v3`. */
export function pathIn(file: DescFile, { packageName }: Generation): string {
  const fileName = file.name.split("/").at(-1) ?? file.name;
  return `${packageName.replaceAll(".", "/")}/${fileName}.proto`;
}

/**
 * The source of a file in another generation of its contract: the same messages with the same
 * numbers, in a package of their own, with the names and rules of that generation.
 */
export function printGeneration(file: DescFile, generation: Generation): string {
  return [
    `// Generated from ${file.name}.proto by \`npm run generate\`. Do not edit.`,
    'syntax = "proto3";',
    `package ${generation.packageName};`,
    file.dependencies.map((used) => `import "${importOf(used, generation)}";`).join("\n"),
    ...messagesIn([file]).map((message) => messageText(message, generation)),
    "",
  ].join("\n\n");
}

function importOf(file: DescFile, generation: Generation): string {
  return isOfContract(file, generation) ? pathIn(file, generation) : `${file.name}.proto`;
}

/** Whether a file declares messages that take part in the generations of the contract. */
function isOfContract(file: DescFile, { options: { changed } }: Generation): boolean {
  return file.proto.package === changed?.file.proto.package && messagesIn([file]).length > 0;
}

function messageText(message: DescMessage, generation: Generation): string {
  const { closed, closedSince } = generation.options;
  const since = textOption(message, closedSince);
  const isClosed = since !== undefined && isReached(since, generation);
  const kept = generation.extensions.filter((option) => option !== closedSince);
  return [
    ...comment(commentOf(message)),
    `message ${message.name} {`,
    ...(message.deprecated ? ["option deprecated = true;"] : []),
    ...setOptions(message, kept).map(([name, value]) => `option ${name} = ${value};`),
    ...(isClosed && closed !== undefined ? [`option (${closed.typeName}) = true;`] : []),
    ...reservedTexts(message),
    "",
    ...message.nestedMessages.map((nested) => messageText(nested, generation)),
    ...message.fields
      .filter((field) => isIn(field, generation))
      .map((field) => fieldText(field, generation)),
    "}",
    "",
  ].join("\n");
}

/** The numbers and names that no field may have. */
function reservedTexts({ proto }: DescMessage): string[] {
  const ranges = proto.reservedRange.map(({ start, end }) => {
    const last = end > LARGEST_NUMBER ? "max" : end - 1;
    return start === last ? `${start}` : `${start} to ${last}`;
  });
  const names = proto.reservedName.map((name) => JSON.stringify(name));
  return [ranges, names]
    .filter((list) => list.length > 0)
    .map((list) => `reserved ${list.join(", ")};`);
}

/** The largest number of a field. */
const LARGEST_NUMBER = 2 ** 29 - 1;

/** Whether a generation is the same as another or later. */
function isReached(since: string, { name }: Generation): boolean {
  return since.localeCompare(name, "en", { numeric: true }) <= 0;
}

/** Whether a generation has a field already. */
function isIn(field: DescField, generation: Generation): boolean {
  const addedIn = textOption(field, generation.options.addedIn);
  return addedIn === undefined || isReached(addedIn, generation);
}

/** The name of a field in another generation. */
export function nameIn(field: DescField, generation: Generation): string {
  return lastOf(changesIn(field, generation), (change) => change.name) ?? field.name;
}

function changesIn(field: DescField, generation: Generation): readonly FieldChange[] {
  return changesOf(field, generation.options.changed).filter(({ since }) =>
    isReached(since, generation),
  );
}

function fieldText(field: DescField, generation: Generation): string {
  const changes = changesIn(field, generation);
  const { absentMeans, options, extensions } = generation;
  const name = nameIn(field, generation);
  const absent = lastOf(changes, (change) => change.absentMeans);
  const replaced = new Set([options.changed, options.addedIn]);
  const declared = [
    ["json_name", JSON.stringify(name)] as const,
    ...(field.deprecated ? [["deprecated", "true"] as const] : []),
    ...setOptions(
      field,
      extensions.filter((option) => !replaced.has(option) && option.typeName !== RULES),
    ).map(([option, value]) =>
      option === `(${absentMeans?.typeName})` && absent !== undefined
        ? ([option, JSON.stringify(absent)] as const)
        : ([option, value] as const),
    ),
    ...rulesText(rulesAfter(getOption(field, rulesOption), changes)),
  ];
  return [
    ...comment(lastOf(changes, (change) => change.comment) ?? commentOf(field)),
    `${typeText(field, generation)} ${name} = ${field.number} [`,
    declared.map(([option, value]) => `${option} = ${value}`).join(",\n"),
    "];",
    "",
  ].join("\n");
}

function lastOf(
  changes: readonly FieldChange[],
  text: (change: FieldChange) => string,
): string | undefined {
  return changes.map(text).findLast((one) => one !== "");
}

const RULES = rulesOption.typeName;

function rulesAfter(rules: FieldRules, changes: readonly FieldChange[]): FieldRules {
  const after = clone(FieldRulesSchema, rules);
  for (const { required, minLen } of changes) {
    if (required !== undefined) {
      after.required = required;
    }
    if (minLen !== undefined) {
      const string = after.type.case === "string" ? after.type.value : create(StringRulesSchema);
      string.minLen = minLen;
      after.type = { case: "string", value: string };
    }
  }
  return after;
}

function rulesText(rules: FieldRules): [name: string, value: string][] {
  const text = messageValue(reflect(FieldRulesSchema, rules));
  return text === "{}" ? [] : [[`(${RULES})`, text]];
}

/** The custom options that a declaration sets, with their values as the IDL writes them. */
function setOptions(
  desc: DescMessage | DescField,
  extensions: readonly DescExtension[],
): [name: string, value: string][] {
  const numbers = new Set(desc.proto.options?.$unknown?.map(({ no }) => no));
  const extendee = desc.kind === "message" ? "MessageOptions" : "FieldOptions";
  return extensions
    .filter((option) => option.extendee.name === extendee && numbers.has(option.number))
    .map((option) => [`(${option.typeName})`, optionValue(getOption(desc, option), option)]);
}

function optionValue(value: unknown, option: DescExtension): string {
  if (option.fieldKind === "scalar") {
    return scalarValue(value);
  }
  throw new Error(`the option ${option.typeName} cannot be written in another generation yet`);
}

function messageValue(message: ReflectMessage): string {
  const parts = message.fields
    .filter((field) => message.isSet(field))
    .map((field) => {
      const value: unknown = message.get(field);
      switch (field.fieldKind) {
        case "list":
          return `${field.name}: [${[...(value as Iterable<unknown>)].map((item) => elementValue(item)).join(", ")}]`;
        default:
          return `${field.name}: ${elementValue(value)}`;
      }
    });
  return parts.length === 0 ? "{}" : `{\n${parts.join("\n")}\n}`;
}

function elementValue(value: unknown): string {
  return isReflected(value) ? messageValue(value) : scalarValue(value);
}

function isReflected(value: unknown): value is ReflectMessage {
  return typeof value === "object" && value !== null && "desc" in value && "message" in value;
}

function scalarValue(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function typeText(field: DescField, generation: Generation): string {
  const element =
    field.message !== undefined
      ? messageType(field.message, field.parent, generation)
      : scalarType(field);
  switch (field.fieldKind) {
    case "list":
      return `repeated ${element}`;
    case "map":
      return `map<${ScalarType[field.mapKey].toLowerCase()}, ${element}>`;
    default:
      return field.presence === FeatureSet_FieldPresence.EXPLICIT && field.message === undefined
        ? `optional ${element}`
        : element;
  }
}

/**
 * A message of the contract by its name in the package, another one by its full name. Where a
 * nested message hides that name, it is written from the root.
 */
function messageType(message: DescMessage, user: DescMessage, { packageName }: Generation): string {
  const { package: firstPackage } = user.file.proto;
  const isOwn = message.file.proto.package === firstPackage;
  const name = isOwn ? message.typeName.slice(firstPackage.length + 1) : message.typeName;
  const [start] = name.split(".");
  for (let scope: DescMessage | undefined = user; scope !== undefined; scope = scope.parent) {
    if (scope.nestedMessages.some((nested) => nested.name === start)) {
      return isOwn ? `.${packageName}.${name}` : `.${name}`;
    }
  }
  return name;
}

function scalarType(field: DescField): string {
  if (field.scalar === undefined) {
    throw new Error(`${field.toString()} is refused before it is printed`);
  }
  return ScalarType[field.scalar].toLowerCase();
}

function comment(text: string): string[] {
  return text === "" ? [] : wrapped(text).map((line) => `// ${line}`.trimEnd());
}

/** Lines of at most 100 characters, or of one longer word. Comments in a source are wrapped already. */
function wrapped(text: string): string[] {
  return text.split("\n").flatMap((line) => line.match(/.{1,97}(?:\s|$)|\S+\s?/g) ?? [""]);
}
