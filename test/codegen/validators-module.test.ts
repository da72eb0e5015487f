import { pathToFileURL } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { BUF_YAML, VALIDATE, Workspace } from "./workspace.js";

const BUF_GEN_YAML = `version: v2
inputs:
  - directory: proto
    exclude_paths:
      - proto/buf
plugins:
  - local: [node, build/codegen/protoc-gen-validators.js]
    out: gen
    strategy: all
    opt:
      - target=ts
      - event_type=shop.orders.v1.event_type
      - purpose=PURPOSE
`;

const ORDERS = `syntax = "proto3";
package shop.orders.v1;
import "buf/validate/validate.proto";
import "google/protobuf/descriptor.proto";
extend google.protobuf.MessageOptions { string event_type = 50001; }

message OrderPlacedPayload {
  option (event_type) = "OrderPlaced";
  optional string title = 1 [
    (buf.validate.field).required = true,
    (buf.validate.field).string = { LIMITS }
  ];
  repeated Line lines = 2;
  map<string, string> notes = 3;
  // A property that is named as a keyword is.
  optional string description = 4;
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

/** The validators of the shop, generated, as a program has them. */
async function generated(
  purpose: string,
  limits: string,
): Promise<{ module: Module; code: string }> {
  const shop = new Workspace(VALIDATE);
  shop.write("buf.yaml", BUF_YAML);
  shop.write("buf.gen.yaml", BUF_GEN_YAML.replace("PURPOSE", purpose));
  shop.write("proto/shop/orders/v1/orders.proto", ORDERS.replace("LIMITS", limits));
  await shop.mustRun("buf", "generate");
  const file = `gen/shop/orders/v1/${purpose}_validators.ts`;
  const module: Module = await import(pathToFileURL(shop.path(file)).href);
  return { module, code: shop.read(file) };
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
    expect(Object.keys(module.VALIDATORS)).toEqual(["OrderPlacedPayload", "Line"]);
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
    expect(code).not.toMatch(/\brequire\(/);
  });
});

test("an option that there is not is refused", async () => {
  const shop = new Workspace(VALIDATE);
  shop.write("buf.yaml", BUF_YAML);
  shop.write("buf.gen.yaml", BUF_GEN_YAML.replace("PURPOSE", "fun"));
  shop.write("proto/shop/orders/v1/orders.proto", ORDERS.replace("LIMITS", "min_len: 1"));
  const { status, stderr } = await shop.run("buf", "generate");
  expect(status).not.toBe(0);
  expect(stderr).toContain("unknown option purpose=fun");
});
