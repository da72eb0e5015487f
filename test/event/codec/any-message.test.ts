import { createFileRegistry, type DescMessage, fromJson, toJson } from "@bufbuild/protobuf";
import { buildPath } from "@bufbuild/protobuf/reflect";
import {
  FileDescriptorProtoSchema,
  file_google_protobuf_struct,
  file_google_protobuf_timestamp,
} from "@bufbuild/protobuf/wkt";
import { describe, expect, test } from "vitest";
import { messageToJson } from "../../../src/event/codec/message-to-json.js";
import {
  messageFromBinary,
  messageToBinary,
} from "../../../src/event/codec/protobuf-es/message-binary.js";
import { JsonReader } from "../../../src/event/model/json-reader.js";

// The contract has few kinds of fields today, but may get any as it grows.
const COLOR = { type: "TYPE_ENUM", typeName: ".acme.Color" };
const TIME = { type: "TYPE_MESSAGE", typeName: ".google.protobuf.Timestamp" };
const STRUCT = { type: "TYPE_MESSAGE", typeName: ".google.protobuf.Struct" };
const google = [file_google_protobuf_struct, file_google_protobuf_timestamp];
const any = messages().Any;
const numbered = messages().Numbered;
const plain = messages().Plain;

/** Reads JSON, and returns the message and the violations, each as text. */
function read(desc: DescMessage, json: unknown) {
  const reader = new JsonReader(json);
  const message = reader.message(desc, json, buildPath(desc));
  const problems = reader.violations.map(({ field, message }) => `${field}: ${message}`);
  return { message, problems };
}

describe("a message with fields of any kind", () => {
  const json = {
    ratio: 0.5,
    share: -0.25,
    raw: "AQID",
    color: "BLUE",
    ratios: [1.5, "NaN", "-Infinity", "Infinity"],
    colors: ["RED", "BLUE"],
    raws: { __proto: "/w==", b: "" },
    shades: { a: "BLUE", b: "RED" },
    parts: [
      { color: "BLUE", raw: "AA==" },
      { raw: "AA==", ratio: 1 },
    ],
  };

  test("is read as stock ProtoJSON reads it", () => {
    const { message, problems } = read(any, json);
    expect(problems).toEqual([]);
    expect(message).toEqual(fromJson(any, json));
  });

  test("is written as stock ProtoJSON writes it", () => {
    const { message } = read(any, json);
    expect(messageToJson(any, message)).toEqual(toJson(any, message));
  });

  test.each([
    { ratio: "NaN" },
    { ratio: "Infinity" },
    { ratio: -0 },
    { share: "NaN" },
    { ratio: 0 },
    { raw: "" },
    { color: "RED" },
  ])("is written with a value that is not zero, and without one that is: %o", (one) => {
    const { message } = read(any, one);
    expect(messageToJson(any, message)).toEqual(toJson(any, message));
  });

  test("survives its binary form, zero values included", () => {
    const { message } = read(any, json);
    expect(messageFromBinary(any, messageToBinary(any, message))).toEqual(message);
    // An entry of a map without a value: the key `k`, and nothing else.
    const [raws, shades] = [0x3a, 0x42].map((tag) => Uint8Array.of(tag, 3, 0x0a, 1, 0x6b));
    expect(messageFromBinary(any, Uint8Array.of(...(raws ?? []), ...(shades ?? [])))).toMatchObject(
      {
        raws: { k: new Uint8Array() },
        shades: { k: 0 },
      },
    );
  });

  test("is rejected field by field, with each violation at its place", () => {
    const { problems } = read(any, {
      ratio: "much",
      share: {},
      raw: 7,
      ratios: [1, true, 2],
      colors: ["RED", "GREEN"],
      raws: { a: "AQID", b: 7 },
      parts: [{}, 7],
    });
    expect(problems.map((text) => text.replace(/ a number, got .*/, " a number"))).toEqual([
      "ratio: expected a number",
      "share: expected a number",
      expect.stringMatching(/^raw: /),
      "ratios[1]: expected a number",
      expect.stringMatching(/^colors\[1\]: /),
      expect.stringMatching(/^raws\["b"\]: /),
      expect.stringMatching(/^parts\[1\]: expected an object, got 7/),
    ]);
  });

  test.each([
    [any, { ratio: "1" }, 'ratio: expected a number, got "1"'],
    [
      any,
      { sizes: ["x"] },
      'sizes[0]: expected an integer, or a string of its decimal digits, got "x"',
    ],
    [
      any,
      { sizes: [["7"]] },
      "sizes[0]: expected an integer, or a string of its decimal digits, got a list",
    ],
    [
      any,
      { raws: { "\ud800": "" } },
      'raws["\ud800"]: expected Unicode text without lone surrogates as a key',
    ],
    [plain, { count: "1" }, 'count: expected an integer, got "1"'],
    [
      plain,
      { names: "\ud800" },
      'names: expected Unicode text without lone surrogates, got "\\ud800"',
    ],
  ])("is rejected with the expected and the actual value: %#", (desc, json, problem) => {
    expect(read(desc, json).problems).toEqual([problem]);
  });

  test("is rejected with a message that does not repeat the place", () => {
    const parts = { raw: 7, colors: [true], raws: { a: 7 }, shades: { a: true } };
    const { problems } = read(any, parts);
    expect(problems).toHaveLength(4);
    expect(problems.join()).not.toMatch(/field|item|entry|key/);
    const sizes = [...Array(11).fill(0), 1e300];
    expect(read(any, { sizes }).problems).toEqual([
      "sizes[11]: 1e+300 is out of the range of int64",
    ]);
  });

  test("has zeros where entries of maps leave out their values", () => {
    const bytes = [0x52, 0x5a].flatMap((tag) => [tag, 3, 0x0a, 1, 0x6b]);
    const extra = [0x6a, 5, 0x0a, 3, 0x0a, 1, 0x6b];
    expect(messageFromBinary(any, Uint8Array.of(...bytes, ...extra))).toMatchObject({
      kids: { k: { ratio: 0, ratios: [] } },
      times: { k: { seconds: 0n } },
      extra: { k: null },
    });
  });

  test("keeps the index of rejected items", () => {
    const { message } = read(any, { ratios: [1, true, 2], colors: ["GREEN", "BLUE"] });
    expect(message).toMatchObject({ ratios: [1, 0, 2], colors: [0, 1] });
    expect(read(any, { sizes: [1, "x", "3"] }).message).toMatchObject({ sizes: [1n, 0n, 3n] });
    const dates = read(any, { dates: ["yesterday", "1970-01-01T00:00:01Z"] });
    expect(dates.message).toMatchObject({ dates: [{ seconds: 0n }, { seconds: 1n }] });
    expect(dates.problems).toEqual([expect.stringMatching(/^dates\[0\]: /)]);
  });
});

describe("a map whose keys are numbers", () => {
  test("is read as stock ProtoJSON reads it", () => {
    const json = { names: { 1: "one", 2: "two" } };
    expect(read(numbered, json)).toEqual({ message: fromJson(numbered, json), problems: [] });
  });

  test("is rejected as a whole if a key is invalid", () => {
    expect(read(numbered, { names: { one: "1" } }).problems).toEqual([
      expect.stringMatching(/^names: /),
    ]);
  });
});

function messages(): {
  readonly Any: DescMessage;
  readonly Numbered: DescMessage;
  readonly Plain: DescMessage;
} {
  const repeated = "LABEL_REPEATED";
  const file = fromJson(FileDescriptorProtoSchema, {
    name: "acme/any.proto",
    package: "acme",
    syntax: "proto3",
    dependency: google.map(({ proto }) => proto.name),
    enumType: [
      {
        name: "Color",
        value: [
          { name: "RED", number: 0 },
          { name: "BLUE", number: 1 },
        ],
      },
    ],
    messageType: [
      {
        name: "Any",
        field: [
          { name: "ratio", jsonName: "ratio", number: 1, type: "TYPE_DOUBLE" },
          { name: "share", jsonName: "share", number: 2, type: "TYPE_FLOAT" },
          { name: "raw", jsonName: "raw", number: 3, type: "TYPE_BYTES" },
          { name: "color", jsonName: "color", number: 4, ...COLOR },
          { name: "ratios", jsonName: "ratios", number: 5, type: "TYPE_DOUBLE", label: repeated },
          { name: "colors", jsonName: "colors", number: 6, ...COLOR, label: repeated },
          { name: "raws", jsonName: "raws", number: 7, ...mapOf("Any.RawsEntry") },
          { name: "shades", jsonName: "shades", number: 8, ...mapOf("Any.ShadesEntry") },
          { name: "parts", jsonName: "parts", number: 9, ...mapOf("Any") },
          { name: "kids", jsonName: "kids", number: 10, ...mapOf("Any.KidsEntry") },
          { name: "times", jsonName: "times", number: 11, ...mapOf("Any.TimesEntry") },
          { name: "dates", jsonName: "dates", number: 12, ...TIME, label: repeated },
          { name: "extra", jsonName: "extra", number: 13, ...STRUCT },
          { name: "sizes", jsonName: "sizes", number: 14, type: "TYPE_INT64", label: repeated },
        ],
        nestedType: [
          entry("RawsEntry", { type: "TYPE_BYTES" }),
          entry("ShadesEntry", COLOR),
          entry("KidsEntry", { type: "TYPE_MESSAGE", typeName: ".acme.Any" }),
          entry("TimesEntry", TIME),
        ],
      },
      {
        name: "Plain",
        field: [
          { name: "names", jsonName: "names", number: 1, type: "TYPE_STRING" },
          { name: "count", jsonName: "count", number: 2, type: "TYPE_INT32" },
        ],
      },
      {
        name: "Numbered",
        field: [{ name: "names", jsonName: "names", number: 1, ...mapOf("Numbered.NamesEntry") }],
        nestedType: [entry("NamesEntry", { type: "TYPE_STRING" }, "TYPE_INT32")],
      },
    ],
  });
  const registry = createFileRegistry(file, (name) =>
    google.find((known) => known.proto.name === name),
  );
  const [Any, Numbered, Plain] = ["Any", "Numbered", "Plain"].map((name) =>
    registry.getMessage(`acme.${name}`),
  );
  if (Any === undefined || Numbered === undefined || Plain === undefined) {
    throw new Error("the messages are not there");
  }
  return { Any, Numbered, Plain };
}

function mapOf(message: string) {
  return { type: "TYPE_MESSAGE", typeName: `.acme.${message}`, label: "LABEL_REPEATED" };
}

function entry(name: string, value: { type: string; typeName?: string }, key = "TYPE_STRING") {
  const optional = { label: "LABEL_OPTIONAL" };
  return {
    name,
    options: { mapEntry: true },
    field: [
      { name: "key", jsonName: "key", number: 1, type: key, ...optional },
      { name: "value", jsonName: "value", number: 2, ...value, ...optional },
    ],
  };
}
