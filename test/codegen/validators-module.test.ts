import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { validatorsPlugin } from "../../src/codegen/validators-plugin.js";
import { Image } from "./image.js";
import { PROJECT, VALIDATE, Workspace } from "./workspace.js";

/** One contract for each, in a package of its own: `shop.v0` and so on. */
const LIMITS = ["min_len: 1", "min_len: 2", "max_len: 2"];

const orders = (limits: string, version: number) => `syntax = "proto3";
package shop.v${version};
import "buf/validate/validate.proto";
import "google/protobuf/descriptor.proto";
extend google.protobuf.MessageOptions { string event_type = ${50001 + version}; }

message OrderPlacedPayload {
  option (event_type) = "OrderPlaced";
  optional string title = 1 [
    (buf.validate.field).required = true,
    (buf.validate.field).string = { ${limits} }
  ];
  // As in \`require("x")\`, words of a comment are no code.
  repeated Line lines = 2;
  map<string, string> notes = 3;
  // A property that is named as a keyword is.
  optional string description = 4;
  repeated string tags = 5 [(buf.validate.field).repeated.unique = true];
  // Ajv makes a function for a message that has messages itself.
  repeated Parcel parcels = 6;
}

message Parcel {
  Line line = 1;
  repeated Line more = 2;
}

message Line {
  optional string sku = 1 [(buf.validate.field).string.pattern = "^[a-z]+$"];
  optional string pay_class = 2 [json_name = "pay_class", (buf.validate.field).string = { in: ["cash", "card"] }];
}
`;

type Validator = { (json: unknown): boolean; errors?: unknown[] | null };
type Module = {
  VALIDATORS: { [name: string]: Validator };
  PAYLOAD_VALIDATORS: { [name: string]: Validator };
};

let image: Image;
beforeAll(async () => {
  const validate = readFileSync(join(PROJECT, VALIDATE), "utf8");
  image = await Image.ofFiles({
    "buf/validate/validate.proto": validate.replace(
      "message RepeatedRules {",
      "message RepeatedRules {\n  optional bool unique = 3;",
    ),
    ...Object.fromEntries(
      LIMITS.map((limits, version) => [`shop/v${version}/orders.proto`, orders(limits, version)]),
    ),
  });
});

function generate(purpose: string, limits: string): Map<string, string> {
  const version = LIMITS.indexOf(limits);
  const eventType = `event_type=shop.v${version}.event_type`;
  return image.generate(validatorsPlugin, `shop/v${version}/`, eventType, `purpose=${purpose}`);
}

/** The validators, as a program has them. */
async function generated(
  purpose: string,
  limits: string,
): Promise<{ module: Module; code: string }> {
  const [code = ""] = generate(purpose, limits).values();
  const workspace = new Workspace();
  workspace.write("validators.ts", code);
  const module: Module = await import(pathToFileURL(workspace.path("validators.ts")).href);
  return { module, code };
}

const order = { title: "ab" };

describe("validators for a verdict", () => {
  let module: Module;
  let code: string;
  beforeAll(async () => {
    ({ module, code } = await generated("verdict", "min_len: 1"));
  });

  test.each([
    [true, order],
    [true, { ...order, other: 1, lines: [{ sku: "a" }, { sku: null }] }],
    [true, { ...order, lines: [{ sku: "a" }, { sku: "a" }, { pay_class: "card" }] }],
    [true, { ...order, notes: { a: "b" }, description: "c" }],
    [false, {}],
    [false, { title: "" }],
    [false, { ...order, lines: [{ sku: "a" }, { sku: "A" }, { sku: "a" }] }],
    [false, { ...order, lines: [{ pay_class: "gold" }] }],
    [true, { ...order, parcels: [{ line: { sku: "a" } }, { more: [{ sku: "a" }] }] }],
    [false, { ...order, parcels: [{ line: { sku: "A" } }, { more: [{ sku: "A" }] }] }],
    [false, { ...order, notes: { a: 1 } }],
    [false, { ...order, description: 1 }],
    [false, { title: "\ud800" }],
    [false, { ...order, notes: { a: "\udfff" } }],
    [false, null],
  ])("say %s to %j", (expected, json) => {
    expect(module.VALIDATORS["OrderPlacedPayload"]?.(json)).toBe(expected);
    expect(module.PAYLOAD_VALIDATORS["OrderPlaced"]?.(json)).toBe(expected);
  });

  test("are there for each message, and for each event type", () => {
    expect(Object.keys(module.VALIDATORS)).toEqual(["OrderPlacedPayload", "Parcel", "Line"]);
    expect(Object.keys(module.PAYLOAD_VALIDATORS)).toEqual(["OrderPlaced"]);
  });

  test("make no errors, and import nothing", () => {
    expect(code).not.toContain("schemaPath");
    expect(code).not.toMatch(/\brequire\(|\bimport\b/);
  });
});

describe("validators for violations", () => {
  test("list every keyword that a value breaks", async () => {
    const { module } = await generated("violations", "min_len: 1");
    const validate = module.VALIDATORS["OrderPlacedPayload"];
    expect(validate?.({ title: "", lines: [{ sku: "A" }, { pay_class: "gold" }] })).toBe(false);
    expect(validate?.errors).toEqual([
      expect.objectContaining({ keyword: "minLength", instancePath: "/title", schema: 1 }),
      expect.objectContaining({ keyword: "pattern", instancePath: "/lines/0/sku" }),
      expect.objectContaining({ keyword: "enum", instancePath: "/lines/1/pay_class" }),
    ]);
    // JSON Schema takes any string of JSON.
    expect(validate?.({ title: "\ud800" })).toBe(true);
  });
});

describe.each(["verdict", "violations"])("lengths, for %s", (purpose) => {
  test.each([
    ["min_len: 2", ["ab", "😀😀", "a😀"], ["", "a", "😀"]],
    ["max_len: 2", ["", "ab", "😀😀"], ["abc", "😀😀😀"]],
  ])("of %s count characters, not units of UTF-16", async (limits, accepted, rejected) => {
    const { module, code } = await generated(purpose, limits);
    const validate = module.VALIDATORS["OrderPlacedPayload"];
    expect(accepted.map((title) => validate?.({ title }))).toEqual(accepted.map(() => true));
    expect(rejected.map((title) => validate?.({ title }))).toEqual(rejected.map(() => false));
    expect(code).not.toMatch(/= require\(/);
  });
});

test.each(["verdict", "violations"])("no item is twice in a list, for %s", async (purpose) => {
  const { module } = await generated(purpose, "min_len: 1");
  const validate = module.VALIDATORS["OrderPlacedPayload"];
  expect(validate?.({ ...order, tags: ["a", "b", "__proto__"] })).toBe(true);
  for (const tag of ["a", "__proto__"]) {
    expect(validate?.({ ...order, tags: [tag, "b", tag] })).toBe(false);
  }
});

test("an unknown option is refused", () => {
  expect(() => generate("fun", "min_len: 1")).toThrow("unknown option purpose=fun");
});
