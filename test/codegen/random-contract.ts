import {
  create,
  type JsonObject,
  type JsonValue,
  type MessageInitShape,
  setExtension,
} from "@bufbuild/protobuf";
import {
  type DescriptorProtoSchema,
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FieldOptionsSchema,
  type FieldDescriptorProto,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
  FileDescriptorProtoSchema,
} from "@bufbuild/protobuf/wkt";
import {
  FieldRulesSchema,
  field as fieldOption,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import fc from "fast-check";
import { document, type Value } from "./acme.js";

/** Messages with rules, and JSON that may fit them. */
export type RandomContract = {
  readonly file: FileDescriptorProto;
  /** By the name of the message. */
  readonly documents: ReadonlyMap<string, readonly JsonObject[]>;
};

type Rules = MessageInitShape<typeof FieldRulesSchema>;

/** A type of values, with the rules that it may have and values around their bounds. */
type Kind = {
  readonly type: Type;
  readonly typeName?: string;
  readonly rules: fc.Arbitrary<Rules>;
  readonly values: readonly JsonValue[];
};

/** Values of other types. No numbers as text: the schemas are stricter there on purpose. */
const WRONG: readonly Value[] = [undefined, null, true, 1.5, 2 ** 70, "x", [], [null], {}];
const UUID = "3f2c8a4e-0b1d-4c5e-9f00-a1b2c3d4e5f6";
const TEXTS = ["", "a", "b", "ab", "a1", "😀", "😀a", "aaaa", "a\n", "\u2028", "é", "\ud800", UUID];
const PATTERNS = ["^a", "[^a]$", "^[a-z]*$", "^(?:a|\\d)+$", "\\w\\b", "^\\W?$", "^[^\\d]{2}$"];
const NUMBERS = [-3, -2, -1, 0, 1, 2, 3];
const LARGE = ["9223372036854775807", "9223372036854775808", "-9223372036854775808"];

const small = fc.integer({ min: -2, max: 2 });
const size = fc.nat(3);
const range = fc.tuple(fc.nat(2), size).map(([min, more]) => [min, min + more] as const);
const bounds = fc.record({ gte: fc.option(small), lte: fc.option(small) });
const noRules = fc.constant<Rules>({});

// More than one rule is rarely satisfied.
const stringRules: fc.Arbitrary<Rules> = fc
  .oneof(
    fc.record({}),
    fc.record({ minLen: size.map(BigInt) }),
    fc.record({ maxLen: size.map(BigInt) }),
    fc.record({ pattern: fc.constantFrom(...PATTERNS) }),
    fc.record({ in: fc.subarray(["", "a", "ab", "😀"], { minLength: 1 }) }),
    fc.record({ wellKnown: fc.constant({ case: "uuid" as const, value: true }) }),
    fc.record({ minLen: size.map(BigInt), pattern: fc.constantFrom(...PATTERNS) }),
  )
  .map((value) => ({ type: { case: "string", value } }));

function integerRules<T extends number | bigint>(
  name: "int32" | "int64",
  convert: (value: number) => T,
): fc.Arbitrary<Rules> {
  return bounds
    .filter(({ gte, lte }) => gte === null || lte === null || gte <= lte)
    .map(({ gte, lte }) => {
      const value = {
        ...(gte === null ? {} : { greaterThan: { case: "gte", value: convert(gte) } }),
        ...(lte === null ? {} : { lessThan: { case: "lte", value: convert(lte) } }),
      };
      // The two types of rules differ in the type of their numbers alone.
      return { type: { case: name, value } } as Rules;
    });
}

const STRING: Kind = { type: Type.STRING, rules: stringRules, values: TEXTS };
const INT32: Kind = {
  type: Type.INT32,
  rules: integerRules("int32", Number),
  values: [...NUMBERS, 2 ** 31, -(2 ** 31)],
};
const INT64: Kind = {
  type: Type.INT64,
  rules: integerRules("int64", BigInt),
  values: [...NUMBERS, ...NUMBERS.map(String), ...LARGE, 2 ** 63],
};
const KINDS: readonly Kind[] = [
  STRING,
  INT32,
  INT64,
  { type: Type.UINT32, rules: noRules, values: [...NUMBERS, 2 ** 32] },
  { type: Type.UINT64, rules: noRules, values: [...NUMBERS, ...NUMBERS.map(String), ...LARGE] },
  { type: Type.BOOL, rules: noRules, values: [true, false] },
  { type: Type.BYTES, rules: noRules, values: ["", "AQ==", "AQ", "AQI=", "A"] },
  { type: Type.DOUBLE, rules: noRules, values: [0, 1.5, "NaN", "-Infinity"] },
  { ...STRING, type: Type.MESSAGE, typeName: ".google.protobuf.StringValue" },
  { ...INT64, type: Type.MESSAGE, typeName: ".google.protobuf.Int64Value" },
];

/** The parts of a message that one field adds to it, and its values. */
type Field = {
  readonly proto: FieldDescriptorProto;
  /** The oneof that a proto3 field with presence is in. */
  readonly oneof?: string;
  /** The message of the entries of a map. */
  readonly entry?: MessageInitShape<typeof DescriptorProtoSchema> & { readonly name: string };
  readonly values: fc.Arbitrary<Value>;
};

/** The parts of a message, and JSON that may fit it. */
type Declaration = { readonly fields: readonly Field[]; readonly documents: readonly JsonObject[] };

const randomMessage: fc.Arbitrary<Declaration> = fc
  .array(fc.nat(), { minLength: 1, maxLength: 2 })
  .chain((seeds) => fc.tuple(...seeds.map((_seed, index) => randomField(index))))
  .chain((fields) => {
    const values = Object.fromEntries(fields.map(({ proto, values }) => [proto.name, values]));
    return fc
      .array(fc.record(values).map(document), { minLength: 20, maxLength: 20 })
      .map((documents) => ({ fields, documents }));
  });

/** A contract of up to ten messages, since it takes long to compile one. */
export const randomContract: fc.Arbitrary<RandomContract> = fc
  .array(randomMessage, { minLength: 1, maxLength: 10, size: "max" })
  .map((messages) => ({
    file: create(FileDescriptorProtoSchema, {
      name: "random/m.proto",
      package: "random",
      syntax: "proto3",
      dependency: ["buf/validate/validate.proto", "google/protobuf/wrappers.proto"],
      messageType: messages.map(({ fields }, index) => messageOf(`M${index}`, fields)),
    }),
    documents: new Map(messages.map(({ documents }, index) => [`M${index}`, documents])),
  }));

function messageOf(
  name: string,
  fields: readonly Field[],
): MessageInitShape<typeof DescriptorProtoSchema> {
  const oneofs = fields.flatMap(({ oneof }) => oneof ?? []);
  return {
    name,
    field: fields.map(({ proto, oneof, entry }) => ({
      ...proto,
      ...(oneof === undefined ? {} : { oneofIndex: oneofs.indexOf(oneof) }),
      ...(entry === undefined ? {} : { typeName: `.random.${name}.${entry.name}` }),
    })),
    oneofDecl: oneofs.map((oneof) => ({ name: oneof })),
    nestedType: fields.flatMap(({ entry }) => entry ?? []),
  };
}

function randomField(index: number): fc.Arbitrary<Field> {
  const shapes = ["implicit", "optional", "list", "map"] as const;
  return fc
    .tuple(fc.constantFrom(...KINDS), fc.constantFrom(...shapes), fc.boolean())
    .chain(([kind, shape, required]): fc.Arbitrary<Field> => {
      const name = `f${index}`;
      const element = fc.oneof<fc.WeightedArbitrary<Value>[]>(
        { weight: 4, arbitrary: fc.constantFrom(...kind.values) },
        { weight: 1, arbitrary: fc.constantFrom(...WRONG) },
      );
      const field = (rules: Rules, more: object) =>
        newField(name, index + 1, kind, { ...rules, required }, more);
      switch (shape) {
        case "implicit":
          return kind.rules.map((rules) => ({
            proto: field(rules, {}),
            values: element,
          }));
        case "optional":
          return kind.rules.map((rules) => ({
            proto: field(rules, kind.type === Type.MESSAGE ? {} : { proto3Optional: true }),
            ...(kind.type === Type.MESSAGE ? {} : { oneof: `_${name}` }),
            values: element,
          }));
        case "list":
          return fc.tuple(kind.rules, range).map(([items, [min, max]]) => ({
            proto: field(
              {
                type: {
                  case: "repeated",
                  value: { items, minItems: BigInt(min), maxItems: BigInt(max) },
                },
              },
              { label: Label.REPEATED },
            ),
            values: fc.oneof<fc.WeightedArbitrary<Value>[]>(
              {
                weight: 4,
                arbitrary: fc.array(fc.constantFrom(...kind.values), { maxLength: 4, size: "max" }),
              },
              { weight: 1, arbitrary: element },
            ),
          }));
        case "map":
          return randomMap(name, kind, (rules) =>
            field(rules, {
              label: Label.REPEATED,
              type: Type.MESSAGE,
            }),
          );
      }
    });
}

function randomMap(
  name: string,
  kind: Kind,
  field: (rules: Rules) => FieldDescriptorProto,
): fc.Arbitrary<Field> {
  const keyKinds = [STRING, INT32, INT64];
  return fc
    .constantFrom(...keyKinds)
    .chain((key) => fc.tuple(fc.constant(key), key.rules, kind.rules, range))
    .map(([key, keys, values, [min, max]]) => ({
      proto: field({
        type: {
          case: "map",
          value: { keys, values, minPairs: BigInt(min), maxPairs: BigInt(max) },
        },
      }),
      entry: {
        name: `${name.toUpperCase()}Entry`,
        options: { mapEntry: true },
        field: [newField("key", 1, key, {}, {}), newField("value", 2, kind, {}, {})],
      },
      values: fc.oneof<fc.WeightedArbitrary<Value>[]>(
        {
          weight: 4,
          arbitrary: fc.dictionary(
            fc.constantFrom(...key.values.map(String)),
            fc.constantFrom(...kind.values),
            { maxKeys: 4, size: "max" },
          ),
        },
        { weight: 1, arbitrary: fc.constantFrom(...WRONG) },
      ),
    }));
}

function newField(
  name: string,
  number: number,
  { type, typeName }: Kind,
  rules: Rules,
  more: object,
): FieldDescriptorProto {
  const options = create(FieldOptionsSchema);
  setExtension(options, fieldOption, create(FieldRulesSchema, rules));
  return create(FieldDescriptorProtoSchema, {
    name,
    jsonName: name,
    number,
    label: Label.OPTIONAL,
    type,
    ...(typeName === undefined ? {} : { typeName }),
    options,
    ...more,
  });
}
