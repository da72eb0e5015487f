import { describe, expect, test } from "vitest";
import { integerSchema } from "../../src/codegen/integer-schema.js";
import { jsonSchemaText } from "../../src/codegen/schema-text.js";
import { tightenedRules, widenedRules } from "../../src/codegen/tightened-rules.js";

type Schema = { readonly [keyword: string]: unknown };

const string = { type: "string" };
const nullable = { type: ["string", "null"] };
const integer = { type: "integer" };
const inner = (schema: Schema) => ({ $defs: { Inner: schema } });
const object = (properties: Schema, more: Schema = {}) => ({
  type: "object",
  properties,
  ...more,
});
const list = (items: unknown) => ({ type: "array", items });
const map = (schema: Schema) => ({ type: "object", ...schema });
const long = (rules: { gte?: bigint }, lte?: bigint): Schema =>
  JSON.parse(
    jsonSchemaText(
      integerSchema(
        { bits: 64, min: -(2n ** 63n), max: 2n ** 63n - 1n },
        { ...rules, ...(lte === undefined ? {} : { lte }) },
        false,
      ),
    ),
  );
const orNull = (schema: Schema) => ({ anyOf: [schema, { type: "null" }] });

describe("what rejects values that used to be accepted is named by place", () => {
  test.each<[change: string, before: Schema, now: Schema, found: string[]]>([
    // Types.
    ["another type", string, integer, [": string is no longer accepted"]],
    ["null gone", nullable, string, [": null is no longer accepted"]],
    [
      "one of several types gone",
      { type: ["a", "b", "c"] },
      { type: ["a"] },
      [": b is no longer accepted", ": c is no longer accepted"],
    ],
    ["integers only", { type: "number" }, integer, [": number is no longer accepted"]],
    ["a type where any was accepted", {}, nullable, [": only string or null is accepted"]],
    ["one type instead of branches", { anyOf: [string, integer] }, string, [": the type is fixed"]],
    ["nothing instead of anything", list({}), list(false), ["/items: nothing is accepted"]],
    [
      "unknown fields forbidden",
      map({}),
      map({ additionalProperties: false }),
      ["/additionalProperties: nothing is accepted"],
    ],

    // Literals.
    [
      "a literal gone",
      { enum: ["a", "b"] },
      { enum: ["a", "c"] },
      [': the literal "b" is no longer accepted'],
    ],
    [
      "the literal null gone",
      { enum: ["a", null] },
      { enum: ["a"] },
      [": the literal null is no longer accepted"],
    ],
    [
      "literals where there were none",
      string,
      { ...string, enum: ["a"] },
      [": only certain literals are accepted"],
    ],

    // Bounds.
    ...["minLength", "minimum", "minItems", "minProperties", "exclusiveMinimum"].flatMap(
      (keyword): [string, Schema, Schema, string[]][] => [
        [
          `a larger ${keyword}`,
          { [keyword]: 1 },
          { [keyword]: 2 },
          [`: ${keyword} is now 2, was 1`],
        ],
        [`a new ${keyword}`, {}, { [keyword]: 2 }, [`: ${keyword} is now 2, was not set`]],
      ],
    ),
    ...["maxLength", "maximum", "maxItems", "maxProperties", "exclusiveMaximum"].flatMap(
      (keyword): [string, Schema, Schema, string[]][] => [
        [
          `a smaller ${keyword}`,
          { [keyword]: 2 },
          { [keyword]: 1 },
          [`: ${keyword} is now 1, was 2`],
        ],
        [`a new ${keyword}`, {}, { [keyword]: 0 }, [`: ${keyword} is now 0, was not set`]],
      ],
    ),
    [
      "a negative minimum that grows",
      { minimum: -2 },
      { minimum: -1 },
      [": minimum is now -1, was -2"],
    ],
    [
      "a negative maximum that shrinks",
      { maximum: -1 },
      { maximum: -2 },
      [": maximum is now -2, was -1"],
    ],

    // Required fields.
    [
      "another required field",
      object({ a: string }, { required: ["a"] }),
      object({ a: string, b: string }, { required: ["a", "b"] }),
      [": b is now required"],
    ],
    [
      "a first required field",
      object({}),
      object({}, { required: ["a"] }),
      [": a is now required"],
    ],

    // Names.
    ["another $id", { $id: "a" }, { $id: "b" }, [': $id is now "b", was "a"']],
    [
      "a field gone from a closed object",
      object({ a: string, b: string }, { additionalProperties: false }),
      object({ a: string }, { additionalProperties: false }),
      ["/properties/b: nothing is accepted"],
    ],

    // Bounds of 64-bit integers, which are a number or its digits.
    [
      "a smaller maximum of a 64-bit integer",
      long({}, 20n),
      long({}, 10n),
      ["/anyOf/0: maximum is now 10, was 20"],
    ],
    [
      "a new maximum of a 64-bit integer",
      long({}),
      long({}, 10n),
      ["/anyOf/0: maximum is now 10, was not set"],
    ],
    [
      "digits where any text was accepted",
      { anyOf: [integer, string] },
      long({}),
      [
        "/anyOf/0: minimum is now -9223372036854776000, was not set",
        "/anyOf/0: exclusiveMaximum is now 9223372036854776000, was not set",
        "/anyOf/1: pattern is new",
      ],
    ],
    [
      "an exclusive bound below another one",
      { exclusiveMaximum: 3, maximum: 5 },
      { exclusiveMaximum: 2, maximum: 2 },
      [": maximum is now 2, was 5", ": exclusiveMaximum is now 2, was 3"],
    ],

    // Keywords that nobody compares.
    ["another pattern", { pattern: "a" }, { pattern: "b" }, [": pattern has changed"]],
    ["a new pattern", {}, { pattern: "b" }, [": pattern is new"]],
    ["a new constant", { type: "boolean" }, { type: "boolean", const: true }, [": const is new"]],
    ["a new exclusion", {}, { not: { const: 0 } }, [": not is new"]],
    ["another exclusion", { not: { const: 0 } }, { not: { const: 1 } }, [": not has changed"]],
    ["a keyword of the future", {}, { unheardOf: 1 }, [": unheardOf is new"]],

    // Parts.
    [
      "a field of a field",
      object({ a: object({ b: nullable }) }),
      object({ a: object({ b: string }) }),
      ["/properties/a/properties/b: null is no longer accepted"],
    ],
    ["the items of a list", list(nullable), list(string), ["/items: null is no longer accepted"]],
    [
      "the values of a map",
      map({ additionalProperties: string }),
      map({ additionalProperties: integer }),
      ["/additionalProperties: string is no longer accepted"],
    ],
    [
      "the keys of a map",
      map({ propertyNames: { ...string, minLength: 1 } }),
      map({ propertyNames: { ...string, minLength: 2 } }),
      ["/propertyNames: minLength is now 2, was 1"],
    ],
    [
      "rules of items where there were none",
      { type: "array" },
      list(string),
      ["/items: only string is accepted"],
    ],

    // References.
    [
      "a field of a definition",
      object({ a: { $ref: "#/$defs/Inner" } }, inner(object({ b: nullable }))),
      object({ a: { $ref: "#/$defs/Inner" } }, inner(object({ b: string }))),
      ["/properties/a/properties/b: null is no longer accepted"],
    ],
    [
      "a definition under another name",
      object({ a: { $ref: "#/$defs/Old" } }, { $defs: { Old: object({ b: nullable }) } }),
      object({ a: { $ref: "#/$defs/New" } }, { $defs: { New: object({ b: string }) } }),
      ["/properties/a/properties/b: null is no longer accepted"],
    ],
    [
      "a definition in place of anything, wherever it stands",
      object({ a: {}, b: { type: "string" } }, inner(object({}))),
      object({ a: { $ref: "#/$defs/Inner" }, b: { $ref: "#/$defs/Inner" } }, inner(object({}))),
      ["/properties/a: only object is accepted", "/properties/b: string is no longer accepted"],
    ],

    // Messages that contain themselves.
    [
      "a field of the root, met again further down",
      object({ next: { $ref: "#" }, name: nullable }),
      object({ next: { $ref: "#" }, name: string }),
      ["/properties/name: null is no longer accepted"],
    ],
    [
      "a field of an optional root",
      object({ next: orNull({ $ref: "#" }), name: nullable }),
      object({ next: orNull({ $ref: "#" }), name: string }),
      ["/properties/name: null is no longer accepted"],
    ],
    [
      "a field of an optional definition that contains itself",
      object(
        { a: orNull({ $ref: "#/$defs/Inner" }) },
        inner(object({ next: orNull({ $ref: "#/$defs/Inner" }), b: nullable })),
      ),
      object(
        { a: orNull({ $ref: "#/$defs/Inner" }) },
        inner(object({ next: orNull({ $ref: "#/$defs/Inner" }), b: string })),
      ),
      ["/properties/a/anyOf/0/properties/b: null is no longer accepted"],
    ],
    [
      "maps of itself where anything was accepted",
      map({}),
      map({ additionalProperties: { $ref: "#" } }),
      ["/additionalProperties: only object is accepted"],
    ],

    // Branches.
    [
      "a branch gone",
      { anyOf: [string, integer, { type: "null" }] },
      { anyOf: [string, { type: "null" }] },
      ["/anyOf/1: integer is no longer accepted"],
    ],
    [
      "a tighter branch",
      {
        anyOf: [
          { ...integer, minimum: 0 },
          { ...string, pattern: "a" },
        ],
      },
      {
        anyOf: [
          { ...integer, minimum: 1 },
          { ...string, pattern: "a" },
        ],
      },
      ["/anyOf/0: minimum is now 1, was 0"],
    ],
    [
      "branches without what was accepted",
      { type: "boolean" },
      { anyOf: [string, integer] },
      ["/anyOf/0: boolean is no longer accepted"],
    ],
    [
      "several places in an object that may be null",
      orNull(object({ a: nullable, b: nullable })),
      orNull(object({ a: string, b: string }, { required: ["a"] })),
      [
        "/anyOf/0: a is now required",
        "/anyOf/0/properties/a: null is no longer accepted",
        "/anyOf/0/properties/b: null is no longer accepted",
      ],
    ],
    [
      "a reference that may no longer be null",
      object({ a: orNull({ $ref: "#/$defs/Inner" }) }, inner(object({}))),
      object({ a: { $ref: "#/$defs/Inner" } }, inner(object({}))),
      ["/properties/a: the type is fixed"],
    ],
  ])("%s", (_change, before, now, found) => {
    expect(tightenedRules(before, now).map(({ path, change }) => `${path}: ${change}`)).toEqual(
      found,
    );
  });
});

describe("what accepts everything that used to be accepted is no problem", () => {
  test.each<[change: string, before: Schema, now: Schema]>([
    ["nothing", object({ a: nullable }), object({ a: nullable })],
    ["null as well", string, nullable],
    ["numbers instead of integers", integer, { type: "number" }],
    ["any type", string, {}],
    ["anything instead of a branch", { anyOf: [string, integer] }, {}],
    ["nothing still", list(false), list(false)],
    ["anything instead of nothing", list(false), list({})],
    ["another literal", { enum: ["a"] }, { enum: ["b", "a"] }],
    ["any literal", { ...string, enum: ["a"] }, string],
    ...["minLength", "minimum", "minItems", "minProperties", "exclusiveMinimum"].flatMap(
      (keyword): [string, Schema, Schema][] => [
        [`a smaller ${keyword}`, { [keyword]: 2 }, { [keyword]: 1 }],
        [`no ${keyword}`, { [keyword]: 2 }, {}],
      ],
    ),
    ...["maxLength", "maximum", "maxItems", "maxProperties", "exclusiveMaximum"].flatMap(
      (keyword): [string, Schema, Schema][] => [
        [`a larger ${keyword}`, { [keyword]: 1 }, { [keyword]: 2 }],
        [`no ${keyword}`, { [keyword]: 2 }, {}],
      ],
    ),
    ["a larger maximum of a 64-bit integer", long({}, 10n), long({}, 20n)],
    ["no maximum of a 64-bit integer", long({}, 10n), long({})],
    ["no minimum of a 64-bit integer", long({ gte: 0n }), long({})],
    ["an exclusive bound further out", { maximum: 5 }, { exclusiveMaximum: 6 }],
    ["an inclusive bound further out", { exclusiveMinimum: 5 }, { minimum: 5 }],
    ["a new optional field", object({ a: string }), object({ a: string, b: string })],
    ["a field fewer", object({ a: string, b: string }), object({ a: string })],
    [
      "a required field fewer",
      object({}, { required: ["a", "b"] }),
      object({}, { required: ["b"] }),
    ],
    ["no required field", object({}, { required: ["a"] }), object({})],
    ["no pattern", { ...string, pattern: "a" }, string],
    [
      "other words",
      { $schema: "a", title: "a", description: "a", contentEncoding: "a" },
      { $schema: "b", title: "b", description: "b", contentEncoding: "b" },
    ],
    ["no rules of items", list(string), { type: "array" }],
    [
      "a definition instead of its copy",
      object({ a: object({ b: string }) }),
      object({ a: { $ref: "#/$defs/Inner" } }, inner(object({ b: nullable }))),
    ],
    [
      "a new definition that nobody refers to",
      object({}),
      object({}, inner(object({}, { required: ["a"] }))),
    ],
    [
      "a reference that may be null",
      object({ a: { $ref: "#" } }),
      object({ a: orNull({ $ref: "#" }) }),
    ],
    ["another branch", { anyOf: [string] }, { anyOf: [integer, string] }],
    ["branches, one of them the old", string, { anyOf: [integer, nullable] }],
    [
      "messages that contain each other",
      object(
        { egg: orNull({ $ref: "#/$defs/Inner" }) },
        inner(object({ chicken: orNull({ $ref: "#" }), all: list({ $ref: "#/$defs/Inner" }) })),
      ),
      object(
        { egg: orNull({ $ref: "#/$defs/Inner" }), new: string },
        inner(object({ chicken: orNull({ $ref: "#" }), all: list({ $ref: "#/$defs/Inner" }) })),
      ),
    ],
  ])("%s", (_change, before, now) => {
    expect(tightenedRules(before, now)).toEqual([]);
  });
});

describe("a value that consumers are given and do not know is named by place", () => {
  test.each<[change: string, before: Schema, now: Schema, found: string[]]>([
    ["another $id", { $id: "a" }, { $id: "b" }, [': $id is now "b", was "a"']],
    ["null as well", string, nullable, [": null is new"]],
    ["any type", nullable, {}, [": types other than string or null are new"]],
    ["branches", string, { anyOf: [string, integer] }, [": other types are new"]],
    ["anything instead of nothing", list(false), list({}), ["/items: any value is new"]],
    ["another literal", { enum: ["a"] }, { enum: ["b", "a"] }, [': the literal "b" is new']],
    [
      "any literal",
      { ...string, enum: ["a"] },
      string,
      [": texts other than certain literals are new"],
    ],
    ["a smaller minimum", { minimum: 2 }, { minimum: 1 }, [": minimum is now 1, was 2"]],
    ["no maximum", { maximum: 2 }, {}, [": maximum is now not set, was 2"]],
    [
      "a larger maximum of a 64-bit integer",
      long({}, 10n),
      long({}, 20n),
      ["/anyOf/0: maximum is now 20, was 10"],
    ],
    [
      "a field that may be absent",
      object({ a: object({ b: string }, { required: ["b"] }) }),
      object({ a: object({ b: string }) }),
      ["/properties/a: b is no longer required"],
    ],
    ["no pattern", { ...string, pattern: "a" }, string, [": pattern is gone"]],
    ["another pattern", { pattern: "a" }, { pattern: "b" }, [": pattern has changed"]],
    [
      "a new field of a closed object",
      object({ a: string }, { additionalProperties: false }),
      object({ a: string, b: string }, { additionalProperties: false }),
      ["/properties/b: any value is new"],
    ],
  ])("%s", (_change, before, now, found) => {
    expect(widenedRules(before, now).map(({ path, change }) => `${path}: ${change}`)).toEqual(
      found,
    );
  });

  test.each<[change: string, before: Schema, now: Schema]>([
    ["null no more", nullable, string],
    ["a literal gone", { enum: ["a", "b"] }, { enum: ["a"] }],
    ["a smaller maximum", { maximum: 2 }, { maximum: 1 }],
    ["a smaller maximum of a 64-bit integer", long({}, 20n), long({}, 10n)],
    ["a new field", object({ a: string }), object({ a: string, b: string }, { required: ["b"] })],
    ["a new pattern", string, { ...string, pattern: "a" }],
  ])("but not %s", (_change, before, now) => {
    expect(widenedRules(before, now)).toEqual([]);
  });
});
