import type { DescField, DescMessage, JsonObject, JsonValue } from "@bufbuild/protobuf";
import { ScalarType } from "@bufbuild/protobuf";
import fc from "fast-check";
import { fieldRules, type KnownRules } from "../../src/codegen/field-rules.js";

/** Any code point but a surrogate. `unit: "binary"` is the same, and takes a second to prepare. */
export const codePoint: fc.Arbitrary<string> = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

/**
 * Any text: keys that are special in JavaScript, numbers as text, and any code point
 * except lone surrogates, which UTF-8 cannot carry.
 */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: codePoint }),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "toString",
    "hasOwnProperty",
    "1",
    "0",
    "",
    " ",
    "😀",
  ),
);

const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** An event id in any of its spellings. */
export const eventId: fc.Arbitrary<string> = fc
  .oneof(
    fc.string({ unit: fc.constantFrom(...crockford), minLength: 26, maxLength: 26 }),
    fc.uuid(),
    fc.uuid().map((id) => id.replaceAll("-", "")),
  )
  .chain((id) => fc.constantFrom(id, id.toLowerCase(), id.toUpperCase()));

/** A timestamp of RFC 3339, with or without a zone. */
export const timestamp: fc.Arbitrary<string> = fc
  .tuple(
    fc.date({
      min: new Date("0001-01-01T00:00:00Z"),
      max: new Date("9999-12-31T23:59:59Z"),
      noInvalidDate: true,
    }),
    fc.constantFrom("T", "t"),
    fc.oneof(
      fc.constant(""),
      fc.nat(999_999_999).map((digits) => `.${digits}`),
    ),
    fc.constantFrom("", "Z", "z", "+00:00", "-00:00", "+05:30", "-08:00"),
  )
  .map(([date, separator, fraction, zone]) => {
    const [day, time = ""] = date.toISOString().split("T");
    return `${day}${separator}${time.slice(0, 8)}${fraction}${zone}`;
  });

/** Values for the fields with a pattern, since none are generated from the pattern itself. */
const byPattern = new Map<string, fc.Arbitrary<string>>([
  ["event_id", eventId],
  ["correlation_id", eventId],
  ["causation_id", eventId],
  ["timestamp", timestamp],
  ["schema_version", fc.tuple(fc.nat(), fc.nat(), fc.nat()).map((parts) => parts.join("."))],
]);

/** Wire JSON of a message that the contract accepts; optional fields are absent, null or set. */
export function validJson(desc: DescMessage): fc.Arbitrary<JsonObject> {
  const model: { [name: string]: fc.Arbitrary<JsonValue> } = {};
  const required: string[] = [];
  for (const field of desc.fields) {
    const rules = fieldRules(field);
    const value = fieldJson(field, rules);
    if (rules.required) {
      required.push(field.jsonName);
      model[field.jsonName] = value;
    } else {
      model[field.jsonName] = fc.option(value, { freq: 4, nil: null });
    }
  }
  return fc.record(model, { requiredKeys: required, noNullPrototype: true });
}

function fieldJson(field: DescField, rules: KnownRules): fc.Arbitrary<JsonValue> {
  const element = elementJson(field, field.fieldKind === "scalar" ? rules : rules.elements);
  switch (field.fieldKind) {
    case "list":
      return fc.array(element, { maxLength: 3 });
    case "map":
      return fc
        .array(fc.tuple(anyText, element), { maxLength: 3 })
        .map((entries): JsonObject => Object.fromEntries(entries));
    default:
      return element;
  }
}

function elementJson(field: DescField, rules: KnownRules | undefined): fc.Arbitrary<JsonValue> {
  if (field.message?.typeName === "google.protobuf.Struct") {
    return anyObject;
  }
  if (field.message !== undefined) {
    return validJson(field.message);
  }
  switch (field.scalar) {
    case ScalarType.BOOL:
      return fc.boolean();
    case ScalarType.INT32:
      return fc.integer({
        min: Number(rules?.integer.gte ?? -(2n ** 31n)),
        max: Number(rules?.integer.lte ?? 2n ** 31n - 1n),
      });
    case ScalarType.INT64:
      return fc
        .bigInt({ min: rules?.integer.gte ?? -(2n ** 63n), max: 2n ** 63n - 1n })
        .chain((value) =>
          value <= Number.MAX_SAFE_INTEGER
            ? fc.constantFrom<JsonValue[]>(Number(value), value.toString())
            : fc.constant(value.toString()),
        );
    default:
      return stringJson(field, rules);
  }
}

function stringJson(field: DescField, rules: KnownRules | undefined): fc.Arbitrary<string> {
  const string = rules?.string ?? {};
  if (string.in !== undefined) {
    return fc.constantFrom(...string.in);
  }
  if (string.uuid) {
    return fc.uuid();
  }
  if (string.pattern !== undefined) {
    const known = byPattern.get(field.name);
    if (known === undefined) {
      throw new Error(`no values for the pattern of ${field}`);
    }
    return known;
  }
  return (string.minLen ?? 0) > 0 ? anyText.filter((text) => text !== "") : anyText;
}

/** Any JSON object, not deeply nested. */
export const anyObject: fc.Arbitrary<JsonObject> = fc
  .array(
    fc.tuple(
      anyText,
      fc.letrec<{ value: JsonValue }>((tie) => ({
        value: fc.oneof(
          { depthSize: "small" },
          fc.constant(null),
          fc.boolean(),
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          anyText,
          fc.array(tie("value"), { maxLength: 2 }),
          fc
            .array(fc.tuple(anyText, tie("value")), { maxLength: 2 })
            .map((entries): JsonObject => Object.fromEntries(entries)),
        ),
      })).value,
    ),
    { maxLength: 4 },
  )
  .map((entries): JsonObject => Object.fromEntries(entries));

/** Values that a mutation puts in place of another. `undefined` removes the value. */
const replacements: readonly (JsonValue | undefined)[] = [
  undefined,
  null,
  "",
  " ",
  "no such literal",
  "Input",
  true,
  false,
  0,
  -0,
  -1,
  1.5,
  5,
  2 ** 31,
  2 ** 53,
  2 ** 63,
  1e308,
  "5",
  "05",
  "-1",
  "1.5",
  "0x10",
  " 5",
  "9223372036854775807",
  "9223372036854775808",
  [],
  [null],
  [""],
  {},
  { a: null },
];

/** The same JSON with one value, at any depth, replaced, removed or added. */
export function mutated(json: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return json.chain((original) => {
    const places = [...placesIn(original)];
    return fc
      .tuple(fc.constantFrom(...places), fc.constantFrom(...replacements))
      .map(([place, replacement]) => {
        const copy = structuredClone(original);
        put(copy, place, replacement);
        return copy;
      });
  });
}

type Place = readonly (string | number)[];

function* placesIn(value: JsonValue, place: Place = []): Iterable<Place> {
  if (place.length > 0) {
    yield place;
  }
  if (typeof value === "object" && value !== null) {
    const entries = Array.isArray(value) ? value.entries() : Object.entries(value);
    for (const [key, item] of entries) {
      yield* placesIn(item, [...place, key]);
    }
    yield [...place, Array.isArray(value) ? value.length : "no_such_field"];
  }
}

function put(root: JsonValue, place: Place, replacement: JsonValue | undefined): void {
  let container: unknown = root;
  for (const key of place.slice(0, -1)) {
    container = Object.getOwnPropertyDescriptor(container, key)?.value;
  }
  const key = place.at(-1);
  if (typeof container !== "object" || container === null || key === undefined) {
    return;
  }
  if (replacement !== undefined) {
    Object.defineProperty(container, key, {
      value: structuredClone(replacement),
      writable: true,
      enumerable: true,
      configurable: true,
    });
  } else if (Array.isArray(container)) {
    container.splice(Number(key), 1);
  } else {
    Reflect.deleteProperty(container, key);
  }
}
