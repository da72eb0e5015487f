import { describe, expect, test } from "vitest";
import { tightenedRules } from "../../src/codegen/tightened-rules.js";

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
      { $schema: "a", $id: "a", title: "a", description: "a", contentEncoding: "a" },
      { $schema: "b", $id: "b", title: "b", description: "b", contentEncoding: "b" },
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
