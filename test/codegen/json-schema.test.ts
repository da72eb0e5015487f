import { readdirSync } from "node:fs";
import type { JsonObject } from "@bufbuild/protobuf";
import { beforeAll, describe, expect, test } from "vitest";
import { jsonSchemaPlugin } from "../../src/codegen/json-schema-plugin.js";
import { deep } from "../support/runs.js";
import { Acme, acmeProject, describeValue, document, type Value } from "./acme.js";
import { Image } from "./image.js";

let acme: Acme;
beforeAll(async () => {
  acme = await Acme.create();
});

describe("a field takes what its rules let pass, in the schema as in protovalidate", () => {
  type Case = {
    /** `Message.field` */
    readonly field: string;
    readonly accepts: readonly Value[];
    readonly rejects: readonly Value[];
    /** Values that the schema rejects although stock ProtoJSON and protovalidate accept them. */
    readonly stricter?: readonly Value[];
  };
  const uuid = "3f2c8a4e-0b1d-4c5e-9f00-a1b2c3d4e5f6";
  const address = { street: "Main" };
  const cases: readonly Case[] = [
    // Strings are measured in code points.
    {
      field: "Strings.min",
      accepts: ["ab", "abc", "😀😀", null, undefined],
      rejects: ["", "a", "😀", 12],
    },
    { field: "Strings.max", accepts: ["", "abc", "😀😀😀", null], rejects: ["abcd", "😀😀😀😀"] },
    { field: "Strings.both", accepts: ["ab", "abc"], rejects: ["", "a", "abcd"] },
    {
      field: "Strings.pattern",
      accepts: ["a-1", "abc-9", null],
      rejects: ["", "a-", "A-1", "a-1\n", "xa-12"],
    },
    { field: "Strings.part", accepts: ["b", "abc"], rejects: ["", "B", "ac"] },
    {
      field: "Strings.literal",
      accepts: ["red", "blue", "", null],
      rejects: ["Red", "red ", "green", 0],
    },
    {
      field: "Strings.uuid",
      accepts: [uuid, uuid.toUpperCase(), null],
      rejects: ["", uuid.replaceAll("-", ""), ` ${uuid}`, `${uuid}0`, uuid.replace("a", "g")],
    },
    { field: "Strings.notUuid", accepts: ["", "anything", uuid], rejects: [1] },
    {
      field: "Strings.uuidFour",
      accepts: [uuid],
      rejects: [uuid.replace("-4", "-1"), `${uuid.slice(0, 14)}4`, ""],
    },
    { field: "Strings.shortLiteral", accepts: ["red", null], rejects: ["blue", ""] },
    { field: "Strings.wrapped", accepts: ["ab", null, undefined], rejects: ["", "a", 1] },

    // Without presence, the empty string stands for an absent field.
    { field: "PlainStrings.min", accepts: ["ab"], rejects: ["", "a", null, undefined] },
    { field: "PlainStrings.pattern", accepts: ["ab"], rejects: ["", "b", null, undefined] },
    { field: "PlainStrings.literal", accepts: ["red"], rejects: ["", "r", null, undefined] },
    { field: "PlainStrings.uuid", accepts: [uuid], rejects: ["", "r", null, undefined] },
    { field: "PlainStrings.loosePattern", accepts: ["aa", "", null, undefined], rejects: ["b"] },
    { field: "PlainStrings.looseLiteral", accepts: ["red", "", null, undefined], rejects: ["b"] },
    { field: "PlainStrings.max", accepts: ["a", "", null, undefined], rejects: ["ab"] },
    {
      field: "PlainStrings.requiredLiteral",
      accepts: ["red"],
      rejects: ["", "b", null, undefined],
    },

    // Integers.
    { field: "Integers.low", accepts: [-5, 0, 2 ** 31 - 1, null], rejects: [-6, 2 ** 31, 0.5] },
    { field: "Integers.high", accepts: [5, 0, -(2 ** 31), null], rejects: [6, -(2 ** 31) - 1] },
    { field: "Integers.both", accepts: [-5, 12, null], rejects: [-6, 13], stricter: ["12"] },
    {
      field: "Integers.low64",
      accepts: [-5, "-5", 0, "0", "9223372036854775807", 2 ** 53, null, undefined],
      rejects: [-6, "-6", "9223372036854775808", 2 ** 63, "", "x", 0.5, "0.5"],
      stricter: ["-05", "+5"],
    },
    {
      field: "Integers.high64",
      accepts: [5, "5", "-9223372036854775808", -(2 ** 63)],
      rejects: [6, "6", "10", "-9223372036854775809", -(2 ** 64)],
    },
    {
      field: "Integers.both64",
      accepts: [-5, "-5", 120, "120", "99", null],
      rejects: [-6, "-6", 121, "121", "1000"],
    },
    {
      field: "Integers.huge",
      accepts: [
        "9007199254740995",
        "-9007199254740995",
        2 ** 53 + 2,
        -(2 ** 53) - 2,
        "9007199254740993",
      ],
      rejects: ["9007199254740996", "-9007199254740996", 2 ** 53 + 4, -(2 ** 53) - 4],
    },
    {
      field: "Integers.end",
      accepts: ["9223372036854775806", 2 ** 63 - 1024],
      rejects: ["9223372036854775807", 2 ** 63],
    },
    { field: "Integers.wrapped", accepts: [0, "7", null], rejects: [-1, "-1"] },

    // Without presence, 0 stands for an absent field.
    { field: "PlainIntegers.positive", accepts: [1], rejects: [0, -1, null, undefined] },
    { field: "PlainIntegers.negative", accepts: [-1], rejects: [0, 1, null, undefined] },
    { field: "PlainIntegers.natural", accepts: [0, 1, null, undefined], rejects: [-1] },
    { field: "PlainIntegers.positive64", accepts: [1, "1"], rejects: [0, "0", null, undefined] },
    {
      field: "PlainIntegers.negative64",
      accepts: [-1, "-1"],
      rejects: [0, "0", null, undefined],
      stricter: [],
    },
    { field: "PlainIntegers.natural64", accepts: [0, "0", null, undefined], rejects: [-1, "-1"] },

    // Lists.
    {
      field: "Lists.max",
      accepts: [[], ["a"], ["a", "b"], null, undefined],
      rejects: [["a", "b", "c"], "a", {}, [1], [null]],
    },
    { field: "Lists.words", accepts: [[], ["ab", "cd"]], rejects: [["ab", "c"], [""]] },
    { field: "Lists.counts", accepts: [[0, "7"]], rejects: [[-1], ["-1"], [0, 1.5]] },
    { field: "Lists.literals", accepts: [["red", "red"]], rejects: [["red", "green"]] },
    { field: "Lists.wrapped", accepts: [["ab"], []], rejects: [["a"], [null]] },
    {
      field: "RequiredLists.min",
      accepts: [
        ["a", "b"],
        ["a", "b", "c"],
      ],
      rejects: [["a"], [], null, undefined],
    },

    // Maps.
    {
      field: "Maps.max",
      accepts: [{}, { a: "1", b: "2" }, null, undefined],
      rejects: [{ a: "1", b: "2", c: "3" }, [], { a: null }, { a: 1 }],
    },
    { field: "Maps.keys", accepts: [{ ab: "" }], rejects: [{ a: "" }, { "": "" }] },
    { field: "Maps.uuids", accepts: [{ [uuid]: "" }, {}], rejects: [{ a: "" }] },
    {
      field: "Maps.numbers",
      accepts: [{ "-1": "", 0: "", 12: "" }],
      rejects: [{ "-2": "" }, { 13: "" }, { a: "" }, { 1.5: "" }, { "": "" }],
      stricter: [{ "01": "" }, { "+1": "" }],
    },
    {
      field: "Maps.numbers64",
      accepts: [{ 0: "", "9223372036854775807": "" }],
      rejects: [{ "-1": "" }, { "9223372036854775808": "" }, { a: "" }],
      stricter: [{ "01": "" }],
    },
    { field: "Maps.words", accepts: [{ x: "a" }], rejects: [{ x: "b" }, { x: "a", y: "" }] },
    { field: "Maps.counts", accepts: [{ x: 9, y: "9" }], rejects: [{ x: 10 }, { x: "10" }] },
    {
      field: "Maps.literals",
      accepts: [{ left: "red", right: "red" }],
      rejects: [{ up: "red" }, { left: "green" }],
    },
    {
      field: "RequiredMaps.min",
      accepts: [{ a: "", b: "" }],
      rejects: [{ a: "" }, {}, null, undefined],
    },

    // Required and optional messages, lists and maps.
    {
      field: "Containers.requiredMessage",
      accepts: [address, { ...address, unknown: 1 }],
      rejects: [{}, { street: "" }, null, undefined, [], "a"],
    },
    {
      field: "Containers.requiredList",
      accepts: [["a"], [""]],
      rejects: [[], null, undefined, "a"],
    },
    {
      field: "Containers.requiredMap",
      accepts: [{ a: "" }, { "": "" }],
      rejects: [{}, null, undefined, []],
    },
    { field: "Containers.message", accepts: [address, null, undefined], rejects: [{}, "a", []] },
    {
      field: "Containers.messages",
      accepts: [[address], [], null, undefined],
      rejects: [[{}], [address, null], address],
    },
    {
      field: "Containers.messagesByName",
      accepts: [{ a: address }, {}, null, undefined],
      rejects: [{ a: {} }, { a: null }, [address]],
    },

    // Nested and recursive messages.
    {
      field: "Outer.inner",
      accepts: [{}, { innermost: { depth: 0 } }, { innermost: null }],
      rejects: [{ innermost: {} }, { innermost: { depth: "x" } }],
    },
    { field: "Outer.shortcut", accepts: [{ depth: 1 }, null], rejects: [{}, { depth: null }] },
    {
      field: "Node.next",
      accepts: [{ name: "a" }, { name: "", next: { name: "b", next: null } }],
      rejects: [{}, { name: "a", next: {} }, { name: "a", next: { name: "b", next: { name: 1 } } }],
    },
    {
      field: "Node.children",
      accepts: [[], [{ name: "a", children: [{ name: "b" }] }]],
      rejects: [[{}], [{ name: "a", children: [{ name: "b" }, {}] }]],
    },
    {
      field: "Node.byName",
      accepts: [{ a: { name: "a", byName: { b: { name: "b" } } } }],
      rejects: [{ a: {} }, { a: { name: "a", byName: { b: {} } } }],
    },
    {
      field: "Tree.root",
      accepts: [{ name: "a", next: { name: "b" } }],
      rejects: [{}, { name: "a", next: {} }],
    },

    // Well-known types.
    {
      field: "WellKnown.struct",
      accepts: [{}, { a: [1, null, { b: "c" }] }, null],
      rejects: [[], "a", 1],
    },
    {
      field: "WellKnown.value",
      accepts: [null, true, 1.5, "a", [null], { a: {} }, undefined],
      rejects: [],
    },
    {
      field: "WellKnown.listValue",
      accepts: [[], [1, "a", null, [], {}], null],
      rejects: [{}, "a", 0],
    },
    { field: "WellKnown.empty", accepts: [{}, { unknown: 1 }, null], rejects: [[], "a", true] },
    { field: "RequiredWellKnown.value", accepts: [null, 0, "", {}], rejects: [undefined] },
    { field: "RequiredWellKnown.wrapped", accepts: ["", "a"], rejects: [null, undefined, 1] },
    { field: "WellKnownLists.values", accepts: [[null, 1, "a", []]], rejects: [{}] },
    { field: "WellKnownLists.structs", accepts: [{ a: {} }], rejects: [{ a: [] }, { a: null }] },
    { field: "WellKnownLists.wrapped", accepts: [[1, "2"]], rejects: [["a"], [null], [{}]] },

    // Enums, by name or by number. A reader that ignores unknown fields ignores
    // unknown names as well, which would hide a typo.
    {
      field: "Enums.plain",
      accepts: ["COLOR_RED", "COLOR_UNSPECIFIED", 0, 1, -2, 7, 2 ** 31 - 1, null, undefined],
      rejects: [true, 1.5, [], {}, 2 ** 31, -(2 ** 31) - 1],
      stricter: ["RED", "color_red", "1", ""],
    },
    { field: "Enums.optional", accepts: ["COLOR_BLUE", 0, null], rejects: [false] },
    { field: "Enums.list", accepts: [["COLOR_RED", 7], []], rejects: [[null], ["COLOR_RED", {}]] },
    { field: "Enums.map", accepts: [{ a: "COLOR_RED", b: 7 }], rejects: [{ a: null }, { a: [] }] },
    { field: "Enums.level", accepts: ["LEVEL_NONE", "LEVEL_ZERO"], rejects: [[]] },
    {
      field: "RequiredEnums.plain",
      accepts: ["COLOR_RED", "COLOR_BLUE", 1, -2, 7],
      rejects: ["COLOR_UNSPECIFIED", 0, null, undefined, "RED"],
    },
    {
      field: "RequiredEnums.optional",
      accepts: ["COLOR_RED", "COLOR_UNSPECIFIED", 0, 7],
      rejects: [null, undefined, "RED"],
    },
    {
      field: "RequiredEnums.level",
      accepts: ["LEVEL_ONE", 1],
      rejects: ["LEVEL_NONE", "LEVEL_ZERO", 0, null, undefined],
    },
    {
      field: "Closed.size",
      accepts: ["SIZE_SMALL", 1, 2, null, undefined],
      rejects: [0, 3, 1.5, true],
      stricter: ["SMALL"],
    },
    { field: "Closed.count", accepts: [0, 1, null, undefined], rejects: ["a", 0.5] },
  ];

  test.for(cases)("$field", ({ field, accepts, rejects, stricter = [] }) => {
    const [message = "", name = ""] = field.split(".");
    const withValue = (value: Value) => document({ ...valid[message], [name]: value });
    const verdicts = (values: readonly Value[]) =>
      values.map((value) => [
        describeValue(value),
        {
          schema: acme.schemaAccepts(message, withValue(value)),
          stock: acme.stockAccepts(message, withValue(value)),
        },
      ]);
    const expected = (values: readonly Value[], schema: boolean, stock: boolean) =>
      values.map((value) => [describeValue(value), { schema, stock }]);
    expect(verdicts(accepts)).toEqual(expected(accepts, true, true));
    expect(verdicts(rejects)).toEqual(expected(rejects, false, false));
    expect(verdicts(stricter)).toEqual(expected(stricter, false, true));
  });

  // protovalidate 1.3 for JavaScript forgets the rules of messages that contain
  // each other, so that there is nothing to compare with.
  test.for<[document: JsonObject, accepted: boolean]>([
    [{ name: "a", egg: { weight: 1, chicken: { name: "b", egg: { weight: 2 } } } }, true],
    [{ name: "a", egg: {} }, false],
    [{ name: "a", egg: { weight: 1, chicken: {} } }, false],
    [{ name: "a", egg: { weight: 1, chicken: { name: "b", egg: {} } } }, false],
  ])(
    "messages that contain each other are checked all the way down: %j",
    ([document, accepted]) => {
      expect(acme.schemaAccepts("Chicken", document)).toBe(accepted);
    },
  );

  test("every field that has a rule is among the cases", () => {
    const tested = new Set(cases.map(({ field }) => field));
    const fields = [
      "Strings",
      "PlainStrings",
      "Integers",
      "PlainIntegers",
      "Lists",
      "RequiredLists",
      "Maps",
      "RequiredMaps",
      "Containers",
      "WellKnown",
      "Enums",
      "RequiredEnums",
    ].flatMap((message) =>
      acme.descriptor(message).fields.map((field) => `${message}.${field.jsonName}`),
    );
    expect(fields.filter((field) => !tested.has(field))).toEqual([]);
  });

  /** A valid document of each message that has fields which must be there. */
  const valid: { readonly [message: string]: { readonly [field: string]: Value } } = {
    Containers: { requiredMessage: address, requiredList: ["a"], requiredMap: { a: "" } },
    Node: { name: "a" },
    PlainIntegers: { positive: 1, negative: -1, positive64: 1, negative64: -1 },
    PlainStrings: { min: "ab", pattern: "a", literal: "red", uuid, requiredLiteral: "red" },
    RequiredEnums: { plain: 1, optional: 0, level: 1 },
    RequiredWellKnown: { value: 1, wrapped: "a" },
  };
});

describe("the text of a schema", () => {
  test("is the same whenever it is generated", () => {
    expect(acme.generate()).toEqual(acme.schemas);
    expect(acme.schemas.size).toBe(30);
  });

  // The one run of all of it; the other tests run the plugin in this process.
  test.runIf(deep)("is what buf writes into the files", async () => {
    const project = acmeProject();
    await project.mustRun("buf", "generate");
    const files = readdirSync(project.path("schemas"));
    expect(new Map(files.map((file) => [file, project.read(`schemas/${file}`)]))).toEqual(
      new Map([...acme.schemas].toSorted()),
    );
  });

  test("holds title, descriptions, properties, required and definitions, in this order", () => {
    const address = acme.text("Address");
    expect(address).toBe(`{
  "$schema": "https://json-schema.org/draft/2020-12/schema",
  "$id": "acme/address",
  "title": "Address",
  "description": "Where the mail goes.",
  "type": "object",
  "properties": {
    "street": {
      "type": "string",
      "minLength": 1
    }
  },
  "required": [
    "street"
  ]
}
`);
    const { $defs, ...customer } = acme.schema("Customer");
    expect(Object.keys(customer)).toEqual([
      "$schema",
      "$id",
      "title",
      "description",
      "type",
      "properties",
      "required",
    ]);
    expect($defs).toEqual({
      "acme.shared.v1.Address": {
        title: "Address",
        description: "Where the mail goes.",
        type: "object",
        properties: { street: { type: "string", minLength: 1 } },
        required: ["street"],
      },
    });
  });

  test("is written without options too: then the id is the name alone", async () => {
    const bare = await Image.ofFiles({
      "bare.proto": 'syntax = "proto3";\npackage bare;\nmessage HTTPCallLog {}\n',
    });
    const text = bare.generate(jsonSchemaPlugin, "bare.proto").get("http_call_log.schema.json");
    expect(JSON.parse(text ?? "")).toEqual({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: "http_call_log",
      title: "HTTPCallLog",
      type: "object",
      properties: {},
    });
  });

  test("is the same in a module, under the full name of its message", async () => {
    const bare = await Image.ofFiles({
      "bare.proto": 'syntax = "proto3";\npackage bare;\nmessage HTTPCallLog {}\n',
    });
    const files = bare.generate(jsonSchemaPlugin, "bare.proto", "as=module", "id_prefix=x/");
    expect([...files.keys()]).toEqual(["bare/json_schemas.ts"]);
    const [, table = ""] = /Object\.freeze\((\{[\s\S]*\})\)/.exec([...files.values()].join()) ?? [];
    expect(JSON.parse(table.replace(/,\s*\}$/, "}"))).toEqual({
      "bare.HTTPCallLog": {
        $schema: "https://json-schema.org/draft/2020-12/schema",
        $id: "x/http_call_log",
        title: "HTTPCallLog",
        type: "object",
        properties: {},
      },
    });
  });

  test("prints bounds exactly that JavaScript cannot hold", () => {
    const text = acme.text("Plain");
    expect(text).toContain('"minimum": -9223372036854775808,');
    expect(text).toContain('"exclusiveMaximum": 9223372036854775808\n');
    expect(text).toContain('"exclusiveMaximum": 18446744073709551616\n');
    const integers = acme.text("Integers");
    expect(integers).toContain('"exclusiveMinimum": -9007199254740996,');
    expect(integers).toContain('"exclusiveMaximum": 9007199254740996\n');
    expect(integers).toContain('"maximum": 9223372036854775806,');
  });

  test("takes descriptions from comments, a paragraph a line", () => {
    expect(acme.schema("Customer")).toMatchObject({
      description: "A customer, who orders.\n\nNot a user.",
      properties: {
        fullName: { description: "What people say.\n\nNever empty." },
        home: { description: "Where the customer lives." },
        visits: { description: "How often." },
      },
    });
    expect(property("Customer", "nick")).toEqual({ type: ["string", "null"] });
  });

  test("describes an enum field by its own comment, else by that of the enum", () => {
    expect(property("Enums", "plain")).toMatchObject({ description: "What light looks like." });
    expect(property("Enums", "optional")).toMatchObject({
      description: "What the paint looks like.",
    });
  });

  test("keeps texts and literals that look like its own marks", () => {
    expect(property("Customer", "note")).toEqual({
      description: "bigint:7",
      type: ["string", "null"],
      enum: ["bigint:7", null],
    });
  });

  test("refers to the root as `#`, and to other messages by their definition", () => {
    const nullable = (ref: string) => ({ anyOf: [{ $ref: ref }, { type: "null" }] });
    const node = acme.schema("Node");
    expect(node["$defs"]).toBeUndefined();
    expect(property("Node", "next")).toEqual(nullable("#"));
    expect(property("Node", "children")).toEqual({
      type: ["array", "null"],
      items: { $ref: "#" },
    });
    expect(property("Tree", "root")).toEqual(nullable("#/$defs/Node"));
    expect(acme.schema("Tree")["$defs"]).toMatchObject({
      Node: { properties: { next: nullable("#/$defs/Node") } },
    });
    expect(property("Chicken", "egg")).toEqual(nullable("#/$defs/Egg"));
    expect(acme.schema("Chicken")["$defs"]).toMatchObject({
      Egg: { properties: { chicken: nullable("#") } },
    });
    expect(Object.keys(Object(acme.schema("Outer")["$defs"]))).toEqual([
      "Outer.Inner",
      "Outer.Inner.Innermost",
    ]);
  });
});

function property(message: string, name: string): unknown {
  return Object(acme.schema(message)["properties"])[name];
}
