import type { DescMessage } from "@bufbuild/protobuf";
import type { GeneratedFile } from "@bufbuild/protoplugin";
import { _, Ajv2020, type Options } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import type { EventTypes } from "./event-types.js";
import type { GenerationOptions } from "./generations/generation-options.js";
import { messageJsonSchema } from "./json-schema.js";
import { type JsonSchema, jsonSchemaText } from "./schema-text.js";

/** The purpose of a module's validators. */
export type ValidatorPurpose =
  /**
   * A fast yes or no for any JSON value, as a reader of every generation gives it. Text with
   * lone surrogates is rejected.
   */
  | "verdict"
  /** A list of every keyword of the schema that a value breaks. */
  | "violations";

/**
 * Prints the validators of messages, compiled from their JSON Schemas, so that a
 * program need not compile them at run time.
 */
export function printValidators(
  f: GeneratedFile,
  messages: readonly DescMessage[],
  purpose: ValidatorPurpose,
  eventTypes: EventTypes,
  generations: GenerationOptions,
): void {
  f.print("// @ts-nocheck: Ajv writes plain JavaScript.");
  f.print();
  f.print(purpose === "verdict" ? VERDICT_TYPE : VIOLATIONS_TYPE);
  f.print();
  f.print(compile(messages, purpose, generations));
  printTable(
    f,
    "The validators by the name of their message.",
    "VALIDATORS",
    messages.map(({ name }) => [name, name]),
  );
  const payloads = messages.flatMap((message): [string, string][] => {
    const type = eventTypes.get(message);
    return type === undefined ? [] : [[type, message.name]];
  });
  if (payloads.length > 0) {
    printTable(f, "The validators of payloads by event type.", "PAYLOAD_VALIDATORS", payloads);
  }
}

const VERDICT_TYPE = `/** Whether the contract accepts a JSON value. */
export type Validator = (json: unknown) => boolean;`;

const VIOLATIONS_TYPE = `/** A keyword of a JSON Schema that a value breaks, as Ajv reports it. */
export type SchemaError = {
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly message?: string;
  readonly schema?: unknown;
};

/** Whether the schema accepts a JSON value. If it does not, \`errors\` says why. */
export type Validator = {
  (json: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
};`;

function printTable(
  f: GeneratedFile,
  comment: string,
  constant: string,
  entries: readonly (readonly [string, string])[],
): void {
  f.print();
  f.print(f.jsDoc(comment));
  const keys = entries.map(([key]) => JSON.stringify(key)).join(" | ");
  f.print("export const ", constant, ": { readonly [name in ", keys, "]: Validator } = {");
  for (const [key, validator] of entries) {
    f.print("  ", f.string(key), ": ", validator, ",");
  }
  f.print("};");
}

function compile(
  messages: readonly DescMessage[],
  purpose: ValidatorPurpose,
  generations: GenerationOptions,
): string {
  const options = { generations, forReaders: purpose === "verdict" };
  const schemas = messages.map((message) => {
    // Parsed from the text of the schema's file, so that numbers are rounded as for others.
    const schema = JSON.parse(jsonSchemaText(messageJsonSchema(message, message.name, options)));
    return purpose === "verdict" ? forVerdict(schema) : schema;
  });
  const ajv = new Ajv2020({
    strict: true,
    logger: false,
    unicode: schemas.some(countsCharacters),
    code: { source: true, esm: true, lines: true },
    ...(purpose === "verdict" ? VERDICT_OPTIONS : VIOLATIONS_OPTIONS),
  });
  // JSON Schema accepts a string with a lone surrogate, Protobuf does not.
  ajv.addKeyword({
    keyword: WELL_FORMED,
    type: "string",
    schemaType: "boolean",
    code: (context) => context.fail(_`!${context.data}.isWellFormed()`),
  });
  ajv.addSchema(schemas);
  const names = Object.fromEntries(messages.map(({ name }) => [name, name]));
  const code = withoutImports(standaloneCode.default(ajv, names));
  return purpose === "verdict" ? withoutErrors(code) : code;
}

const VERDICT_OPTIONS: Options = { messages: false };
const VIOLATIONS_OPTIONS: Options = { allErrors: true, verbose: true };
const WELL_FORMED = "isWellFormed";

/** A schema without its texts for people, which also rejects text with lone surrogates. */
function forVerdict(schema: JsonSchema): JsonSchema {
  const adapt = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return Array.isArray(value) ? value.map(adapt) : value;
    }
    const entries = Object.entries(value)
      // A keyword `title` has text, a property named `title` has a schema.
      .filter(([key, item]) => !(ANNOTATIONS.has(key) && typeof item === "string"))
      .map(([key, item]) => [key, adapt(item)]);
    const adapted = Object.fromEntries(entries);
    const isFreeText = [adapted.type].flat().includes("string") && !("enum" in adapted);
    const isMap = typeof adapted.additionalProperties === "object";
    return {
      ...adapted,
      ...(isFreeText ? { [WELL_FORMED]: true } : {}),
      ...(isMap
        ? { propertyNames: { type: "string", ...adapted.propertyNames, [WELL_FORMED]: true } }
        : {}),
    };
  };
  const adapted = adapt(schema);
  // An object is adapted to an object.
  return adapted as JsonSchema;
}

const ANNOTATIONS: ReadonlySet<string> = new Set(["title", "description"]);

/**
 * Whether a schema limits lengths so that characters must be counted exactly. JavaScript
 * counts those outside the basic plane twice, which matters except for "at least 1".
 */
function countsCharacters(schema: unknown): boolean {
  if (typeof schema !== "object" || schema === null) {
    return false;
  }
  const { minLength = 0, maxLength }: { minLength?: unknown; maxLength?: unknown } = schema;
  return (
    Number(minLength) > 1 ||
    typeof maxLength === "number" ||
    Object.values(schema).some(countsCharacters)
  );
}

/** Removes the error objects from Ajv's code, which has one statement on each line. */
function withoutErrors(code: string): string {
  const silent = code
    .replace(/^validate\d+\.errors = .*;\n/gm, "")
    .replace(/^const (err\d+) = \{.*\};$/gm, "const $1 = true;")
    // The errors of another message's validator, which Ajv counts.
    .replace(/\bvalidate\d+\.errors\b/g, "[true]");
  if (silent.includes("schemaPath")) {
    throw new Error("the compiled schemas report errors in an unknown way");
  }
  // Most schemas were used by the errors only, and are removed with them.
  return rememberMatches(silent).replace(/^const (schema\d+) = .*;\n/gm, (line, name: string) =>
    silent.split(name).length === 2 ? "" : line,
  );
}

/**
 * Makes each pattern remember the text that it matched last, since consecutive events
 * often have the same value in a field.
 */
function rememberMatches(code: string): string {
  return `${REMEMBERING}\n${code.replace(/^const (pattern\d+) = (new RegExp\(.*\));$/gm, "const $1 = remembering($2);")}`;
}

const REMEMBERING = `function remembering(pattern) {
let last;
return {
test(text) {
if (text !== last && !pattern.test(text)) {
return false;
}
last = text;
return true;
},
};
}`;

/** Replaces the imports of Ajv's code by the code that they would import. */
function withoutImports(code: string): string {
  // A module is strict already.
  const complete = code
    .replace('"use strict";\n', "")
    .replace(
      /^(const \w+ = )require\("ajv\/dist\/runtime\/ucs2length"\)\.default/gm,
      "$1(text) => [...text].length",
    )
    // Setting "__proto__" on an object adds no key, so Ajv would not notice a repeated item.
    .replace(/^const (indices\d+) = \{\};$/gm, "const $1 = Object.create(null);");
  // The text of a description is within a line.
  const [, needed] = complete.match(/^const \w+ = (require\([^)]*\))/m) ?? [];
  if (needed !== undefined) {
    throw new Error(`the compiled schemas need ${needed}, which is not provided for`);
  }
  return complete;
}
