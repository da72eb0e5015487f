import { beforeAll, expect, test } from "vitest";
import { contractPagePlugin } from "../../src/codegen/contract-page-plugin.js";
import { Image } from "./image.js";

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

let image: Image;
beforeAll(async () => {
  image = await Image.ofFiles({ "shop/orders/v1/orders.proto": ORDERS });
});

test("the page of a contract without options and examples has its rules, those of elements too", () => {
  const page = image.generate(contractPagePlugin, "shop/").get("contract.md") ?? "";
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

test("an unknown option is an error", () => {
  expect(() => image.generate(contractPagePlugin, "shop/", "color=red")).toThrow(
    "unknown option color",
  );
});
