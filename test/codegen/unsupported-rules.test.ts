import { existsSync } from "node:fs";
import type { DescMessage } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import { messageJsonSchema } from "../../src/codegen/json-schema.js";
import { contractPagePlugin } from "../../src/codegen/contract-page-plugin.js";
import { contractPlugin } from "../../src/codegen/contract-plugin.js";
import { jsonSchemaPlugin } from "../../src/codegen/json-schema-plugin.js";
import { validatorsPlugin } from "../../src/codegen/validators-plugin.js";
import { deep } from "../support/runs.js";
import { SchemaProject } from "./acme.js";
import { Image } from "./image.js";
import { VALIDATE } from "./workspace.js";

describe("a part of a contract that no schema is written for stops buf, by file, element and rule", () => {
  const validate = `syntax = "proto2";
package buf.validate;
import "google/protobuf/descriptor.proto";
extend google.protobuf.MessageOptions { optional MessageRules message = 1159; }
extend google.protobuf.OneofOptions { optional OneofRules oneof = 1159; }
extend google.protobuf.FieldOptions { optional FieldRules field = 1159; }
message Rule {
  optional string id = 1;
  optional string message = 2;
  optional string expression = 3;
}
message MessageRules { repeated Rule cel = 3; }
message OneofRules { optional bool required = 1; extensions 1000 to max; }
enum Ignore { IGNORE_UNSPECIFIED = 0; IGNORE_ALWAYS = 3; }
message FieldRules {
  repeated Rule cel = 23;
  optional bool required = 25;
  optional Ignore ignore = 27;
  oneof type {
    FloatRules float = 1;
    DoubleRules double = 2;
    Int32Rules int32 = 3;
    Int64Rules int64 = 4;
    BoolRules bool = 13;
    StringRules string = 14;
    BytesRules bytes = 15;
    EnumRules enum = 16;
    RepeatedRules repeated = 18;
    MapRules map = 19;
  }
  extensions 5000 to max;
}
message DoubleRules {
  optional double lt = 2;
  optional double lte = 3;
  optional double gt = 4;
  optional double gte = 5;
  repeated double in = 6;
}
message BoolRules { optional bool const = 1; }
message FloatRules { optional float gte = 5; }
message Int32Rules {
  optional int32 const = 1;
  optional int32 lt = 2;
  optional int32 lte = 3;
  optional int32 gt = 4;
  optional int32 gte = 5;
  repeated int32 in = 6;
  repeated int32 not_in = 7;
}
message Int64Rules {
  optional int64 const = 1;
  repeated int64 in = 6;
  repeated int64 not_in = 7;
}
message StringRules {
  optional string const = 1;
  optional uint64 min_len = 2;
  optional uint64 max_len = 3;
  optional uint64 max_bytes = 5;
  optional string pattern = 6;
  repeated string in = 10;
  repeated string not_in = 11;
  optional uint64 len = 19;
  oneof well_known { bool ip = 14; bool uri_ref = 18; bool uuid = 22; }
  extensions 1000 to max;
}
message BytesRules {
  optional uint64 min_len = 2;
  optional uint64 max_len = 3;
  optional bytes prefix = 5;
}
message EnumRules { repeated int32 in = 3; }
message RepeatedRules {
  optional uint64 min_items = 1;
  optional uint64 max_items = 2;
  optional bool unique = 3;
  optional FieldRules items = 4;
}
message MapRules {
  optional uint64 min_pairs = 1;
  optional uint64 max_pairs = 2;
  optional FieldRules keys = 4;
  optional FieldRules values = 5;
}
extend StringRules { optional bool shouting = 1234; }
extend OneofRules { optional bool odd = 1234; }
`;
  const rule = (text: string) => `[(buf.validate.field).${text}]`;
  const notYet = "is not supported yet";
  const expression = "is an expression, which JSON Schema cannot hold";
  const unfit = "does not fit the type of the field";
  const differs = (part: string) =>
    `string.pattern has ${part}, which RE2 and ECMAScript may read differently`;
  const pattern = (text: string) =>
    `string name = 1 ${rule(`string.pattern = ${JSON.stringify(text)}`)};`;
  const cases: readonly (readonly [body: string, element: string, refused: string])[] = [
    [`string name = 1 ${rule("string.ip = true")};`, "name", `string.ip ${notYet}`],
    [
      `string name = 1 ${rule("string.uri_ref = true")};`,
      "name",
      `string.uri_ref ${notYet}: the keyword format is an annotation, not a check`,
    ],
    [
      `string name = 1 ${rule("string.max_bytes = 9")};`,
      "name",
      "string.max_bytes counts bytes of UTF-8, for which JSON Schema has no keyword",
    ],
    [
      `string name = 1 ${rule("string.(buf.validate.shouting) = true")};`,
      "name",
      `string.#1234 ${notYet}`,
    ],
    [`bytes name = 1 ${rule('bytes.prefix = "a"')};`, "name", `bytes.prefix ${notYet}`],
    ...(["const", "in", "not_in"] as const).map(
      (name) =>
        [
          `int64 count = 1 ${rule(`int64.${name} = 9007199254740993`)};`,
          "count",
          `int64.${name} has a number beyond 2^53, which many readers of JSON round`,
        ] as const,
    ),
    [
      `int32 count = 1 ${rule("int32 = { const: 1, in: 2 }")};`,
      "count",
      `int32.in beside int32.const ${notYet}`,
    ],
    [`int32 count = 1 ${rule("int32 = { gt: 1, lt: 2 }")};`, "count", "int32.gt leaves no value"],
    [`int32 count = 1 ${rule("int32.gt = 2147483647")};`, "count", "int32.gt leaves no value"],
    [
      `double part = 1 ${rule("double.lte = inf")};`,
      "part",
      "double.lte is not a finite number, which JSON has no number for",
    ],
    [
      `float part = 1 ${rule("float.gte = 0.1")};`,
      "part",
      "float.gte has 0.1, which a float does not hold exactly: use a double",
    ],
    ...(
      [
        ["string", "string", "string = { min_len: 5, max_len: 3 }"],
        ["string", "string", "string = { len: 5, max_len: 3 }"],
        ["string", "string", 'string = { const: "x", in: ["y"] }'],
        ["string", "string", 'string = { in: ["x", "y"], not_in: ["y", "x"] }'],
        ["string", "string", 'string = { in: ["\u{1f600}", "abc"], len: 2 }'],
        ["string", "string", 'string.const = "", (buf.validate.field).required = true'],
        ["string", "string", "string.max_len = 0, (buf.validate.field).required = true"],
        ["bool", "bool", "bool.const = false, (buf.validate.field).required = true"],
        ["bytes", "bytes", "bytes = { min_len: 5, max_len: 3 }"],
        ["bytes", "bytes", "bytes.max_len = 0, (buf.validate.field).required = true"],
        ["int32", "int32.in", "int32 = { in: [5, 6], lte: 3 }"],
        ["int32", "int32.in", "int32 = { in: [5, 6], gte: 6, not_in: 6 }"],
        ["int64", "int64.in", "int64 = { in: [5, 6], not_in: [6, 5] }"],
        ["int32", "int32.const", "int32 = { const: 1, lt: 1 }"],
        ["int32", "int32.const", "int32.const = 0, (buf.validate.field).required = true"],
        ["int32", "int32.gte", "int32 = { gte: 0, lte: 0 }, (buf.validate.field).required = true"],
        ["double", "double.in", "double = { in: [1.5], gt: 1.5 }"],
        ["double", "double.gt", "double = { gt: 1, lte: 1 }"],
        ["double", "double.gte", "double = { gte: 1, lt: 1 }"],
        ["repeated string", "repeated", "repeated = { min_items: 5, max_items: 3 }"],
        [
          "repeated string",
          "repeated",
          "repeated.max_items = 0, (buf.validate.field).required = true",
        ],
        ["map<string, string>", "map", "map = { min_pairs: 5, max_pairs: 3 }"],
        [
          "repeated bytes",
          "repeated.items.bytes",
          "repeated.items.bytes = { min_len: 5, max_len: 3 }",
        ],
      ] as const
    ).map(
      ([type, name, text]) =>
        [`${type} none = 1 ${rule(text)};`, "none", `${name} leaves no value`] as const,
    ),
    [`E kind = 1 ${rule("enum.in = 1")};`, "kind", "enum leaves no declared value"],
    [
      `E kind = 1 ${rule("required = true, (buf.validate.field).enum.in = 0")};`,
      "kind",
      "enum leaves no declared value",
    ],
    ...["int64", "bytes", "double", "E", "google.protobuf.Any"].map(
      (type) =>
        [
          `repeated ${type} list = 1 ${rule("repeated.unique = true")};`,
          "list",
          "repeated.unique compares values, and JSON has more than one form of one value",
        ] as const,
    ),
    [
      `repeated string list = 1 ${rule("repeated.items.string.ip = true")};`,
      "list",
      `repeated.items.string.ip ${notYet}`,
    ],
    [
      `repeated string list = 1 ${rule("repeated.items.required = true")};`,
      "list",
      "repeated.items.required is ignored for the elements of lists and maps",
    ],
    [
      `map<string, string> pairs = 1 ${rule("map.keys.string.ip = true")};`,
      "pairs",
      `map.keys.string.ip ${notYet}`,
    ],
    [
      `map<string, double> pairs = 1 ${rule("map.values.double.gte = nan")};`,
      "pairs",
      "map.values.double.gte is not a finite number",
    ],
    [
      `string name = 1 ${rule('cel = { id: "a", expression: "this.size() > 1" }')};`,
      "name",
      `cel ${expression}`,
    ],
    [`string name = 1 ${rule("ignore = IGNORE_ALWAYS")};`, "name", `ignore ${notYet}`],
    [
      'option (buf.validate.message).cel = { id: "a", expression: "true" };',
      "",
      `message.cel ${expression}`,
    ],
    [
      "oneof choice { option (buf.validate.oneof).(buf.validate.odd) = true; string a = 1; }",
      "choice",
      `oneof.#1234 ${notYet}`,
    ],
    // Their JSON has rules that a pattern does not state.
    ["google.protobuf.Timestamp at = 1;", "at", `google.protobuf.Timestamp ${notYet}`],
    ["repeated google.protobuf.Duration l = 1;", "l", `google.protobuf.Duration ${notYet}`],
    ["map<string, google.protobuf.FieldMask> m = 1;", "m", `google.protobuf.FieldMask ${notYet}`],
    ["google.protobuf.Any any = 1;", "any", `google.protobuf.Any ${notYet}`],
    // The protovalidate runtimes refuse these rules, or read them in another way than it looks.
    [`int32 count = 1 ${rule("string.min_len = 1")};`, "count", `string ${unfit}`],
    [`uint32 count = 1 ${rule("int32.gte = 1")};`, "count", `int32 ${unfit}`],
    [`repeated string list = 1 ${rule("string.min_len = 1")};`, "list", `string ${unfit}`],
    [`E kind = 1 ${rule("string.min_len = 1")};`, "kind", `string ${unfit}`],
    [
      `int32 count = 1 ${rule("int32 = { gte: 5, lte: 3 }")};`,
      "count",
      `int32.gte above int32.lte excludes the values between, which ${notYet}`,
    ],
    // A parser reads two names, JavaScript finds more than the document has.
    [
      "string full_name = 1;",
      "full_name",
      'json_name = "fullName" is a second name, which a schema would not check: declare json_name = "full_name"',
    ],
    [
      'string name = 1 [json_name = "title"];',
      "name",
      'json_name = "title" is a second name, which a schema would not check: declare json_name = "name"',
    ],
    ...["__proto__", "constructor"].map(
      (name) =>
        [
          `string name = 1 [json_name = "${name}"];`,
          "name",
          `json_name = "${name}" is a name that every JavaScript object has: give the field another`,
        ] as const,
    ),
    [pattern("^(?i)a$"), "name", differs("(?i")],
    [pattern("a\\s"), "name", differs("\\s")],
    [pattern("\\S"), "name", differs("\\S")],
    [pattern("^.$"), "name", differs(".")],
    [pattern("\\Aa\\z"), "name", differs("\\A")],
    [pattern("a(?=b)"), "name", differs("(?=")],
    [pattern("a(?!b)"), "name", differs("(?!")],
    [pattern("(?<!b)a"), "name", differs("(?<!")],
    [pattern("(?P<n>a)"), "name", differs("(?P")],
    [pattern("(a)\\1"), "name", differs("\\1")],
    [pattern("\\p{L}"), "name", differs("\\p")],
    [pattern("[[:alpha:][x]"), "name", differs("[[:alpha:]")],
    [pattern("[^]"), "name", differs("[^]")],
    [pattern("[\\s]"), "name", differs("[\\s]")],
    [pattern("a{1001}"), "name", differs("{1001}")],
    [pattern("a{2}{3}"), "name", differs("a{2}{3}")],
  ];

  let messages: readonly DescMessage[];
  beforeAll(async () => {
    const project = withBodies(cases.map(([body]) => body));
    messages = [...(await Image.of(project)).registry()].flatMap((type) =>
      type.kind === "message" ? [type] : [],
    );
  });

  test.for(cases.map((row, index) => [...row, index] as const))(
    "%s",
    ([_body, element, refused, index]) => {
      const message = messages.find((candidate) => candidate.typeName === `acme.v1.M${index}`);
      if (message === undefined) {
        throw new Error(`no message M${index}`);
      }
      const name = [`acme.v1.M${index}`, ...(element === "" ? [] : [element])].join(".");
      expect(() => messageJsonSchema(message, "m")).toThrow(
        expect.objectContaining({
          name: "UnsupportedContractError",
          message: expect.stringContaining(`acme/v1/m.proto: ${name}: ${refused}`),
        }),
      );
    },
  );

  test.each([jsonSchemaPlugin, validatorsPlugin, contractPlugin, contractPagePlugin])(
    "all that is refused is named at once: $name",
    async (plugin) => {
      const image = await Image.of(
        withBodies([
          `string a = 1 ${rule('string = { ip: true, pattern: "." }')};
         map<string, string> b = 2 ${rule("map = { keys: { string: { ip: true } }, values: { string: { uri_ref: true } } }")};`,
          `repeated double a = 1 ${rule("repeated = { unique: true, items: { double: { gte: inf } } }")};
         google.protobuf.Any full_name = 2;`,
        ]),
      );
      let message = "";
      try {
        image.generate(plugin, "acme/");
      } catch (error) {
        message = String(error);
      }
      expect(message.replace(/^UnsupportedContractError: /, "").split("\n")).toEqual([
        `acme/v1/m.proto: acme.v1.M0.a: string.ip ${notYet}`,
        `acme/v1/m.proto: acme.v1.M0.a: ${differs(".")}`,
        `acme/v1/m.proto: acme.v1.M0.b: map.keys.string.ip ${notYet}`,
        `acme/v1/m.proto: acme.v1.M0.b: map.values.string.uri_ref ${notYet}: the keyword format is an annotation, not a check`,
        `acme/v1/m.proto: acme.v1.M1.a: repeated.unique compares values, and JSON has more than one form of one value`,
        `acme/v1/m.proto: acme.v1.M1.a: repeated.items.double.gte is not a finite number, which JSON has no number for`,
        `acme/v1/m.proto: acme.v1.M1.full_name: google.protobuf.Any ${notYet}`,
        `acme/v1/m.proto: acme.v1.M1.full_name: json_name = "fullName" is a second name, which a schema would not check: declare json_name = "full_name"`,
      ]);
    },
  );

  test("a field that proto2 requires is refused", async () => {
    const image = await Image.ofFiles({
      "old.proto": 'syntax = "proto2"; package old; message M { required string name = 1; }',
    });
    expect(() => image.generate(jsonSchemaPlugin, "old.proto")).toThrow(
      `old.proto: old.M.name: required of proto2 ${notYet}: use (buf.validate.field).required`,
    );
  });

  test.runIf(deep)("buf fails with these words, and writes nothing", async () => {
    const project = withBodies([`string name = 1 ${rule("string.ip = true")};`]);
    const { status, stderr } = await project.run("buf", "generate");
    expect(stderr).toContain("acme/v1/m.proto: acme.v1.M0.name: string.ip is not supported yet");
    expect(status).not.toBe(0);
    expect(existsSync(project.path("schemas"))).toBe(false);
  });

  test("the same files without such a rule are no problem, an unknown option is one", async () => {
    const image = await Image.of(
      withBodies([`string name = 1 ${rule("string.min_len = 1")}; E kind = 2;`]),
    );
    const files = image.generate(jsonSchemaPlugin, "acme/");
    expect([...files.keys()]).toEqual(["m0.schema.json"]);
    expect(() => image.generate(jsonSchemaPlugin, "acme/", "id_suffix=acme/")).toThrow(
      "unknown option id_suffix",
    );
  });

  /** A project with a message `M0`, `M1`, … for each body. */
  function withBodies(bodies: readonly string[]): SchemaProject {
    const project = new SchemaProject();
    project.write(VALIDATE, validate);
    project.write(
      "proto/acme/v1/m.proto",
      `syntax = "proto3";
package acme.v1;
import "buf/validate/validate.proto";
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/timestamp.proto";
enum E { E_UNSPECIFIED = 0; }
${bodies.map((body, index) => `message M${index} { ${body} }`).join("\n")}
`,
    );
    return project;
  }
});
