import { beforeAll, expect, test } from "vitest";
import { contractPagePlugin } from "../../src/codegen/contract-page-plugin.js";
import { jsonSchemaPlugin } from "../../src/codegen/json-schema-plugin.js";
import { Image } from "./image.js";

let image: Image;
beforeAll(async () => {
  image = await Image.ofFiles({
    "money.proto": 'syntax = "proto3"; message Cash { bool none = 1; }',
    "common/money.proto": 'syntax = "proto3"; package common; message Money { bool coin = 1; }',
    "acme/common/money.proto":
      'syntax = "proto3"; package acme.common; message Money { bool note = 1; }',
    "acme/event.proto": `syntax = "proto3";
package acme;
import "money.proto";
import "common/money.proto";
import "acme/common/money.proto";
message Event {
  acme.common.Money near = 1;
  .common.Money far = 2;
  Cash cash = 3;
  .Cash foreign = 4;
  Inner inner = 5;
  message Inner {}
}
message Cash { bool all = 1; }
message HTTPServer {}
message HttpServer {}
`,
    "acme/v2/event.proto": 'syntax = "proto3"; package acme.v2; message Event {}',
  });
});

test("messages of one short name have schemas by their full names", () => {
  const files = image.generate(jsonSchemaPlugin, "acme/", "id_prefix=x/");
  expect([...files.keys()].sort()).toEqual([
    "acme.Event.schema.json",
    "acme.HTTPServer.schema.json",
    "acme.HttpServer.schema.json",
    "acme.v2.Event.schema.json",
    "cash.schema.json",
    "money.schema.json",
  ]);
  expect(JSON.parse(files.get("acme.v2.Event.schema.json") ?? "")).toMatchObject({
    $id: "x/acme.v2.Event",
    title: "Event",
  });
  const modules = image.generate(jsonSchemaPlugin, "acme/", "id_prefix=x/", "as=module");
  expect(modules.get("acme/v2/json_schemas.ts")).toContain('"$id": "x/acme.v2.Event"');
});

test("messages of one short name have definitions of their own", () => {
  const text = image.generate(jsonSchemaPlugin, "acme/").get("acme.Event.schema.json") ?? "";
  const { $defs, properties } = JSON.parse(text);
  expect(Object.keys($defs)).toEqual([
    "Cash",
    "Event.Inner",
    "acme.Cash",
    "acme.common.Money",
    "common.Money",
  ]);
  const referred = Object.entries<{ anyOf: [{ $ref: string }] }>(properties).map(
    ([name, { anyOf }]) => [name, Object.keys($defs[anyOf[0].$ref.slice(8)].properties)],
  );
  expect(referred).toEqual([
    ["near", ["note"]],
    ["far", ["coin"]],
    ["cash", ["all"]],
    ["foreign", ["none"]],
    ["inner", []],
  ]);
});

test("each package has a page of its own", () => {
  const pages = image.generate(contractPagePlugin, "acme/");
  expect([...pages.keys()].sort()).toEqual(["acme.common.md", "acme.md", "acme.v2.md"]);
});
