import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { InvalidArgumentError } from "../../src/event/errors/errors.js";
import { readJsonRecords } from "../../src/stream/json-records.js";
import type { JsonRecord } from "../../src/stream/record.js";
import { codePoint } from "../support/arbitrary-json.js";
import { runs } from "../support/runs.js";

async function recordsOf(...chunks: readonly (string | Uint8Array)[]): Promise<JsonRecord[]> {
  const records: JsonRecord[] = [];
  for await (const record of readJsonRecords(chunks.map((chunk) => Buffer.from(chunk)))) {
    records.push(record);
  }
  return records;
}

/** A short text for each record: its place, then its JSON or the reason it is unreadable. */
function inShort(records: readonly JsonRecord[]): string[] {
  return records.map((record) => {
    const { line, item } = record.place;
    const what = record.kind === "json" ? JSON.stringify(record.json) : record.reason;
    // The rest of the reason is the JavaScript engine's wording.
    return `${item === undefined ? line : `${line}/${item}`} ${what.replace(/^not JSON: .* JSON.*/, "not JSON")}`;
  });
}

describe("JSON Lines", () => {
  test.each([
    { input: "", records: [] },
    { input: "\n\r\n \t\n", records: [] },
    { input: '{"a":1}', records: ['1 {"a":1}'] },
    { input: '{"a":1}\n', records: ['1 {"a":1}'] },
    { input: '{"a":1}\r\n\r\n{"b":2}\r\n', records: ['1 {"a":1}', '3 {"b":2}'] },
    { input: '{"a":1}\r', records: ['1 {"a":1}'] },
    { input: '\ufeff{"a":1}', records: ['1 {"a":1}'] },
    { input: "\ufeff", records: [] },
    { input: '{"a":1}\n\ufeff{"b":2}', records: ['1 {"a":1}', "2 not JSON"] },
    { input: "\ufeff\ufeff{}", records: ["1 not JSON"] },
    { input: '{"a":1}{"b":2}', records: ["1 not JSON"] },
    { input: '{"a":1}\r{"b":2}', records: ["1 not JSON"] },
    { input: '{"a":"\u2028\u0085"}', records: ['1 {"a":"\u2028\u0085"}'] },
    { input: '{"a":\n1}', records: ["1 not JSON", "2 not JSON"] },
    { input: '{}\n{\n"a":1\n}', records: ["1 {}", "2 not JSON", "3 not JSON", "4 not JSON"] },
    { input: '\u00a0{"a":1}', records: ["1 not JSON"] },
    { input: "1\nnull\n[1]\noops\n2", records: ["1 1", "2 null", "3 [1]", "4 not JSON", "5 2"] },
    { input: '{"__proto__":1}', records: ['1 {"__proto__":1}'] },
  ])("$input", async ({ input, records }) => {
    expect(inShort(await recordsOf(input))).toEqual(records);
  });

  test("a line that is not UTF-8 does not end the reading", async () => {
    const bytes = Buffer.from('{"a":"?"}\n{"b":2}\n');
    bytes[bytes.indexOf("?")] = 0xff;
    expect(inShort(await recordsOf(bytes))).toEqual(["1 not UTF-8", '2 {"b":2}']);
  });

  test("the reason that a line is unreadable does not depend on its line end", async () => {
    expect(await recordsOf("oops\r\n")).toEqual(await recordsOf("oops"));
  });

  test("a line that is longer than the limit is unreadable, and the next one is not", async () => {
    const line = new Uint8Array(2 ** 24 + 1).fill(0x31);
    const records: JsonRecord[] = [];
    for await (const record of readJsonRecords([line, Buffer.from("\n7")])) {
      records.push(record);
    }
    expect(inShort(records)).toEqual([`1 longer than the limit of ${2 ** 24} bytes`, "2 7"]);
  });

  test.each([
    {
      input: "[1,2]\n123456\n7",
      records: ["1/1 1", "1/2 2", "2 not JSON: there is more after the end of the array"],
    },
    {
      input: "12345\n123456\r\n7",
      records: ["1 12345", "2 longer than the limit of 5 bytes", "3 7"],
    },
    { input: '"é"\n"éé"', records: ['1 "é"', "2 longer than the limit of 5 bytes"] },
    {
      input: "[12345,123456,\n7]",
      records: ["1/1 12345", "1/2 longer than the limit of 5 bytes", "2/3 7"],
    },
    { input: '{\n"a":1}', records: ["1 longer than the limit of 5 bytes"] },
  ])("a limit of 5 bytes for $input", async ({ input, records }) => {
    const bytes = Buffer.from(input);
    for (const chunks of [[bytes], Array.from(bytes, (byte) => Buffer.of(byte))]) {
      const read: JsonRecord[] = [];
      for await (const record of readJsonRecords(chunks, { maxLength: 5 })) {
        read.push(record);
      }
      expect(inShort(read)).toEqual(records);
    }
  });

  test.each([0, -1, 1.5, Number.NaN, 2 ** 29])(
    "a limit of %d bytes is rejected",
    async (maxLength) => {
      await expect(readJsonRecords("1", { maxLength }).next()).rejects.toThrow(
        InvalidArgumentError,
      );
    },
  );
});

describe("one object over many lines, with its brace alone on the first", () => {
  test.each([
    { input: '{\n"a":1\n}', records: ['1 {"a":1}'] },
    { input: '\ufeff\n \t{\r\n"a":\r\n\r\n1\r\n}\r\n\r\n', records: ['2 {"a":1}'] },
    { input: '{\n"a":"b\nc"}', records: ["1 not JSON"] },
    { input: '{\n"a":1', records: ["1 not JSON"] },
    { input: "{\n}\n{\n}", records: ["1 not JSON"] },
    { input: "{", records: ["1 not JSON"] },
  ])("$input", async ({ input, records }) => {
    expect(inShort(await recordsOf(input))).toEqual(records);
  });
});

describe("one array", () => {
  test.each([
    { input: "[]", records: [] },
    { input: "\n [ \n ] \n", records: [] },
    { input: "[1]", records: ["1/1 1"] },
    { input: "\ufeff[1]", records: ["1/1 1"] },
    { input: "[\n1,\r\n 2\n,3]\n\n", records: ["2/1 1", "3/2 2", "4/3 3"] },
    {
      input: '[{"a":[1,{"b":"],["}]},\n[],"\\"]"]',
      records: ['1/1 {"a":[1,{"b":"],["}]}', "2/2 []", '2/3 "\\"]"'],
    },
    { input: '[{\n"a"\n:\n1}]', records: ['1/1 {"a":1}'] },
    { input: '["\\\\"]', records: ['1/1 "\\\\"'] },
    { input: "[1,oops,\n3]", records: ["1/1 1", "1/2 not JSON", "2/3 3"] },
    { input: '[{"a":1]},2]', records: ["1/1 not JSON", "1/2 2"] },
    { input: '["a\nb",2]', records: ["1/1 not JSON: the input ends inside the array"] },
    { input: '["a,\n2]', records: ["1/1 not JSON"] },
    { input: "[1\n2]", records: ["1/1 not JSON"] },
    { input: "[1 2]", records: ["1/1 not JSON"] },
    { input: "[1}]", records: ["1/1 not JSON"] },
    { input: "[1,]", records: ["1/1 1", "1/2 not JSON: an item is missing"] },
    { input: "[,1]", records: ["1/1 not JSON: an item is missing", "1/2 1"] },
    { input: "[", records: ["1/1 not JSON: the input ends inside the array"] },
    { input: "[1,\n", records: ["1/1 1", "1/2 not JSON: the input ends inside the array"] },
    { input: "[1,\n2", records: ["1/1 1", "2/2 not JSON: the input ends inside the array"] },
    { input: "[1,\n{\n", records: ["1/1 1", "2/2 not JSON: the input ends inside the array"] },
    { input: "[1]]", records: ["1/1 1", "1 not JSON: there is more after the end of the array"] },
    {
      input: "[1]\n[2]\n[3]",
      records: ["1/1 1", "2 not JSON: there is more after the end of the array"],
    },
  ])("$input", async ({ input, records }) => {
    expect(inShort(await recordsOf(input))).toEqual(records);
  });

  /** Pieces of JSON in any order after a bracket, many of them nearly an array. */
  const nearlyArray = fc
    .array(
      fc.constantFrom(
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        '"',
        "\\",
        "\n",
        "\r",
        " ",
        "1",
        '"a"',
        "é",
        "\u00a0",
      ),
      { maxLength: 12 },
    )
    .map((pieces) => `[${pieces.join("")}`);
  const array = fc
    .tuple(
      fc.array(fc.jsonValue({ maxDepth: 3 })),
      fc.constantFrom("", "  ", "\t"),
      fc.constantFrom("\n", "\r\n"),
    )
    .map(([items, indent, newline]) =>
      JSON.stringify(items, null, indent).replaceAll("\n", newline),
    );

  test("is read as by JSON.parse, with an unreadable record wherever JSON.parse fails", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(nearlyArray, array), async (text) => {
        const records = await recordsOf(text);
        let whole: unknown[];
        try {
          whole = JSON.parse(text);
        } catch {
          expect(records.some(({ kind }) => kind === "unreadable")).toBe(true);
          return;
        }
        expect(records.map((record) => (record.kind === "json" ? record.json : record))).toEqual(
          whole,
        );
        expect(records.map(({ place }) => place.item)).toEqual(whole.map((_, index) => index + 1));
      }),
      { numRuns: runs(2_000) },
    );
  });
});

test("any split of the bytes into chunks gives the same records", async () => {
  const line = fc.oneof(
    fc.jsonValue({ stringUnit: codePoint }).map((json) => JSON.stringify(json)),
    fc.string({ unit: codePoint }),
    fc.constantFrom("", " ", "{", '{"a":"語é😀"}', "[", "]", ",", "\ufeff"),
  );
  const input = fc
    .tuple(
      fc.constantFrom("", "\ufeff", "[", "\ufeff\n["),
      fc.array(line),
      fc.constantFrom("\n", "\r\n", ",", ",\n"),
      fc.constantFrom("", "\n", "]", "\ufffd"),
    )
    .map(([start, all, separator, end]) => {
      const bytes = Buffer.from(start + all.join(separator) + end);
      // Such a text loses its last byte, so it ends in the middle of a character.
      return end === "\ufffd" ? bytes.subarray(0, -1) : bytes;
    });
  await fc.assert(
    fc.asyncProperty(
      input,
      fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
      async (bytes, cuts) => {
        const whole = await recordsOf(bytes);
        const at = cuts.map((cut) => Math.round(cut * bytes.length)).sort((a, b) => a - b);
        const starts = [0, ...at];
        const chunks = starts.map((start, index) => bytes.subarray(start, starts[index + 1]));
        expect(await recordsOf(...chunks)).toEqual(whole);
        expect(await recordsOf(...Array.from(bytes, (byte) => Buffer.of(byte)))).toEqual(whole);
      },
    ),
    { numRuns: runs(500) },
  );
});

test("a record is yielded as soon as its line ends", async () => {
  const given: string[] = [];
  async function* chunks() {
    for (const chunk of ['{"a":1}\n{"b"', ":2}\n", '{"c":3}']) {
      given.push(chunk);
      yield Buffer.from(chunk);
    }
  }
  const seen: [unknown, number][] = [];
  for await (const record of readJsonRecords(chunks())) {
    seen.push([record.kind === "json" && record.json, given.length]);
  }
  expect(seen).toEqual([
    [{ a: 1 }, 1],
    [{ b: 2 }, 2],
    [{ c: 3 }, 3],
  ]);
});
