import { existsSync } from "node:fs";
import type { DescMessage } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import { messageJsonSchema } from "../../src/codegen/json-schema.js";
import { jsonSchemaPlugin } from "../../src/codegen/json-schema-plugin.js";
import { deep } from "../support/runs.js";
import { SchemaProject } from "./acme.js";
import { Image } from "./image.js";
import { VALIDATE } from "./workspace.js";

describe("a rule that JSON Schema cannot express stops buf, by the name of field and rule", () => {
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
message OneofRules { optional bool required = 1; }
enum Ignore { IGNORE_UNSPECIFIED = 0; IGNORE_ALWAYS = 3; }
message FieldRules {
  repeated Rule cel = 23;
  optional bool required = 25;
  optional Ignore ignore = 27;
  oneof type {
    DoubleRules double = 2;
    Int32Rules int32 = 3;
    Int64Rules int64 = 4;
    StringRules string = 14;
    EnumRules enum = 16;
    RepeatedRules repeated = 18;
    MapRules map = 19;
    TimestampRules timestamp = 22;
  }
  extensions 5000 to max;
}
message DoubleRules { optional double gte = 5; }
message Int32Rules { optional int32 lte = 3; optional int32 gt = 4; optional int32 gte = 5; }
message Int64Rules { optional int64 const = 1; optional int64 lte = 3; optional int64 gte = 5; }
message StringRules {
  optional uint64 min_len = 2;
  optional string pattern = 6;
  optional string prefix = 7;
  oneof well_known { bool uuid = 22; bool email = 12; }
  extensions 1000 to max;
}
message EnumRules { optional bool defined_only = 2; }
message RepeatedRules { optional bool unique = 3; optional FieldRules items = 4; }
message MapRules { optional FieldRules keys = 4; optional FieldRules values = 5; }
message TimestampRules { oneof less_than { bool lt_now = 7; } }
extend StringRules { optional bool shouting = 1234; }
`;
  const rule = (text: string) => `[(buf.validate.field).${text}]`;
  const cases: readonly (readonly [body: string, element: string, rule: string])[] = [
    [`string name = 1 ${rule('string.prefix = "a"')};`, "name", "string.prefix"],
    [`string name = 1 ${rule("string.email = true")};`, "name", "string.email"],
    [`string name = 1 ${rule("string.(buf.validate.shouting) = true")};`, "name", "string.#1234"],
    [`int32 count = 1 ${rule("int32.gt = 1")};`, "count", "int32.gt"],
    [`int64 count = 1 ${rule("int64.const = 1")};`, "count", "int64.const"],
    [`double part = 1 ${rule("double.gte = 1")};`, "part", "double"],
    [`E kind = 1 ${rule("enum.defined_only = true")};`, "kind", "enum"],
    [`repeated string list = 1 ${rule("repeated.unique = true")};`, "list", "repeated.unique"],
    [
      `repeated string list = 1 ${rule('repeated.items.string.prefix = "a"')};`,
      "list",
      "repeated.items.string.prefix",
    ],
    [
      `repeated string list = 1 ${rule("repeated.items.required = true")};`,
      "list",
      "repeated.items.required",
    ],
    [
      `map<string, string> by_key = 1 ${rule('map.keys.string.prefix = "a"')};`,
      "by_key",
      "map.keys.string.prefix",
    ],
    [
      `map<string, double> by_key = 1 ${rule("map.values.double.gte = 1")};`,
      "by_key",
      "map.values.double",
    ],
    [`string name = 1 ${rule('cel = { id: "a", expression: "this.size() > 1" }')};`, "name", "cel"],
    [`string name = 1 ${rule("ignore = IGNORE_ALWAYS")};`, "name", "ignore"],
    [`google.protobuf.Timestamp at = 1 ${rule("timestamp.lt_now = true")};`, "at", "timestamp"],
    ['option (buf.validate.message).cel = { id: "a", expression: "true" };', "", "message.cel"],
    ["oneof choice { string a = 1; string b = 2; }", "choice", "oneof"],
    [
      "oneof choice { option (buf.validate.oneof).required = true; string a = 1; }",
      "choice",
      "oneof.required",
    ],
    ["message Inner { oneof choice { string a = 1; } } Inner inner = 1;", "Inner.choice", "oneof"],
    // What the protovalidate runtimes refuse, or read in another way than it looks.
    [`int32 count = 1 ${rule("string.min_len = 1")};`, "count", "string"],
    [`uint32 count = 1 ${rule("int32.gte = 1")};`, "count", "int32"],
    [`repeated string list = 1 ${rule("string.min_len = 1")};`, "list", "string"],
    [`google.protobuf.Timestamp at = 1 ${rule("string.min_len = 1")};`, "at", "string"],
    [`int32 count = 1 ${rule("int32 = { gte: 5, lte: 3 }")};`, "count", "int32.gte_lte_exclusive"],
    // RE2 knows it, ECMAScript does not.
    [`string name = 1 ${rule('string.pattern = "^(?i)a$"')};`, "name", "string.pattern"],
    [
      `optional string name = 1 ${rule('string.pattern = "\\\\Aa\\\\z"')};`,
      "name",
      "string.pattern",
    ],
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
    ([_body, element, name, index]) => {
      const message = messages.find((candidate) => candidate.typeName === `acme.v1.M${index}`);
      if (message === undefined) {
        throw new Error(`no message M${index}`);
      }
      expect(() => messageJsonSchema(message, "m")).toThrow(
        expect.objectContaining({
          name: "UnsupportedRuleError",
          element: [`acme.v1.M${index}`, ...(element === "" ? [] : [element])].join("."),
          rule: name,
          message: expect.stringContaining(`: the rule ${name} cannot be written as JSON Schema`),
        }),
      );
    },
  );

  test.runIf(deep)("buf fails with these words, and writes nothing", async () => {
    const project = withBodies([`string a_name = 1 ${rule('string.prefix = "a"')};`]);
    const { status, stderr } = await project.run("buf", "generate");
    expect(stderr).toContain(
      "acme.v1.M0.a_name: the rule string.prefix cannot be written as JSON Schema",
    );
    expect(status).not.toBe(0);
    expect(existsSync(project.path("schemas"))).toBe(false);
  });

  test("the same files without such a rule are no problem, an unknown option is one", async () => {
    const image = await Image.of(
      withBodies([
        `string name = 1 ${rule("string.min_len = 1")}; E kind = 2; google.protobuf.Timestamp at = 3;`,
      ]),
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
import "google/protobuf/timestamp.proto";
enum E { E_UNSPECIFIED = 0; }
${bodies.map((body, index) => `message M${index} { ${body} }`).join("\n")}
`,
    );
    return project;
  }
});
