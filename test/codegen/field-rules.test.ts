import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  create,
  type FileRegistry,
  fromJson,
  type JsonObject,
  type JsonValue,
  type MessageInitShape,
  setExtension,
} from "@bufbuild/protobuf";
import {
  FieldDescriptorProto_Label as Label,
  FieldDescriptorProto_Type as Type,
  FieldOptionsSchema,
  FileDescriptorProtoSchema,
  OneofOptionsSchema,
} from "@bufbuild/protobuf/wkt";
import { createValidator } from "@bufbuild/protovalidate";
import {
  FieldRulesSchema,
  field as fieldOption,
  file_buf_validate_validate,
  OneofRulesSchema,
  oneof as oneofOption,
} from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { knownRuleNames } from "../../src/codegen/field-rules.js";
import { contractPagePlugin } from "../../src/codegen/contract-page-plugin.js";
import { messageJsonSchema } from "../../src/codegen/json-schema.js";
import { jsonSchemaText } from "../../src/codegen/schema-text.js";
import { URI_PATTERN } from "../../src/codegen/uri-pattern.js";
import { runs } from "../support/runs.js";
import { Image } from "./image.js";
import { PROJECT } from "./workspace.js";

type Rules = MessageInitShape<typeof FieldRulesSchema>;
type Row = {
  readonly type: Type;
  readonly rules: NonNullable<Rules["type"]>;
  readonly list?: true;
  readonly accepts: JsonValue;
  readonly rejects: JsonValue;
  /** The id of the violation of protovalidate. */
  readonly id: string;
  /** The rule on the page of the contract. */
  readonly words: string;
  readonly path?: string;
};

const NEEDED = [...file_buf_validate_validate.dependencies, file_buf_validate_validate];

function contract(fields: readonly Row[], oneofs: readonly boolean[] = []): Image {
  const member = (name: string, number: number, oneofIndex: number) => ({
    ...{ name, jsonName: name, number, oneofIndex },
    ...{ type: Type.STRING, label: Label.OPTIONAL },
  });
  const file = create(FileDescriptorProtoSchema, {
    name: "acme/m.proto",
    package: "acme",
    syntax: "proto3",
    dependency: ["buf/validate/validate.proto"],
    enumType: [{ name: "E", value: ["ZERO", "ONE"].map((name, number) => ({ name, number })) }],
    messageType: [
      ...fields.map(({ type, rules, list }, index) => {
        const options = create(FieldOptionsSchema);
        setExtension(options, fieldOption, create(FieldRulesSchema, { type: rules }));
        return {
          name: `M${index}`,
          field: [
            {
              ...{ name: "f", jsonName: "f", number: 1, type, options },
              label: list ? Label.REPEATED : Label.OPTIONAL,
              ...(list ? {} : { proto3Optional: true, oneofIndex: 0 }),
              ...(type === Type.ENUM ? { typeName: ".acme.E" } : {}),
            },
          ],
          oneofDecl: list ? [] : [{ name: "_f" }],
        };
      }),
      ...oneofs.map((required, index) => {
        const options = create(OneofOptionsSchema);
        setExtension(options, oneofOption, create(OneofRulesSchema, { required }));
        return {
          name: `Choice${index}`,
          field: [member("a", 1, 0), member("b", 2, 0)],
          oneofDecl: [{ name: "choice", options }],
        };
      }),
    ],
  });
  return Image.ofDescriptor(file, NEEDED);
}

const ajv = new Ajv2020({ strict: true });

function judge(registry: FileRegistry, name: string, json: JsonObject) {
  const message = registry.getMessage(`acme.${name}`);
  if (message === undefined) {
    throw new Error(`no message ${name}`);
  }
  // Each contract has messages of these names.
  const { $id: _, ...schema } = JSON.parse(jsonSchemaText(messageJsonSchema(message, name)));
  const result = createValidator().validate(message, fromJson(message, json));
  return {
    schema: ajv.validate(schema, json),
    violations: (result.violations ?? []).map(({ field, ruleId }) => [
      field
        .map((part) => ("name" in part ? part.name : "index" in part ? part.index : ""))
        .join("."),
      ruleId,
    ]),
  };
}

const string = (
  value: object,
  accepts: string,
  rejects: string,
  id: string,
  words: string,
): Row => ({
  ...{ type: Type.STRING, accepts, rejects, id: `string.${id}`, words },
  // The rows are the rules of protovalidate, which refuses any other.
  rules: { case: "string", value } as Row["rules"],
});
const on = (name: string) => ({ wellKnown: { case: name, value: true } });
const number = (
  [type, name]: readonly [Type, string],
  value: object,
  accepts: JsonValue,
  rejects: JsonValue,
  id: string,
  words: string,
): Row => ({
  ...{ type, accepts, rejects, id: `${name}.${id}`, words },
  rules: { case: name, value } as Row["rules"],
});
const INT32 = [Type.INT32, "int32"] as const;
const INT64 = [Type.INT64, "int64"] as const;
const DOUBLE = [Type.DOUBLE, "double"] as const;
const BYTES = [Type.BYTES, "bytes"] as const;
const ENUM = [Type.ENUM, "enum"] as const;
const above = (value: number | bigint) => ({ greaterThan: { case: "gt", value } });
const below = (value: number | bigint) => ({ lessThan: { case: "lt", value } });

const rows: readonly Row[] = [
  string({ const: "a.b" }, "a.b", "axb", "const", "is `a.b`"),
  string({ len: 2n }, "😀😀", "😀", "len", "2 characters"),
  string({ prefix: "a." }, "a.b", "ab", "prefix", "begins with `a.`"),
  string({ suffix: ".b" }, "a.b", "ab", "suffix", "ends with `.b`"),
  string({ contains: "(" }, "a(b", "ab", "contains", "contains `(`"),
  string({ notContains: "(" }, "ab", "a(b", "not_contains", "does not contain `(`"),
  string({ notIn: ["a", "b"] }, "c", "b", "not_in", "none of `a`, `b`"),
  string(on("email"), "a@b.c", "a@", "email", "an email address"),
  string(on("hostname"), "a.b", "10.0.0.1", "hostname", "a hostname"),
  string(on("hostname"), `${"a.".repeat(126)}a`, `${"a.".repeat(126)}ab`, "hostname", "a hostname"),
  string(on("uri"), "a://[::1]:8/b?c#d", "/b", "uri", "a URI"),
  number(INT32, { const: 2 }, 2, 3, "const", "one of `2`"),
  number(INT32, { in: [1, 2] }, 2, 3, "in", "one of `1`, `2`"),
  number(INT32, { notIn: [1, 2] }, 3, 2, "not_in", "none of `1`, `2`"),
  number(INT32, above(1), 2, 1, "gt", "more than 1"),
  number(INT32, below(1), 0, 1, "lt", "less than 1"),
  number(INT64, above(1n), "2", "1", "gt", "more than 1"),
  number(INT64, below(1n), 0, 1, "lt", "less than 1"),
  number(INT64, { in: [1n, 2n] }, "2", "3", "in", "one of `1`, `2`"),
  number(INT64, { notIn: [1n] }, 2, "1", "not_in", "none of `1`"),
  number([Type.UINT32, "uint32"], above(1), 2, 1, "gt", "more than 1"),
  number([Type.SINT64, "sint64"], above(-2n), -1, "-2", "gt", "more than -2"),
  number(DOUBLE, above(0.5), 0.6, 0.5, "gt", "more than 0.5"),
  number(DOUBLE, below(0.5), "-Infinity", "NaN", "lt", "less than 0.5"),
  number(DOUBLE, { in: [0.1] }, 0.1, 0.2, "in", "one of `0.1`"),
  number(DOUBLE, { notIn: [0.1] }, "NaN", 0.1, "not_in", "none of `0.1`"),
  number(DOUBLE, { finite: true }, 1e300, "Infinity", "finite", "finite"),
  number([Type.FLOAT, "float"], above(0.5), "Infinity", 0.5, "gt", "more than 0.5"),
  number([Type.BOOL, "bool"], { const: true }, true, false, "const", "is `true`"),
  number(BYTES, { len: 2n }, "AQI", "AQ", "len", "2 to 2 bytes"),
  number(BYTES, { minLen: 2n }, "AQI", "AQ==", "min_len", "2 or more bytes"),
  number(BYTES, { maxLen: 2n }, "AQI=", "AQID", "max_len", "at most 2 bytes"),
  number(ENUM, { const: 1 }, "ONE", "ZERO", "const", "one of `ONE`"),
  number(ENUM, { definedOnly: true }, 1, 7, "defined_only", "a declared value"),
  number(ENUM, { in: [1, 7] }, 7, "ZERO", "in", "one of `ONE`, `7`"),
  number(ENUM, { notIn: [1] }, 7, "ONE", "not_in", "none of `ONE`"),
  {
    ...{ type: Type.STRING, list: true, accepts: ["a", "b"], rejects: ["a", "b", "a"] },
    rules: { case: "repeated", value: { unique: true } },
    ...{ id: "repeated.unique", words: "no item twice" },
  },
];

describe("a rule is in the schema and on the page, and protovalidate names it", () => {
  const image = contract(rows);
  const registry = image.registry();
  const page = (image.generate(contractPagePlugin, "acme/").get("contract.md") ?? "").split("\n");
  test.for(rows.map((row, index) => [row.id, row, index] as const))("%s", ([, row, index]) => {
    const name = `M${index}`;
    expect(judge(registry, name, { f: row.accepts })).toEqual({ schema: true, violations: [] });
    expect(judge(registry, name, { f: row.rejects })).toEqual({
      schema: false,
      violations: [["f", row.id]],
    });
    expect(judge(registry, name, { f: null })).toEqual({ schema: true, violations: [] });
    expect(page[page.indexOf(`### ${name}`) + 4]).toContain(` | | ${row.words} | |`);
  });
});

test("a URI is what protovalidate takes for one", () => {
  const uri = string(on("uri"), "", "", "", "");
  const message = contract([uri]).registry().getMessage("acme.M0");
  if (message === undefined) {
    throw new Error("no message");
  }
  const validator = createValidator();
  const pattern = new RegExp(URI_PATTERN, "u");
  const host = fc.array(fc.constantFrom(":", "::", "1", "ab", "fabc", "12345", ".", "g"));
  const part = fc.oneof(
    fc.constantFrom(..."a:/?#@[].~!é \n\\^|%2"),
    fc.constantFrom("//", "%25", "%ff", "%C3%A9", "%C0%80", "%E2%82%AC", "%E0%80%80", "%ED%A0%80"),
    fc.constantFrom("%F0%9F%98%80", "%F4%90%80%80", "[::1]", "[v1.a:b]", "[1::%25e]", "u:p@", ":8"),
  );
  const text = fc.oneof(
    host.map((parts) => `a://[${parts.join("")}]`),
    fc
      .tuple(fc.constantFrom("", "a:", "a://"), fc.array(part, { maxLength: 8 }))
      .map(([start, parts]) => start + parts.join("")),
  );
  fc.assert(
    fc.property(text, (value) => {
      const { kind } = validator.validate(message, fromJson(message, { f: value }));
      expect([value, pattern.test(value)]).toEqual([value, kind === "valid"]);
    }),
    { numRuns: runs(20_000) },
  );
});

describe("a oneof", () => {
  const registry = contract([], [false, true]).registry();
  test("has at most one member, and null is none", () => {
    for (const json of [{}, { a: "" }, { b: "x" }, { a: null, b: "x" }, { a: null, b: null }]) {
      expect(judge(registry, "Choice0", json)).toEqual({ schema: true, violations: [] });
    }
    const message = registry.getMessage("acme.Choice0");
    const schema = message && JSON.parse(jsonSchemaText(messageJsonSchema(message, "c")));
    expect(new Ajv2020().validate(schema, { a: "", b: "x" })).toBe(false);
    expect(() => judge(registry, "Choice0", { a: "", b: "x" })).toThrow("oneof");
  });

  test("has exactly one if it is required", () => {
    expect(judge(registry, "Choice1", { a: null, b: "x" })).toEqual({
      schema: true,
      violations: [],
    });
    for (const json of [{}, { a: null }]) {
      expect(judge(registry, "Choice1", json)).toEqual({
        schema: false,
        violations: [["choice", "required"]],
      });
    }
  });
});

test("docs/rules.md lists every rule that is supported, by its type", () => {
  const page = readFileSync(join(PROJECT, "docs/rules.md"), "utf8");
  const [, table = ""] = page.split(/^## .*$/m);
  const listed = new Map<string, Set<string>>();
  let type = "";
  for (const [, first = "", second = ""] of table.matchAll(/^\| ?(.*?) ?\| (.*?) \|/gm)) {
    type = first === "" ? type : first;
    const names = listed.get(type) ?? new Set();
    listed.set(type, names);
    for (const [, name = ""] of second.matchAll(/`(\w+)`/g)) {
      names.add(name);
    }
  }
  const onPage = new Map([
    ["float", "`float`, `double`"],
    ["double", "`float`, `double`"],
    ["enum", "enums"],
    ["repeated", "lists"],
    ["map", "maps"],
    ...["string", "bool", "bytes"].map((name) => [name, `\`${name}\``] as const),
  ]);
  for (const [name, rules] of knownRuleNames) {
    expect([name, [...(listed.get(onPage.get(name) ?? "all integers") ?? [])].sort()]).toEqual([
      name,
      [...rules].sort(),
    ]);
  }
});
