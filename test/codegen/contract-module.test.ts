import { pathToFileURL } from "node:url";
import type { DescMessage } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import { contractPlugin } from "../../src/codegen/contract-plugin.js";
import { Image } from "./image.js";
import { BUF_YAML, VALIDATE, Workspace } from "./workspace.js";

const BUF_GEN_YAML = `version: v2
clean: true
inputs:
  - directory: proto
    exclude_paths:
      - proto/buf
plugins:
  - local: [node, build/codegen/protoc-gen-contract.js]
    out: gen
    strategy: all
    opt:
      - target=ts
      - import_extension=js
      - event_type=shop.options.v1.event_type
      - empty_is_present=shop.options.v1.always_there
      - envelope=shop.orders.v1.Envelope
  # The messages, beside which the module stands.
  - local: protoc-gen-es
    out: gen
    opt:
      - target=ts
      - import_extension=js
      - rewrite_imports=./buf/validate/*_pb.js:@bufbuild/protovalidate/gen
`;

const OPTIONS = `syntax = "proto3";
package shop.options.v1;
import "google/protobuf/descriptor.proto";
extend google.protobuf.MessageOptions { string event_type = 50001; }
extend google.protobuf.FieldOptions { bool always_there = 50002; }
`;

const ORDERS = `syntax = "proto3";
package shop.orders.v1;
import "buf/validate/validate.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/wrappers.proto";
import "shop/options/v1/options.proto";
import "shop/orders/v1/line.proto";

// How orders travel.
message Envelope {
  // Which order.
  string event_type = 1 [json_name = "event_type", (buf.validate.field).required = true];
  google.protobuf.Struct body = 2;
  int32 tier = 3;
}

// Nobody sends it.
message Ledger {
  int32 count = 1;
  Line line = 2;
}

// A reducer can make it of JSON, as deep as it is.
message Box {
  string label = 1;
  Box inside = 2;
}

// The JSON of a wrapper is no object.
message Parcel {
  google.protobuf.Int64Value weight = 1;
}

// Somebody ordered something.
message OrderPlacedPayload {
  option (shop.options.v1.event_type) = "OrderPlaced";

  // Which order, such as a/*b*/c.
  string order_id = 1 [json_name = "order_id", (buf.validate.field).required = true];
  // How it is paid.
  string pay_class = 2 [
    json_name = "pay_class",
    (buf.validate.field).required = true,
    (buf.validate.field).string = { in: ["cash", "card"] }
  ];
  optional string status = 3 [(buf.validate.field).string = { in: ["open", "shut"] }];
  repeated Line lines = 4 [(shop.options.v1.always_there) = true];
  repeated string tag = 5 [(buf.validate.field).repeated.items.string = { in: ["new", "old"] }];
  map<string, string> color = 6 [(buf.validate.field).map.values.string = { in: ["red", "blue"] }];
}

// Somebody thought better of it.
message OrderCanceledPayload {
  option (shop.options.v1.event_type) = "OrderCanceled";
  string order_id = 1 [json_name = "order_id"];
  // How it was paid.
  string pay_class = 2 [
    json_name = "pay_class",
    (buf.validate.field).string = { in: ["cash", "card"] }
  ];
}
`;

const LINE = `syntax = "proto3";
package shop.orders.v1;
import "buf/validate/validate.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";

message Line {
  message Price {
    enum Currency { CURRENCY_UNSPECIFIED = 0; CURRENCY_EURO = 1; }
    Currency currency = 1;
    optional double amount = 2;
  }
  Price price = 1 [(buf.validate.field).required = true];
  bool gift = 2;
  optional bool wrapped = 3;
  int32 count = 4;
  int64 total = 5;
  repeated int64 totals = 6;
  map<string, uint64> by_name = 7 [json_name = "by_name"];
  bytes picture = 8;
  google.protobuf.Timestamp at = 9;
  google.protobuf.Duration within = 10;
  google.protobuf.Struct any_object = 11;
  google.protobuf.Value any_value = 12;
  google.protobuf.ListValue any_list = 13;
  google.protobuf.StringValue maybe = 14;
  repeated Price.Currency currencies = 15;
  string odd_name = 16 [json_name = "odd-name"];
}
`;

const CONTRACT = "gen/shop/orders/v1/contract.ts";
const IMPORT = 'from "./gen/shop/orders/v1/contract.js"';

let shop: Workspace;
beforeAll(async () => {
  shop = new Workspace(VALIDATE);
  shop.write("buf.yaml", BUF_YAML);
  shop.write("buf.gen.yaml", BUF_GEN_YAML);
  shop.write("proto/shop/options/v1/options.proto", OPTIONS);
  shop.write("proto/shop/orders/v1/orders.proto", ORDERS);
  shop.write("proto/shop/orders/v1/line.proto", LINE);
  shop.write("package.json", '{ "type": "module" }');
  shop.write(
    "tsconfig.json",
    JSON.stringify({
      compilerOptions: {
        target: "ES2023",
        lib: ["ES2023"],
        types: [],
        module: "nodenext",
        strict: true,
        exactOptionalPropertyTypes: true,
        noUncheckedIndexedAccess: true,
        skipLibCheck: true,
        noEmit: true,
      },
      include: ["gen", "*.ts"],
    }),
  );
  await shop.mustRun("buf", "generate");
});

describe("the generated module, at run time", () => {
  let values: { readonly [name: string]: unknown };
  let registry: { readonly [eventType: string]: DescMessage };
  beforeAll(async () => {
    const { PAYLOAD_SCHEMAS, ...rest } = await import(pathToFileURL(shop.path(CONTRACT)).href);
    values = rest;
    registry = PAYLOAD_SCHEMAS;
  });

  test("holds the literals of each vocabulary once, in the order of the contract", () => {
    expect(values).toMatchObject({
      PAY_CLASSES: ["cash", "card"],
      STATUSES: ["open", "shut"],
      TAGS: ["new", "old"],
      COLORS: ["red", "blue"],
    });
  });

  test("holds a constant for each event type, and all of them in order of declaration", () => {
    expect(values).toMatchObject({
      ORDER_PLACED: "OrderPlaced",
      ORDER_CANCELED: "OrderCanceled",
      ORDERS_EVENT_TYPES: ["OrderPlaced", "OrderCanceled"],
    });
  });

  test("pairs each event type with the message of its payload", () => {
    expect(Object.entries(registry).map(([type, { typeName }]) => [type, typeName])).toEqual([
      ["OrderPlaced", "shop.orders.v1.OrderPlacedPayload"],
      ["OrderCanceled", "shop.orders.v1.OrderCanceledPayload"],
    ]);
  });

  test("holds nothing else", () => {
    expect(Object.keys(values).sort()).toEqual([
      "COLORS",
      "ORDERS_EVENT_TYPES",
      "ORDER_CANCELED",
      "ORDER_PLACED",
      "PAY_CLASSES",
      "STATUSES",
      "TAGS",
    ]);
  });
});

describe("the generated module, for the compiler", () => {
  const same = `type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
`;
  const line = (within: string) => `import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import type { Line_PriceJson, LineJson } ${IMPORT};
${same}
export const isSame: Same<LineJson, {
  price: Line_PriceJson;
  gift?: boolean | null;
  wrapped?: boolean | null;
  count?: number | null;
  total?: number | string | null;
  totals?: (number | string)[] | null;
  by_name?: { [key: string]: number | string } | null;
  picture?: string | null;
  at?: string | null;
  ${within};
  anyObject?: JsonObject | null;
  anyValue?: JsonValue | null;
  anyList?: JsonValue[] | null;
  maybe?: string | null;
  currencies?: ("CURRENCY_UNSPECIFIED" | "CURRENCY_EURO")[] | null;
  "odd-name"?: string | null;
}> = true;
`;
  const price = (amount: string) => `import type { Line_PriceJson } ${IMPORT};
${same}
export const isSame: Same<Line_PriceJson, {
  currency?: "CURRENCY_UNSPECIFIED" | "CURRENCY_EURO" | null;
  amount?: ${amount};
}> = true;
`;
  const placed = (lines: string) => `import type {
  Color, LineJson, OrderPlacedPayloadJson, PayClass, Status, Tag,
} ${IMPORT};
${same}
export const isSame: Same<OrderPlacedPayloadJson, {
  order_id: string;
  pay_class: PayClass;
  status?: Status | null;
  ${lines};
  tag?: Tag[] | null;
  color?: { [key: string]: Color } | null;
}> = true;
`;
  const json = (fields: string) => `import type { OrderPlacedPayloadJson } ${IMPORT};
export const json: OrderPlacedPayloadJson = { order_id: "1", ${fields} };
`;
  type Case = [what: string, program: (part: string) => string, right: string, wrong: string];
  const cases: readonly Case[] = [
    [
      "a literal",
      (literal) =>
        `import type { PayClass } ${IMPORT};\nexport const paid: PayClass = ${literal};\n`,
      '"cash"',
      '"cahs"',
    ],
    [
      "a literal in a comparison",
      (literal) => `import type { PayClass } ${IMPORT};
export const isCash = (paid: PayClass): boolean => paid === ${literal};\n`,
      '"card"',
      '"cart"',
    ],
    [
      "a literal among the list of all",
      (literal) => `import { PAY_CLASSES } ${IMPORT};
export const first: ${literal} = PAY_CLASSES[0];\n`,
      '"cash"',
      '"card"',
    ],
    ["a literal in JSON", (literal) => json(`pay_class: ${literal}`), '"card"', '"crad"'],
    [
      "a literal in a list in JSON",
      (literal) => json(`pay_class: "card", tag: ["new", ${literal}]`),
      '"old"',
      '"odl"',
    ],
    [
      "a literal in a map in JSON",
      (literal) => json(`pay_class: "card", color: { a: ${literal} }`),
      '"red"',
      '"rde"',
    ],
    ["the name of a field in JSON", (name) => json(`${name}: "card"`), "pay_class", "pay_clas"],
    [
      "a required field in JSON",
      (name) => `import type { OrderPlacedPayloadJson } ${IMPORT};
export const json: OrderPlacedPayloadJson = { pay_class: "card", ${name}: "1" };\n`,
      "order_id",
      "oder_id",
    ],
    [
      "an event type",
      (type) => `import type { OrdersEventType } ${IMPORT};
export const type: OrdersEventType = ${type};\n`,
      '"OrderPlaced"',
      '"OrderPlacd"',
    ],
    [
      "the constant of an event type",
      (constant) => `import { ${constant} } ${IMPORT};
export const type: "OrderPlaced" = ${constant};\n`,
      "ORDER_PLACED",
      "ORDER_PLACD",
    ],
    [
      "the value of an event type constant",
      (type) => `import { ORDER_CANCELED } ${IMPORT};
export const type: ${type} = ORDER_CANCELED;\n`,
      '"OrderCanceled"',
      '"OrderCancelled"',
    ],
    [
      "the registry",
      (type) => `import { PAYLOAD_SCHEMAS } ${IMPORT};
export const payload = PAYLOAD_SCHEMAS[${type}];\n`,
      '"OrderPlaced"',
      '"OrderPlacd"',
    ],
    [
      "the message that the registry pairs with an event type",
      (typeName) => `import { PAYLOAD_SCHEMAS } ${IMPORT};
import type { MessageShape } from "@bufbuild/protobuf";
export const payload = (message: MessageShape<(typeof PAYLOAD_SCHEMAS)["OrderPlaced"]>):
  ${typeName} => message.$typeName;\n`,
      '"shop.orders.v1.OrderPlacedPayload"',
      '"shop.orders.v1.OrderCanceledPayload"',
    ],
    [
      "the JSON that goes with an event type",
      (type) => `import type { OrderCanceledPayloadJson, PayloadJson } ${IMPORT};
${same}
export const isSame: Same<PayloadJson[${type}], OrderCanceledPayloadJson> = true;\n`,
      '"OrderCanceled"',
      '"OrderPlaced"',
    ],
    ["the JSON of every kind of field", line, "within?: string | null", "within?: number | null"],
    [
      "the JSON of a nested message",
      price,
      'number | "NaN" | "Infinity" | "-Infinity" | null',
      "number | null",
    ],
    [
      "an event with its payload",
      (type) => `import type { OrdersEventJson } ${IMPORT};
export const json: OrdersEventJson = {
  event_type: ${type}, tier: null, body: { order_id: "1", lines: [], pay_class: "cash" },
};\n`,
      '"OrderPlaced"',
      '"OrderCanceled"',
    ],
    [
      "the payload that goes with an event type",
      (body) => `import type { OrdersEventJson } ${IMPORT};
export const json: OrdersEventJson = { event_type: "OrderCanceled", ${body} };\n`,
      'body: { order_id: "1" }',
      'bodi: { order_id: "1" }',
    ],
    [
      "that nobody sends what is only written",
      (count) => `import type { LedgerJson } ${IMPORT};
${same}
export const isSame: Same<LedgerJson["count"], ${count}> = true;\n`,
      "number | undefined",
      "number | null | undefined",
    ],
    [
      "the literals of an accepted message",
      (literals) => `import type { OrderPlacedPayloadValue, PayClass, Status } ${IMPORT};
${same}
export const isSame: Same<
  Pick<OrderPlacedPayloadValue, "payClass" | "status">,
  { readonly payClass: ${literals}; readonly status?: Status | undefined }
> = true;\n`,
      "PayClass",
      "string",
    ],
    [
      "that an accepted message cannot be changed",
      (change) => `import type { OrderPlacedPayloadValue } ${IMPORT};
export const change = (value: OrderPlacedPayloadValue) => { ${change} };\n`,
      "return value.tag[0];",
      'value.tag[0] = "new";',
    ],
    [
      "the literal that is absent",
      (literals) => `import type { OrderCanceledPayloadValue, PayClass } ${IMPORT};
${same}
export const isSame: Same<OrderCanceledPayloadValue["payClass"], ${literals}> = true;\n`,
      'PayClass | ""',
      "PayClass",
    ],
    [
      "the value of every kind of field",
      (within) => `import type { JsonObject } from "@bufbuild/protobuf";
import type { Duration, ListValue, Timestamp, Value } from "@bufbuild/protobuf/wkt";
import type { Line_PriceValue, LineValue } ${IMPORT};
import type { Line_Price_Currency } from "./gen/shop/orders/v1/line_pb.js";
${same}
export const isSame: Same<LineValue, {
  readonly $typeName: "shop.orders.v1.Line";
  readonly price: Line_PriceValue;
  readonly gift: boolean;
  readonly wrapped?: boolean | undefined;
  readonly count: number;
  readonly total: bigint;
  readonly totals: readonly bigint[];
  readonly byName: { readonly [key: string]: bigint };
  readonly picture: Uint8Array;
  readonly at?: Timestamp | undefined;
  readonly within?: ${within};
  readonly anyObject?: JsonObject | undefined;
  readonly anyValue?: Value | undefined;
  readonly anyList?: ListValue | undefined;
  readonly maybe?: string | undefined;
  readonly currencies: readonly Line_Price_Currency[];
  readonly oddName: string;
}> = true;\n`,
      "Duration | undefined",
      "Duration",
    ],
    ["which fields may be null", placed, "lines?: LineJson[]", "lines?: LineJson[] | null"],
  ];

  let complaints: readonly string[];
  beforeAll(async () => {
    for (const [index, [_what, program, right, wrong]] of cases.entries()) {
      shop.write(`right-${index}.ts`, program(right));
      shop.write(`wrong-${index}.ts`, program(wrong));
    }
    const { stdout } = await shop.run("tsc", "--project", ".", "--pretty", "false");
    // An indented line belongs to the line before it.
    complaints = stdout.split(/\n(?=\S)/);
  });

  test("compiles", () => {
    expect(complaints.filter((complaint) => complaint.startsWith("gen/"))).toEqual([]);
  });

  test.for(cases.map(([what, _program, right, wrong], index) => ({ what, right, wrong, index })))(
    "knows $what: $right, not $wrong",
    ({ index }) => {
      const about = (file: string) => complaints.filter((text) => text.startsWith(`${file}(`));
      expect(about(`right-${index}.ts`)).toEqual([]);
      expect(about(`wrong-${index}.ts`)).toHaveLength(1);
    },
  );
});

test("a message that contains itself is made of accepted JSON at every level", async () => {
  const { boxOf } = await import(pathToFileURL(shop.path("gen/shop/orders/v1/accepted.ts")).href);
  expect(boxOf({ label: "outer", inside: { label: "inner" } })).toMatchObject({
    label: "outer",
    inside: { $typeName: "shop.orders.v1.Box", label: "inner" },
  });
});

describe("comments of the contract", () => {
  test("stand where an editor shows them", () => {
    const text = shop.read(CONTRACT);
    expect(text).toContain(`/**
 * Somebody ordered something.
 */
export const ORDER_PLACED = "OrderPlaced";
`);
    expect(text).toContain(`/**
 * The literals of \`pay_class\`, frozen. How it is paid.
 */
export const PAY_CLASSES = /* @__PURE__ */ Object.freeze([
  "cash",
  "card",
] as const);

/**
 * One of {@link PAY_CLASSES}.
 */
export type PayClass = (typeof PAY_CLASSES)[number];
`);
  });
});

describe("what stops the generator", () => {
  const variants: readonly [difference: string, literals: string][] = [
    ["the same literals", '"open", "shut"'],
    ["other literals", '"open", "closed"'],
    ["fewer literals", '"open"'],
    ["more literals", '"open", "shut", "ajar"'],
    ["another order", '"shut", "open"'],
  ];
  /** The contract again, in a package of its own, with one more field `status`. */
  const variant = (index: number, literals: string): [path: string, text: string][] => {
    const field = `  optional string status = 99 [(buf.validate.field).string = { in: [${literals}] }];\n`;
    const line = LINE.replace("message Line {\n", `message Line {\n${field}`);
    return Object.entries({ orders: ORDERS, line }).map(([name, text]) => [
      `shop/orders/v${index + 2}/${name}.proto`,
      text
        .replace("package shop.orders.v1;", `package shop.orders.v${index + 2};`)
        .replace("shop/orders/v1/", `shop/orders/v${index + 2}/`),
    ]);
  };
  const options = {
    event_type: "shop.options.v1.event_type",
    empty_is_present: "shop.options.v1.always_there",
  };
  let image: Image;
  beforeAll(async () => {
    image = await Image.ofFiles({
      "shop/options/v1/options.proto": OPTIONS,
      ...Object.fromEntries(variants.flatMap(([, literals], index) => variant(index, literals))),
    });
  });
  const generate = (version: number, given: { readonly [option: string]: string }) =>
    image.generate(
      contractPlugin,
      `shop/orders/v${version}/`,
      ...Object.entries(given).map((option) => option.join("=")),
    );

  test.for(variants.slice(1).map(([difference], index) => [difference, index + 3] as const))(
    "two fields of one name with %s, by the names of both",
    ([_difference, version]) => {
      expect(() => generate(version, options)).toThrow(
        `shop.orders.v${version}.OrderPlacedPayload.status and ` +
          `shop.orders.v${version}.Line.status have the same name but different literals`,
      );
    },
  );

  test("two fields of one name with the same literals do not", () => {
    const text = generate(2, options).get("shop/orders/v2/contract.ts");
    expect(text?.match(/export const STATUSES/g)).toHaveLength(1);
  });

  test.for<[what: string, option: { readonly [name: string]: string }, complaint: string]>([
    [
      "an option that no contract declares",
      { event_type: "shop.options.v1.event_typ" },
      "no option shop.options.v1.event_typ among the inputs",
    ],
    [
      "an option that it does not know",
      { empty_is_there: "shop.options.v1.always_there" },
      "unknown option empty_is_there",
    ],
    [
      "an envelope that no contract declares",
      { event_type: "shop.options.v1.event_type", envelope: "shop.orders.v2.Envelop" },
      "no message shop.orders.v2.Envelop with a field event_type",
    ],
    [
      "an envelope without a payload",
      { event_type: "shop.options.v1.event_type", envelope: "shop.orders.v2.Ledger" },
      "no message shop.orders.v2.Ledger with a field event_type",
    ],
  ])("%s", ([_what, option, complaint]) => {
    expect(() => generate(2, option)).toThrow(complaint);
  });
});
