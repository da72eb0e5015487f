import { type DescEnum, type DescField, type DescMessage, ScalarType } from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence, isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { getComments } from "@bufbuild/protoplugin";
import { decimalPattern } from "./decimal-pattern.js";
import { fieldRules, type KnownRules } from "./field-rules.js";
import {
  type GenerationOptions,
  isAddedLater,
  isClosed,
  staysRequired,
} from "./generations/generation-options.js";
import { integerSchema } from "./integer-schema.js";
import { integerTypes } from "./integer-types.js";
import { throwRefusals } from "./refusals.js";
import { definitionNames } from "./schema-names.js";
import { schemaRefusals } from "./schema-refusals.js";
import type { JsonSchema } from "./schema-text.js";
import { wellKnownSchema } from "./well-known-schemas.js";

/** The generation that a schema is for, if a contract has several. */
export type SchemaOptions = {
  readonly generations?: GenerationOptions | undefined;
  /**
   * Whether the schema accepts what a reader of every generation takes: fields of later ones,
   * too, and only those required that all generations require. Default: false.
   */
  readonly forReaders?: boolean;
};

/** Base64 in the standard or the URL-safe alphabet, with or without padding. */
const base64Pattern =
  "^(?:[A-Za-z0-9+/_-]{4})*(?:[A-Za-z0-9+/_-]{2}(?:==)?|[A-Za-z0-9+/_-]{3}=?)?$";
/** The largest finite `float`. */
const maxFloat = (2 - 2 ** -23) * 2 ** 127;
const uuidPattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$";

/**
 * The JSON Schema (draft 2020-12) for the ProtoJSON of a message. It is self-contained:
 * the messages that it refers to are under `$defs`.
 *
 * It accepts what ProtoJSON can read and protovalidate accepts: `null` for any field
 * that may be absent, unknown fields, and 64-bit integers as numbers or as strings.
 * Other integers must be numbers, although ProtoJSON readers also accept strings.
 *
 * @throws UnsupportedContractError with everything that no schema is written for.
 */
export function messageJsonSchema(
  root: DescMessage,
  id: string,
  options: SchemaOptions = {},
): JsonSchema {
  throwRefusals(schemaRefusals([root]));
  const names = definitionNames(root);
  const defs = new Map<string, JsonSchema>();
  const refer = (desc: DescMessage): JsonSchema => {
    const wellKnown = wellKnownSchema(desc);
    if (wellKnown !== undefined) {
      return wellKnown;
    }
    if (desc === root) {
      return { $ref: "#" };
    }
    const name = names.get(desc) ?? desc.typeName;
    if (!defs.has(name)) {
      defs.set(name, {});
      defs.set(name, objectSchema(desc, refer, options));
    }
    return { $ref: `#/$defs/${name}` };
  };
  const body = objectSchema(root, refer, options);
  const schema: JsonSchema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: id,
    ...body,
  };
  if (defs.size > 0) {
    schema["$defs"] = Object.fromEntries([...defs].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
  return schema;
}

function objectSchema(
  desc: DescMessage,
  refer: (desc: DescMessage) => JsonSchema,
  { generations, forReaders = false }: SchemaOptions,
): JsonSchema {
  const properties: { [name: string]: JsonSchema } = {};
  const required: string[] = [];
  const fields = desc.fields.filter(
    (field) => forReaders || !isAddedLater(field, generations?.addedIn),
  );
  for (const field of fields) {
    const rules = fieldRules(field);
    const value = valueSchema(field, rules, refer);
    const mustBePresent =
      isRequired(field, rules) && (!forReaders || staysRequired(field, generations?.changed));
    if (mustBePresent) {
      required.push(field.jsonName);
    }
    properties[field.jsonName] = {
      ...description(field),
      ...(mustBePresent ? value : nullable(value)),
      // The description of the field replaces the one of its enum, which says less.
      ...description(field),
    };
  }
  return {
    title: desc.name,
    ...description(desc),
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...(isClosed(desc, generations?.closed) ? { additionalProperties: false } : {}),
  };
}

function valueSchema(
  field: DescField,
  rules: KnownRules,
  refer: (desc: DescMessage) => JsonSchema,
): JsonSchema {
  switch (field.fieldKind) {
    case "message":
      return referOrUnwrap(field.message, rules, refer);
    case "enum":
      return enumSchema(field.enum, rejectsZero(field, rules));
    case "scalar":
      return scalarSchema(field.scalar, rules, rejectsZero(field, rules));
    case "list": {
      const minItems = atLeast(rules.repeated.minItems, rules.required);
      return {
        type: "array",
        items: elementSchema(field, rules.elements, refer),
        ...(minItems > 0 ? { minItems } : {}),
        ...(rules.repeated.maxItems !== undefined ? { maxItems: rules.repeated.maxItems } : {}),
      };
    }
    case "map": {
      const minProperties = atLeast(rules.map.minPairs, rules.required);
      const propertyNames = keySchema(field.mapKey, rules.keys);
      return {
        type: "object",
        ...(propertyNames !== undefined ? { propertyNames } : {}),
        additionalProperties: elementSchema(field, rules.elements, refer),
        ...(minProperties > 0 ? { minProperties } : {}),
        ...(rules.map.maxPairs !== undefined ? { maxProperties: rules.map.maxPairs } : {}),
      };
    }
  }
}

function elementSchema(
  field: DescField & { fieldKind: "list" | "map" },
  rules: KnownRules | undefined,
  refer: (desc: DescMessage) => JsonSchema,
): JsonSchema {
  if (field.message !== undefined) {
    return referOrUnwrap(field.message, rules, refer);
  }
  return field.enum !== undefined
    ? enumSchema(field.enum, false)
    : scalarSchema(field.scalar, rules, false);
}

/** A wrapper has the JSON, and the rules, of the scalar that it wraps. */
function referOrUnwrap(
  desc: DescMessage,
  rules: KnownRules | undefined,
  refer: (desc: DescMessage) => JsonSchema,
): JsonSchema {
  return isWrapperDesc(desc) ? scalarSchema(desc.fields[0].scalar, rules, false) : refer(desc);
}

function scalarSchema(
  scalar: ScalarType,
  rules: KnownRules | undefined,
  nonZero: boolean,
): JsonSchema {
  const integer = integerTypes.get(scalar);
  if (integer !== undefined) {
    return integerSchema(integer, rules?.integer ?? {}, nonZero);
  }
  switch (scalar) {
    case ScalarType.BOOL:
      return { type: "boolean", ...(nonZero ? { const: true } : {}) };
    case ScalarType.BYTES:
      return {
        type: "string",
        contentEncoding: "base64",
        pattern: base64Pattern,
        ...(nonZero ? { minLength: 1 } : {}),
      };
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return {
        anyOf: [
          {
            type: "number",
            ...(scalar === ScalarType.FLOAT ? { minimum: -maxFloat, maximum: maxFloat } : {}),
            ...(nonZero ? { not: { const: 0 } } : {}),
          },
          { type: "string", enum: ["NaN", "Infinity", "-Infinity"] },
        ],
      };
    default:
      return stringSchema(rules?.string ?? {}, nonZero);
  }
}

function stringSchema(rules: KnownRules["string"], nonZero: boolean): JsonSchema {
  const literals = rules.in?.filter((literal) => !nonZero || literal !== "");
  const minLength = atLeast(rules.minLen, nonZero && literals === undefined);
  const patterns = [rules.pattern, rules.uuid ? uuidPattern : undefined].filter(
    (pattern) => pattern !== undefined,
  );
  return {
    type: "string",
    ...(literals !== undefined ? { enum: literals } : {}),
    ...(minLength > 0 ? { minLength } : {}),
    ...(rules.maxLen !== undefined ? { maxLength: rules.maxLen } : {}),
    ...(patterns.length === 1 ? { pattern: patterns[0] ?? "" } : {}),
    ...(patterns.length > 1 ? { allOf: patterns.map((pattern) => ({ pattern })) } : {}),
  };
}

function enumSchema(desc: DescEnum, nonZero: boolean): JsonSchema {
  const values = nonZero ? desc.values.filter((value) => value.number !== 0) : desc.values;
  return {
    ...description(desc),
    anyOf: [
      { type: "string", enum: values.map((value) => value.name) },
      desc.open
        ? scalarSchema(ScalarType.INT32, undefined, nonZero)
        : { type: "integer", enum: [...new Set(values.map((value) => value.number))] },
    ],
  };
}

/** The schema for the keys of a map, or `undefined` if any key is allowed. */
function keySchema(key: ScalarType, rules: KnownRules | undefined): JsonSchema | undefined {
  const integer = integerTypes.get(key);
  if (integer !== undefined) {
    const { gte = integer.min, lte = integer.max } = rules?.integer ?? {};
    return { type: "string", pattern: decimalPattern(gte, lte) };
  }
  if (key === ScalarType.BOOL) {
    return { type: "string", enum: ["true", "false"] };
  }
  const schema = stringSchema(rules?.string ?? {}, rules?.required ?? false);
  return Object.keys(schema).length > 1 ? schema : undefined;
}

/**
 * Whether a field must be present: if it is required, or if it has no presence and its
 * zero value, which an absent field stands for, breaks its rules.
 */
function isRequired(field: DescField, rules: KnownRules): boolean {
  if (rules.required) {
    return true;
  }
  if (field.fieldKind === "list") {
    return (rules.repeated.minItems ?? 0) > 0;
  }
  if (field.fieldKind === "map") {
    return (rules.map.minPairs ?? 0) > 0;
  }
  if (field.fieldKind !== "scalar" || hasPresence(field)) {
    return false;
  }
  const { minLen = 0, pattern, in: literals, uuid } = rules.string;
  const { gte = 0n, lte = 0n } = rules.integer;
  const emptyIsLegal =
    minLen === 0 &&
    uuid !== true &&
    (pattern === undefined || new RegExp(pattern, "u").test("")) &&
    (literals === undefined || literals.includes(""));
  return !emptyIsLegal || gte > 0n || lte < 0n;
}

function rejectsZero(field: DescField, rules: KnownRules): boolean {
  return rules.required && !hasPresence(field);
}

function hasPresence(field: DescField): boolean {
  return field.presence !== FeatureSet_FieldPresence.IMPLICIT;
}

/** The same schema, with `null` allowed. */
function nullable(schema: JsonSchema): JsonSchema {
  const { anyOf, type, enum: values, const: constant } = schema;
  if (Object.keys(schema).length === 0) {
    return schema;
  }
  if (Array.isArray(anyOf)) {
    return { ...schema, anyOf: [...anyOf, { type: "null" }] };
  }
  if (typeof type === "string" && constant === undefined) {
    return {
      ...schema,
      type: type === "null" ? type : [type, "null"],
      ...(Array.isArray(values) ? { enum: [...values, null] } : {}),
    };
  }
  return { anyOf: [schema, { type: "null" }] };
}

function description(desc: DescMessage | DescField | DescEnum): JsonSchema {
  const comment = getComments(desc).leading;
  if (comment === undefined) {
    return {};
  }
  const paragraphs = comment
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.trim().replace(/\s*\n\s*/g, " "));
  return { description: paragraphs.join("\n\n") };
}

function atLeast(min: number | undefined, nonZero: boolean): number {
  return Math.max(min ?? 0, nonZero ? 1 : 0);
}
