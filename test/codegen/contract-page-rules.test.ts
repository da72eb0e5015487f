import { expect, test } from "vitest";
import { BUF_YAML, VALIDATE, Workspace } from "./workspace.js";

const BUF_GEN_YAML = `version: v2
inputs:
  - directory: proto
    exclude_paths:
      - proto/buf
plugins:
  - local: [node, build/codegen/protoc-gen-contract-page.js]
    out: docs
    strategy: all
    opt:
      - target=ts
`;

const ORDERS = `syntax = "proto3";
package shop.orders.v1;
import "buf/validate/validate.proto";

enum Color { COLOR_UNSPECIFIED = 0; }

// An order.
message Order {
  // Its title.
  optional string title = 1 [(buf.validate.field).string.max_len = 9];
  // Its code.
  optional string code = 2 [(buf.validate.field).string = { min_len: 2, max_len: 3 }];
  // Its size.
  optional string size = 3 [(buf.validate.field).string.pattern = "^[a-z]+$"];
  // Its marks.
  repeated string marks = 4 [(buf.validate.field).repeated = { max_items: 2, items: { string: { min_len: 1 } } }];
  // Its color.
  optional Color color = 6;
  // Its notes.
  map<string, int32> notes = 5 [(buf.validate.field).map = { keys: { string: { max_len: 4 } }, values: { int32: { gte: 1 } } }];
}
`;

function shop(): Workspace {
  const workspace = new Workspace(VALIDATE);
  workspace.write("buf.yaml", BUF_YAML);
  workspace.write("buf.gen.yaml", BUF_GEN_YAML);
  workspace.write("proto/shop/orders/v1/orders.proto", ORDERS);
  return workspace;
}

test("the page of a contract without options and examples has its rules, those of elements too", async () => {
  const workspace = shop();
  await workspace.mustRun("buf", "generate");
  const page = workspace.read("docs/contract.md");
  expect(page.split("\n").filter((line) => /^\| `\w+` \|/.test(line))).toEqual([
    "| `title` | string | | at most 9 characters | Its title. |",
    "| `code` | string | | 2 to 3 characters | Its code. |",
    "| `size` | string | | matches `^[a-z]+$` | Its size. |",
    "| `marks` | list of string | | at most 2 items; each: 1 or more characters | Its marks. |",
    "| `color` | Color | | | Its color. |",
    "| `notes` | map from string to int32 | | each: at least 1; each key: at most 4 characters | Its notes. |",
  ]);
  expect(page).not.toContain("For example:");
});

test("an option that there is not is an error", async () => {
  const workspace = shop();
  workspace.write("buf.gen.yaml", `${BUF_GEN_YAML}      - color=red\n`);
  const { status, stderr } = await workspace.run("buf", "generate");
  expect(stderr).toContain("unknown option color");
  expect(status).not.toBe(0);
});
