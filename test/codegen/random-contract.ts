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
  FileDescriptorProtoSchema,
  file_google_protobuf_wrappers,
  OneofOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import {
  FieldRulesSchema,
  field as fieldOption,
  file_buf_validate_validate,
  OneofRulesSchema,
  oneof as oneofOption,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import fc from "fast-check";
import { schemaRefusals } from "../../src/codegen/schema-refusals.js";
import { document, type Value } from "./acme.js";
import { Image } from "./image.js";

/** Messages with rules, and JSON that may fit them. */
export type RandomContract = {
  readonly image: Image;
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

const ENUM = "Kind";
const ENUM_VALUES = [0, 1, 2, 2].map((number, index) => ({ name: `KIND_${index}`, number }));
const HOSTS = ["a.b", "a.b.", "1.a", "a.1", "a-b", "-a", "a-", "a..b", ".", `${"a".repeat(64)}`];
const LONG_HOSTS = [`${"a.".repeat(126)}a`, `${"a.".repeat(126)}ab`];
const MAILS = ["a@b", "a.b@c.d", "a@b.", "@b", "a@b@c", "a@-b", "a b@c"];

const URIS = [
  "a:b",
  "a://u:p@[1:2::8%25e]:80/%ff?/?#@",
  "a://%E2%82%AC/",
  "a://%ED%A0%80",
  "a://[v1.:]",
  "a://[::1.2.3.4]",
  "//b",
  "a:b c",
];

const small = fc.integer({ min: -2, max: 2 });
const size = fc.nat(3);
const range = fc.tuple(fc.nat(2), size).map(([min, more]) => [min, min + more] as const);
const positive = fc.integer({ min: 1, max: 4 });
const affixes = fc.constantFrom("a", "b", "😀", "", "\n", "a1", "^", ".");

function wellKnown(name: "uuid" | "email" | "hostname" | "uri") {
  return fc.record({ wellKnown: fc.record({ case: fc.constant(name), value: fc.boolean() }) });
}

// More than one rule is rarely satisfied.
const stringRules: fc.Arbitrary<Rules> = fc
  .oneof(
    fc.record({}),
    fc.record({ const: fc.constantFrom("", "a", "😀") }),
    fc.record({ len: size.map(BigInt) }),
    fc.record({ minLen: size.map(BigInt) }),
    fc.record({ maxLen: size.map(BigInt) }),
    fc.record({ pattern: fc.constantFrom(...PATTERNS) }),
    fc.record({ prefix: affixes }),
    fc.record({ suffix: affixes }),
    fc.record({ contains: affixes }),
    fc.record({ notContains: affixes }),
    fc.record({ in: fc.subarray(["", "a", "ab", "😀"], { minLength: 1 }) }),
    fc.record({ notIn: fc.subarray(["", "a", "ab", "😀"], { minLength: 1 }) }),
    wellKnown("uuid"),
    wellKnown("email"),
    wellKnown("hostname"),
    wellKnown("uri"),
    fc.record({ minLen: size.map(BigInt), pattern: fc.constantFrom(...PATTERNS) }),
    fc.record({
      prefix: affixes,
      suffix: affixes,
      notIn: fc.constant(["a"]),
      len: size.map(BigInt),
    }),
    fc.record({ const: fc.constantFrom("", "a"), in: fc.constant(["a"]), prefix: affixes }),
  )
  // Each of them has other rules, which is more than the type of the option can tell.
  .map((value) => ({ type: { case: "string", value } }) as Rules);

/** @param isFloat Whether the numbers may be infinite. */
function numberRules(
  name: string,
  numbers: fc.Arbitrary<number>,
  convert: (value: number) => number | bigint,
  isFloat = false,
): fc.Arbitrary<Rules> {
  const several = fc.array(numbers.map(convert), { minLength: 1, maxLength: 3 });
  const bounds = fc
    .record({
      gt: fc.option(fc.record({ case: fc.constantFrom("gt", "gte"), value: numbers })),
      lt: fc.option(fc.record({ case: fc.constantFrom("lt", "lte"), value: numbers })),
    })
    // A range without a value is refused.
    .filter(({ gt, lt }) => gt === null || lt === null || lt.value - gt.value >= 2)
    .map(({ gt, lt }) => ({
      ...(gt === null ? {} : { greaterThan: { ...gt, value: convert(gt.value) } }),
      ...(lt === null ? {} : { lessThan: { ...lt, value: convert(lt.value) } }),
    }));
  const lists = fc.oneof(
    fc.constant({}),
    fc.record({ const: numbers.map(convert) }),
    fc.record({ in: several }),
    fc.record({ notIn: several }),
    ...(isFloat ? [fc.record({ finite: fc.boolean() })] : []),
  );
  return (
    fc
      .oneof(
        bounds,
        lists,
        fc.tuple(bounds, lists).map(([one, other]) => ({ ...one, ...other })),
      )
      // The types of rules differ in the type of their numbers alone.
      .map((value) => ({ type: { case: name, value } }) as Rules)
  );
}

const bytesRules: fc.Arbitrary<Rules> = fc
  .oneof(
    fc.record({ len: size.map(BigInt) }),
    fc.record({ minLen: size.map(BigInt) }),
    fc.record({ maxLen: size.map(BigInt) }),
    range.map(([min, max]) => ({ minLen: BigInt(min), maxLen: BigInt(max) })),
  )
  .map((value) => ({ type: { case: "bytes", value } }));

const enumRules: fc.Arbitrary<Rules> = fc
  .oneof(
    fc.record({ definedOnly: fc.boolean() }),
    // A required field with the constant 0 is refused.
    fc.record({ const: fc.constantFrom(1, 2), definedOnly: fc.boolean() }),
    fc.record({
      in: fc.subarray([0, 1, 7]).map((more) => [2, ...more]),
      definedOnly: fc.boolean(),
    }),
    fc.record({ notIn: fc.subarray([0, 1, 7], { minLength: 1 }), definedOnly: fc.boolean() }),
  )
  .map((value) => ({ type: { case: "enum", value } }));

const boolRules: fc.Arbitrary<Rules> = fc
  .boolean()
  .map((value) => ({ type: { case: "bool", value: { const: value } } }));

const halves = fc.integer({ min: -4, max: 4 }).map((number) => number / 2);
const INFINITE = ["NaN", "Infinity", "-Infinity"];

const STRING: Kind = {
  type: Type.STRING,
  rules: stringRules,
  values: [...TEXTS, ...HOSTS, ...LONG_HOSTS, ...MAILS, ...URIS],
};
const INT32: Kind = {
  type: Type.INT32,
  rules: numberRules("int32", small, Number),
  values: [...NUMBERS, 2 ** 31, -(2 ** 31)],
};
const INT64: Kind = {
  type: Type.INT64,
  rules: numberRules("int64", small, BigInt),
  values: [...NUMBERS, ...NUMBERS.map(String), ...LARGE, 2 ** 63],
};
const UINT32: Kind = {
  type: Type.UINT32,
  rules: numberRules("uint32", positive, Number),
  values: [...NUMBERS, 2 ** 32],
};
const BOOL: Kind = { type: Type.BOOL, rules: boolRules, values: [true, false] };
/** The types whose equal values are equal in JSON. */
const WITH_ONE_FORM: readonly Kind[] = [STRING, INT32, UINT32, BOOL];
const KINDS: readonly Kind[] = [
  ...WITH_ONE_FORM,
  INT64,
  {
    type: Type.UINT64,
    rules: numberRules("uint64", positive, BigInt),
    values: [...NUMBERS, ...NUMBERS.map(String), ...LARGE],
  },
  {
    type: Type.SFIXED64,
    rules: numberRules("sfixed64", small, BigInt),
    values: [...NUMBERS, ...NUMBERS.map(String), ...LARGE],
  },
  {
    type: Type.BYTES,
    rules: bytesRules,
    values: ["", "AQ==", "AQ", "AQI=", "AQI", "AQID", "AQIDBA==", "A", "A-_w", "AQIDBA"],
  },
  {
    type: Type.DOUBLE,
    rules: numberRules("double", halves, Number, true),
    values: [...NUMBERS, 0.5, 1.5, -0.5, 1e300, ...INFINITE],
  },
  {
    type: Type.FLOAT,
    rules: numberRules("float", halves, Number, true),
    values: [...NUMBERS, 0.5, 1.5, -0.5, 1e300, ...INFINITE],
  },
  {
    type: Type.ENUM,
    typeName: `.random.${ENUM}`,
    rules: enumRules,
    values: [...ENUM_VALUES.map(({ name }) => name), 0, 1, 2, 3, 7, -1, "KIND_9", 2 ** 31],
  },
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
type Declaration = {
  readonly fields: readonly Field[];
  /** Whether the single fields without presence are members of one oneof, and it is required. */
  readonly choice: "none" | "optional" | "required";
  readonly documents: readonly JsonObject[];
};

const randomMessage: fc.Arbitrary<Declaration> = fc
  .array(fc.nat(), { minLength: 1, maxLength: 2 })
  .chain((seeds) => fc.tuple(...seeds.map((_seed, index) => randomField(index))))
  .chain((fields) =>
    fc.constantFrom("none" as const, "optional" as const, "required" as const).map((choice) => ({
      fields,
      choice,
    })),
  )
  .chain(({ fields, choice }) => {
    const values = Object.fromEntries(fields.map(({ proto, values }) => [proto.name, values]));
    return fc
      .array(fc.record(values).map(document), { minLength: 20, maxLength: 20 })
      .map((documents) => ({ fields, choice, documents }));
  })
  // Rules that leave no value are refused.
  .filter((message) => {
    const desc = imageOf([message]).registry().getMessage("random.M0");
    return desc !== undefined && schemaRefusals([desc]).length === 0;
  });

/** A contract of up to ten messages, since it takes long to compile one. */
export const randomContract: fc.Arbitrary<RandomContract> = fc
  .array(randomMessage, { minLength: 1, maxLength: 10, size: "max" })
  .map((messages) => ({
    image: imageOf(messages),
    documents: new Map([
      ...messages.map(({ documents }, index) => [`M${index}`, documents] as const),
      ["Holder", held(messages[0]?.documents ?? [])],
      ["Outer", held(held(messages[0]?.documents ?? []))],
    ]),
  }));

function imageOf(messages: readonly Declaration[]): Image {
  const file = create(FileDescriptorProtoSchema, {
    name: "random/m.proto",
    package: "random",
    syntax: "proto3",
    dependency: ["buf/validate/validate.proto", "google/protobuf/wrappers.proto"],
    enumType: [{ name: ENUM, value: ENUM_VALUES, options: { allowAlias: true } }],
    messageType: [
      ...messages.map((message, index) => messageOf(`M${index}`, message)),
      holderOf("Holder", "M0"),
      holderOf("Outer", "Holder"),
    ],
  });
  return Image.ofDescriptor(file, [
    ...file_buf_validate_validate.dependencies,
    file_buf_validate_validate,
    file_google_protobuf_wrappers,
  ]);
}

/** A message with fields of another message. */
function holderOf(name: string, held: string): MessageInitShape<typeof DescriptorProtoSchema> {
  const field = { type: Type.MESSAGE, typeName: `.random.${held}` };
  return {
    name,
    field: [
      { ...field, name: "one", jsonName: "one", number: 1, label: Label.OPTIONAL },
      { ...field, name: "many", jsonName: "many", number: 2, label: Label.REPEATED },
    ],
  };
}

function held(documents: readonly JsonObject[]): JsonObject[] {
  return documents.flatMap((document) => [{ one: document }, { many: [document, document] }]);
}

function messageOf(
  name: string,
  { fields, choice }: Declaration,
): MessageInitShape<typeof DescriptorProtoSchema> {
  const isMember = ({ proto, oneof }: Field) =>
    choice !== "none" && oneof === undefined && proto.label === Label.OPTIONAL;
  const options = create(OneofOptionsSchema);
  setExtension(options, oneofOption, create(OneofRulesSchema, { required: choice === "required" }));
  const oneofs = [
    ...(fields.some(isMember) ? [{ name: "choice", options }] : []),
    ...fields.flatMap(({ oneof }) => (oneof === undefined ? [] : [{ name: oneof }])),
  ];
  return {
    name,
    field: fields.map((field) => {
      const { proto, entry } = field;
      const oneof = isMember(field) ? "choice" : field.oneof;
      return {
        ...proto,
        ...(oneof === undefined
          ? {}
          : { oneofIndex: oneofs.findIndex((one) => one.name === oneof) }),
        ...(entry === undefined ? {} : { typeName: `.random.${name}.${entry.name}` }),
      };
    }),
    oneofDecl: oneofs,
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
          return fc.tuple(kind.rules, range, fc.boolean()).map(([items, [min, max], isUnique]) => ({
            proto: field(
              {
                type: {
                  case: "repeated",
                  value: {
                    items,
                    minItems: BigInt(min),
                    maxItems: BigInt(max),
                    unique: isUnique && WITH_ONE_FORM.includes(kind),
                  },
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
  const keyKinds = [STRING, INT32, INT64, BOOL];
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
