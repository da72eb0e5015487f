import type { StringRules } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { lengthRules } from "./bytes-schema.js";
import { setRules } from "./set-rules.js";
import type { JsonSchema } from "./schema-text.js";
import { URI_PATTERN } from "./uri-pattern.js";

/** One rule of protovalidate for strings. */
type StringRule = {
  /** The keywords of JSON Schema that accept the same strings. */
  readonly schema: (rules: StringRules) => JsonSchema;
  /** The rule for people, unless the page of the contract has its own words for it. */
  readonly words?: (rules: StringRules) => string;
};

const UUID = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";
const LABEL = "[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?";
const HOST = `${LABEL}(?:\\.${LABEL})*`;
const EMAIL = `^[a-zA-Z0-9.!#$%&'*+/=?^_\`{|}~-]+@${HOST}$`;

/** The supported rules for strings, by their names in protovalidate. */
export const STRING_RULES: ReadonlyMap<string, StringRule> = new Map<string, StringRule>([
  [
    "const",
    { schema: (rules) => ({ const: rules.const }), words: (rules) => `is ${code(rules.const)}` },
  ],
  [
    "len",
    {
      schema: ({ len }) => ({ minLength: Number(len), maxLength: Number(len) }),
      words: ({ len }) => `${len} characters`,
    },
  ],
  ["min_len", { schema: ({ minLen }) => (minLen > 0 ? { minLength: Number(minLen) } : {}) }],
  ["max_len", { schema: ({ maxLen }) => ({ maxLength: Number(maxLen) }) }],
  ["pattern", { schema: ({ pattern }) => ({ pattern }) }],
  [
    "prefix",
    {
      schema: ({ prefix }) => ({ pattern: `^${escaped(prefix)}` }),
      words: ({ prefix }) => `begins with ${code(prefix)}`,
    },
  ],
  [
    "suffix",
    {
      schema: ({ suffix }) => ({ pattern: `${escaped(suffix)}$` }),
      words: ({ suffix }) => `ends with ${code(suffix)}`,
    },
  ],
  [
    "contains",
    {
      schema: ({ contains }) => ({ pattern: escaped(contains) }),
      words: ({ contains }) => `contains ${code(contains)}`,
    },
  ],
  [
    "not_contains",
    {
      schema: ({ notContains }) => without(escaped(notContains)),
      words: ({ notContains }) => `does not contain ${code(notContains)}`,
    },
  ],
  ["in", { schema: (rules) => ({ enum: rules.in }) }],
  [
    "not_in",
    {
      schema: ({ notIn }) => ({ not: { enum: notIn } }),
      words: ({ notIn }) => `none of ${notIn.map(code).join(", ")}`,
    },
  ],
  ["email", format("email", { pattern: EMAIL }, "an email address")],
  [
    "hostname",
    format(
      "hostname",
      // The last label is not a number, so that no IP address is a hostname.
      { maxLength: 253, pattern: `^${HOST}\\.?$`, ...without("(?:^|\\.)[0-9]+\\.?$") },
      "a hostname",
    ),
  ],
  ["uri", format("uri", { pattern: URI_PATTERN }, "a URI")],
  ["uuid", format("uuid", { pattern: UUID }, "a UUID of 36 characters with hyphens")],
]);

/** The rules of a string. */
export type StringFacts = {
  /** The schema of each rule. */
  readonly schemas?: readonly JsonSchema[];
  /** The rules that have words of their own. */
  readonly words?: readonly string[];
  readonly minLen?: number;
  readonly maxLen?: number;
  readonly pattern?: string;
  readonly in?: readonly string[];
  readonly uuid?: boolean;
};

/** Reads the rules of a string. */
export function stringFacts(rules: StringRules): StringFacts {
  const set = setRules(rules);
  const known = set.flatMap((name) => STRING_RULES.get(name) ?? []);
  return {
    schemas: known.map(({ schema }) => schema(rules)),
    words: known.map(({ words }) => words?.(rules) ?? "").filter((text) => text !== ""),
    ...(set.includes("min_len") ? { minLen: Number(rules.minLen) } : {}),
    ...(set.includes("max_len") ? { maxLen: Number(rules.maxLen) } : {}),
    ...(set.includes("pattern") ? { pattern: rules.pattern } : {}),
    ...(set.includes("in") ? { in: rules.in } : {}),
    ...(rules.wellKnown.case === "uuid" && rules.wellKnown.value ? { uuid: true } : {}),
  };
}

/**
 * Whether the lengths and the lists in the rules leave any string. What a pattern or a format
 * leaves is not known.
 */
export function leavesString(rules: StringRules, nonEmpty: boolean): boolean {
  const { minLen = 0, maxLen = Number.POSITIVE_INFINITY } = lengthRules(rules);
  const least = Math.max(minLen, nonEmpty ? 1 : 0);
  const listed = setRules(rules).includes("const") ? [rules.const] : rules.in;
  if (listed.length === 0) {
    return least <= maxLen;
  }
  return listed.some((text) => {
    const { length } = [...text];
    const isListed = rules.in.length === 0 || rules.in.includes(text);
    return length >= least && length <= maxLen && isListed && !rules.notIn.includes(text);
  });
}

/** Rules that cannot be supported, or not easily, and the reason for a refusal. */
export const REFUSED_STRING_RULES: ReadonlyMap<string, string> = new Map([
  ...["len_bytes", "min_bytes", "max_bytes"].map(
    (name) => [name, "counts bytes of UTF-8, for which JSON Schema has no keyword"] as const,
  ),
  ["uri_ref", "is not supported yet: the keyword format is an annotation, not a check"],
]);

/** A well-known format, which `false` turns off. */
function format(
  name: NonNullable<StringRules["wellKnown"]["case"]>,
  schema: JsonSchema,
  words: string,
): StringRule {
  const isOn = ({ wellKnown }: StringRules) => wellKnown.case === name && wellKnown.value === true;
  return {
    schema: (rules) => (isOn(rules) ? schema : {}),
    words: (rules) => (isOn(rules) ? words : ""),
  };
}

/** Rejects the strings that a pattern matches. Without the type, it would reject `null`, too. */
function without(pattern: string): JsonSchema {
  return { not: { type: "string", pattern } };
}

/** A pattern for exactly this text, in ECMAScript and in RE2. */
function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function code(text: string): string {
  return `\`${text}\``;
}
