import {
  type DescEnum,
  type DescField,
  type DescMessage,
  type JsonValue,
  ScalarType,
} from "@bufbuild/protobuf";
import { FeatureSet_FieldPresence, isWrapperDesc } from "@bufbuild/protobuf/wkt";
import { getComments } from "@bufbuild/protoplugin";
import { Ajv2020 } from "ajv/dist/2020.js";
import { bytesSchema } from "./bytes-schema.js";
import { enumSchema } from "./enum-schema.js";
import { fieldRules, type KnownRules, rejectsZero } from "./field-rules.js";
import { floatSchema } from "./float-schema.js";
import {
  type GenerationOptions,
  isAddedLater,
  isClosed,
  staysRequired,
} from "./generations/generation-options.js";
import { integerSchema, integerTextSchema } from "./integer-schema.js";
import { integerTypes } from "./integer-types.js";
import { mergeSchemas } from "./merge-schemas.js";
import { oneofSchemas } from "./oneof-schema.js";
import { throwRefusals } from "./refusals.js";
import { definitionNames } from "./schema-names.js";
import { schemaRefusals } from "./schema-refusals.js";
import { type JsonSchema, jsonSchemaText } from "./schema-text.js";
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
      isRequired(field, rules, value) &&
      (!forReaders || staysRequired(field, generations?.changed));
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
  const oneofs = oneofSchemas(desc);
  return {
    title: desc.name,
    ...description(desc),
    type: "object",
    properties,
    ...(required.length > 0 ? { required } : {}),
    ...(isClosed(desc, generations?.closed) ? { additionalProperties: false } : {}),
    ...(oneofs.length > 0 ? { allOf: oneofs } : {}),
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
      return describedEnum(field.enum, rules, rejectsZero(field, rules));
    case "scalar":
      return scalarSchema(field.scalar, rules, rejectsZero(field, rules));
    case "list": {
      const minItems = atLeast(rules.repeated.minItems, rules.required);
      return {
        type: "array",
        items: elementSchema(field, rules.elements, refer),
        ...(minItems > 0 ? { minItems } : {}),
        ...(rules.repeated.maxItems !== undefined ? { maxItems: rules.repeated.maxItems } : {}),
        ...(rules.repeated.unique === true ? { uniqueItems: true } : {}),
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
    ? describedEnum(field.enum, rules, false)
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
      return mergeSchemas(
        { type: "boolean", ...rules?.bool },
        ...(nonZero ? [{ const: true }] : []),
      );
    case ScalarType.BYTES:
      return bytesSchema(rules?.bytes ?? {}, nonZero);
    case ScalarType.DOUBLE:
    case ScalarType.FLOAT:
      return floatSchema(scalar === ScalarType.FLOAT, rules?.float ?? {}, nonZero);
    default:
      return stringSchema(rules?.string ?? {}, nonZero);
  }
}

function stringSchema({ schemas = [] }: KnownRules["string"], nonEmpty: boolean): JsonSchema {
  return mergeSchemas(
    { type: "string" },
    ...schemas,
    ...(nonEmpty &&
    !schemas.some(({ enum: values }) => Array.isArray(values) && !values.includes(""))
      ? [{ minLength: 1 }]
      : []),
  );
}

function describedEnum(
  desc: DescEnum,
  rules: KnownRules | undefined,
  nonZero: boolean,
): JsonSchema {
  return { ...description(desc), ...enumSchema(desc, rules?.enum ?? {}, nonZero) };
}

/** The schema for the keys of a map, or `undefined` if any key is allowed. */
function keySchema(key: ScalarType, rules: KnownRules | undefined): JsonSchema | undefined {
  const integer = integerTypes.get(key);
  if (integer !== undefined) {
    return integerTextSchema(integer, rules?.integer ?? {});
  }
  if (key === ScalarType.BOOL) {
    const allowed = rules?.bool.const;
    return { type: "string", enum: allowed === undefined ? ["true", "false"] : [`${allowed}`] };
  }
  const schema = stringSchema(rules?.string ?? {}, rules?.required ?? false);
  return Object.keys(schema).length > 1 ? schema : undefined;
}

/**
 * Whether a field must be present: if it is required, or if it has no presence and its
 * zero value, which an absent field stands for, breaks its rules.
 */
function isRequired(field: DescField, rules: KnownRules, schema: JsonSchema): boolean {
  if (rules.required) {
    return true;
  }
  if (field.fieldKind === "list") {
    return (rules.repeated.minItems ?? 0) > 0;
  }
  if (field.fieldKind === "map") {
    return (rules.map.minPairs ?? 0) > 0;
  }
  if (field.fieldKind === "message" || field.presence !== FeatureSet_FieldPresence.IMPLICIT) {
    return false;
  }
  return !accepts(schema, field.fieldKind === "enum" ? 0 : zeroOf(field.scalar));
}

function zeroOf(scalar: ScalarType): JsonValue {
  switch (scalar) {
    case ScalarType.BOOL:
      return false;
    case ScalarType.STRING:
    case ScalarType.BYTES:
      return "";
    default:
      return 0;
  }
}

// One for all, since each compiles the schema of schemas first.
const ajv = new Ajv2020({ logger: false, strict: false });

function accepts(schema: JsonSchema, json: JsonValue): boolean {
  return ajv.validate(JSON.parse(jsonSchemaText(schema)), json);
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
