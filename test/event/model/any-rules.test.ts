import {
  createFileRegistry,
  createRegistry,
  type DescMessage,
  fromJson,
  type JsonObject,
} from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { CompilationError } from "@bufbuild/protovalidate";
import { file_buf_validate_validate } from "@bufbuild/protovalidate/gen/buf/validate/validate_pb.js";
import { describe, expect, test } from "vitest";
import { checkModel, readModel } from "../../../src/event/model/read-model.js";

// The contract has rules for fields only today, but may get rules for list items, map entries
// and whole messages.
const LOWER = { string: { pattern: "^[a-z]+$" } };
const SHAPE = { string: { in: ["circle", "square"] } };
const ruled = message("Ruled");

const cases: readonly {
  readonly what: string;
  readonly json: JsonObject;
  readonly violation: object;
}[] = [
  {
    what: "a field",
    json: { name: "OK" },
    violation: { field: "name", violationType: "string.pattern", inputValue: "OK" },
  },
  {
    what: "an item",
    json: { name: "ok", codes: ["ok", "NO"] },
    violation: { field: "codes[1]", violationType: "string.pattern", inputValue: "NO" },
  },
  {
    what: "an entry",
    json: { name: "ok", shapes: { a: "circle", b: "circel" } },
    violation: { field: 'shapes["b"]', violationType: "string.in", inputValue: "circel" },
  },
  {
    what: "a message in a map",
    json: { name: "ok", parts: { a: { name: "ok" }, b: { name: "NO" } } },
    violation: { field: 'parts["b"].name', violationType: "string.pattern", inputValue: "NO" },
  },
  {
    what: "a message in a list",
    json: { name: "ok", lines: [{ name: "ok" }, { name: "ok", codes: ["NO"] }] },
    violation: { field: "lines[1].codes[0]", violationType: "string.pattern", inputValue: "NO" },
  },
];

describe.each(cases)("a rule that is broken by $what", ({ json, violation }) => {
  test("is reported at its place, with its value, in JSON and in a message", () => {
    const expected = { kind: "invalid", violations: [violation] };
    expect(readModel(ruled, json)).toMatchObject(expected);
    expect(checkModel(ruled, fromJson(ruled, json))).toMatchObject(expected);
  });

  test("without a message of its own has that of protovalidate, and no suggestion", () => {
    const result = readModel(ruled, { ...json, naem: "", shape: "" });
    const [shown] = result.kind === "invalid" ? result.violations : [];
    expect(shown?.message).toMatch(/^(does not match regex pattern `|must be in list \[)/);
    expect(shown).not.toHaveProperty("suggestion");
  });
});

test("a rule of a whole message is reported for the message", () => {
  const json = { name: "same", other: "same" };
  const violation = { field: "", path: [], message: "must differ", violationType: "differ" };
  expect(readModel(ruled, json)).toEqual({
    kind: "invalid",
    violations: [{ ...violation, inputValue: json }],
  });
  const given = fromJson(ruled, json);
  expect(checkModel(ruled, given)).toEqual({
    kind: "invalid",
    violations: [{ ...violation, inputValue: given }],
  });
});

test("rules that cannot be compiled throw, and give no verdict", () => {
  expect(() => readModel(message("Broken"), { count: 1 })).toThrow(CompilationError);
});

function message(name: "Ruled" | "Broken"): DescMessage {
  const string = { type: "TYPE_STRING" };
  const self = { type: "TYPE_MESSAGE", typeName: ".acme.Ruled" };
  const repeated = { label: "LABEL_REPEATED" };
  const rules = (json: JsonObject) => ({ options: { "[buf.validate.field]": json } });
  const field = (number: number, name: string, more: JsonObject) => ({
    name,
    jsonName: name,
    number,
    label: "LABEL_OPTIONAL",
    ...more,
  });
  const mapOf = (entry: string) => ({
    type: "TYPE_MESSAGE",
    typeName: `.acme.Ruled.${entry}`,
    ...repeated,
  });
  const entry = (name: string, value: JsonObject) => ({
    name,
    options: { mapEntry: true },
    field: [field(1, "key", string), field(2, "value", value)],
  });
  const differ = { id: "differ", message: "must differ", expression: "this.name != this.other" };
  const file = fromJson(
    FileDescriptorProtoSchema,
    {
      name: "acme/ruled.proto",
      package: "acme",
      syntax: "proto3",
      dependency: [file_buf_validate_validate.proto.name],
      messageType: [
        {
          name: "Ruled",
          options: { "[buf.validate.message]": { cel: [differ] } },
          field: [
            field(1, "name", { ...string, ...rules(LOWER) }),
            field(2, "other", string),
            field(3, "codes", { ...string, ...repeated, ...rules({ repeated: { items: LOWER } }) }),
            field(4, "shapes", { ...mapOf("ShapesEntry"), ...rules({ map: { values: SHAPE } }) }),
            field(5, "parts", mapOf("PartsEntry")),
            field(6, "lines", { ...self, ...repeated }),
          ],
          nestedType: [entry("ShapesEntry", string), entry("PartsEntry", self)],
        },
        { name: "Broken", field: [field(1, "count", { type: "TYPE_INT32", ...rules(LOWER) })] },
      ],
    },
    { registry: createRegistry(file_buf_validate_validate) },
  );
  const registry = createFileRegistry(file, (path) =>
    path === file_buf_validate_validate.proto.name ? file_buf_validate_validate : undefined,
  );
  const desc = registry.getMessage(`acme.${name}`);
  if (desc === undefined) {
    throw new Error("the message is not there");
  }
  return desc;
}
