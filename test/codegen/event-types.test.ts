import { beforeAll, describe, expect, test } from "vitest";
import { contractPagePlugin } from "../../src/codegen/contract-page-plugin.js";
import { contractPlugin } from "../../src/codegen/contract-plugin.js";
import { validatorsPlugin } from "../../src/codegen/validators-plugin.js";
import { Image } from "./image.js";

const OPTIONS = `syntax = "proto3";
package shop.v1;
import "google/protobuf/descriptor.proto";
extend google.protobuf.MessageOptions { string event_type = 50001; }
`;

const NESTED = `syntax = "proto3";
package nested;
import "shop/v1/options.proto";
message A { message B { message C { option (shop.v1.event_type) = "Placed"; } } }
`;

/** A contract of two files, with a message for each event type. */
function contract(folder: string, first: readonly string[], second: readonly string[]) {
  const file = (letter: string, types: readonly string[]): [string, string] => [
    `${folder}/${letter}.proto`,
    `syntax = "proto3";
package ${folder};
import "shop/v1/options.proto";
${types.map((type, index) => `message ${letter.toUpperCase()}${index} { option (shop.v1.event_type) = ${JSON.stringify(type)}; }`).join("\n")}
`,
  ];
  return Object.fromEntries([file("a", first), file("b", second)]);
}

const identifier = "but an event type is an identifier: letters, digits and _, no digit first";
type Case = readonly [
  folder: string,
  first: readonly string[],
  second: readonly string[],
  problems: readonly string[],
];
const cases: readonly Case[] = [
  [
    "twice",
    ["Placed", "Paid", "Placed"],
    ["Sent"],
    [
      'twice/a.proto: twice.A2: the option event_type is "Placed", but that is the event type of twice.A0',
    ],
  ],
  [
    "files",
    ["Placed"],
    ["Paid", "Placed"],
    [
      'files/b.proto: files.B1: the option event_type is "Placed", but that is the event type of files.A0',
    ],
  ],
  [
    "constants",
    ["OrderPlaced"],
    ["orderPlaced"],
    [
      'constants/b.proto: constants.B0: the option event_type is "orderPlaced", ' +
        'but "OrderPlaced" of constants.A0 has the same constant, ORDER_PLACED',
    ],
  ],
  [
    "names",
    ["", "order placed", "order-placed", "2nd", "Placed\n", "Bestellt\u00e4"],
    ["_ok", "Ok2"],
    ["", "order placed", "order-placed", "2nd", "Placed\\n", "Bestellt\u00e4"].map(
      (type, index) =>
        `names/a.proto: names.A${index}: the option event_type is "${type}", ${identifier}`,
    ),
  ],
  [
    "several",
    ["Placed", "a.b"],
    ["Placed", "a.b"],
    [
      `several/a.proto: several.A1: the option event_type is "a.b", ${identifier}`,
      'several/b.proto: several.B0: the option event_type is "Placed", but that is the event type of several.A0',
      `several/b.proto: several.B1: the option event_type is "a.b", ${identifier}`,
    ],
  ],
];

let image: Image;
beforeAll(async () => {
  image = await Image.ofFiles({
    "shop/v1/options.proto": OPTIONS,
    "nested/a.proto": NESTED,
    ...Object.assign(
      {},
      ...cases.map(([folder, first, second]) => contract(folder, first, second)),
    ),
  });
});

const nested: Case = [
  "nested",
  [],
  [],
  [
    'nested/a.proto: nested.A.B.C: the option event_type is "Placed", but only a message ' +
      "outside of others can be a payload: take it out of nested.A.B",
  ],
];

describe.each([
  { plugin: contractPlugin, name: contractPlugin.name },
  { plugin: validatorsPlugin, name: validatorsPlugin.name },
  { plugin: contractPagePlugin, name: contractPagePlugin.name },
])("$name refuses", ({ plugin }) => {
  test.for([...cases, nested])(
    "all event types that are unusable, at once: %s",
    ([folder, , , problems]) => {
      expect(() => image.generate(plugin, `${folder}/`, "event_type=shop.v1.event_type")).toThrow(
        expect.objectContaining({
          name: "EventTypeError",
          problems,
          message: problems.join("\n"),
        }),
      );
    },
  );
});
