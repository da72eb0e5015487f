import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
  DamagedGzipError,
  type JsonRecord,
  type ReadOptions,
  readJsonRecords,
} from "../../src/stream/index.js";
import { deep } from "../support/runs.js";

// A source may cut its input into chunks anywhere. That any split of any text gives the same
// records is tested in stream/json-records; these are the inputs in which a cut could make a
// difference.

const BLANK = 0x20;
const BLANKS = " ".repeat(1200);

/** The records of an input, or the fact that it is damaged. */
async function recordsOf(
  chunks: readonly Uint8Array[],
  options?: ReadOptions,
): Promise<readonly JsonRecord[] | "damaged"> {
  try {
    const records: JsonRecord[] = [];
    for await (const record of readJsonRecords(chunks, options)) {
      records.push(record);
    }
    return records;
  } catch (error) {
    expect(error).toBeInstanceOf(DamagedGzipError);
    return "damaged";
  }
}

/** Asserts that an input has the same records wherever it is cut. */
async function expectSameForAnyCut(bytes: Buffer, options?: ReadOptions): Promise<void> {
  const whole = await recordsOf([bytes], options);
  const nothing = Buffer.alloc(0);
  const different: number[] = [];
  const places = [...bytes.keys()];
  // Outside a deep run, one place in seven is enough for many blanks.
  for (const at of places.filter((at) => deep || at % 7 === 0 || bytes[at] !== BLANK)) {
    const chunks = [nothing, bytes.subarray(0, at), nothing, bytes.subarray(at)];
    const cut = await recordsOf(chunks, options);
    if (JSON.stringify(cut) !== JSON.stringify(whole)) {
      different.push(at);
    }
  }
  // The first ones are enough.
  expect({ whole, different: different.slice(0, 3) }).toEqual({ whole, different: [] });
  const bytewise = Array.from(bytes, (byte) => Buffer.of(byte));
  expect(await recordsOf(bytewise, options)).toEqual(whole);
}

describe("wherever it is cut, the records are the same of", () => {
  test.each([
    ["a brace, and many blanks after it", `{${BLANKS}\n"a":1}`],
    ["many blanks, and a brace after them", `${BLANKS}{\n"a":1}`],
    ["many blanks on both sides of a brace", `${BLANKS}{${BLANKS}\n"a":1}`],
    ["a brace, many blanks, and no object over many lines", `{${BLANKS}"a":1}\n{"b":2}`],
    ["many blanks before an array", `\n\n${BLANKS}\n${BLANKS}[1,\n2]`],
    ["many blanks before a line", `\n\n${BLANKS}\n${BLANKS}1\n2`],
    ["many empty lines", `${"\n".repeat(1200)}{\n"a":1}`],
    ["many empty lines with Windows line ends", `${"\r\n".repeat(600)}{\r\n"a":1}`],
    ["a line of more than a thousand characters", `{"a":"${BLANKS}"}\n{"b":2}`],
    ["blanks alone", BLANKS],
    ["a byte-order mark, and a brace", "\ufeff{\n}"],
    ["two byte-order marks", "\ufeff\ufeff{}\n{}"],
    ["half a byte-order mark", Buffer.of(0xef, 0xbb, 0x7b, 0x7d)],
    ["a character that is cut off", Buffer.from("{}\n\ufffd\n{}").fill(0xe8, 3, 5)],
    ["carriage returns that end nothing", '\r{"a":1}\r\r\n\r{"b":2}\r'],
    ["a string with brackets, braces and quotes", '[{"a":"]}\\"[,\\\\"},"\\u005d",[[]]]'],
    ["an array, and something after it", '[1] \n{"a":1}'],
    ["an array that does not end", '[1,"a\\'],
  ])("%s", async (_what, input) => {
    await expectSameForAnyCut(Buffer.from(input));
  });

  test.each([
    ["lines", '{"a":12345}\n{"a":123456}\n{"a":1234567}\n'],
    ["lines with Windows line ends", '{"a":12345}\r\n{"a":123456}\r\n{"a":1234567}\r\n'],
    ["lines with blanks", '  {"a":123}  \n  {"a":12}   \n    {"a":1}    \n'],
    ["lines of blanks", `${" ".repeat(12)}\n${" ".repeat(13)}\n1\n`],
    ["a last line", '1\n{"a":1234567}'],
    ["a last line that ends in a carriage return", '1\n{"a":123456}\r'],
    ["items", '[{"a":12345},{"a":123456},{"a":1234567},1]'],
    ["items with blanks", '[  {"a":123456}  ,  {"a":1234567}  ,  1  ]'],
    ["items that are not closed", '[1,{"a":1234567'],
    ["objects over many lines", '{\n"a":12345}'],
    ["longer objects over many lines", '{\n"a":123456}'],
    ["objects with blanks after them", '{\n"a":1}      \n'],
  ])("%s about as long as the limit", async (_what, input) => {
    for (const maxLength of [11, 12, 13]) {
      await expectSameForAnyCut(Buffer.from(input), { maxLength });
    }
  });

  const packed = gzipSync('{"a":1}\n');
  test.each([
    ["one gzip", packed],
    ["two gzips", Buffer.concat([packed, packed])],
    ["gzip with a zero after it", Buffer.concat([packed, Buffer.alloc(1)])],
    ["gzip with zeros after it", Buffer.concat([packed, Buffer.alloc(20)])],
    ["gzip with zeros within", Buffer.concat([packed, Buffer.alloc(20), packed])],
    ["gzip with text after it", Buffer.concat([packed, Buffer.from("{}\n")])],
    ["gzip with half a mark after it", Buffer.concat([packed, Buffer.of(0x1f)])],
    ["gzip with a mark after it", Buffer.concat([packed, Buffer.of(0x1f, 0x8b)])],
    ["gzip that is cut off", packed.subarray(0, -1)],
  ])("%s", async (_what, bytes) => {
    await expectSameForAnyCut(bytes);
  });
});

test("zeros after gzip are ignored, as by gzip itself", async () => {
  const packed = gzipSync('{"a":1}\n');
  const expected = await recordsOf([packed]);
  expect(expected).toMatchObject([{ kind: "json", json: { a: 1 } }]);
  for (const count of [1, 2, 3, 7, 8, 512]) {
    expect(await recordsOf([Buffer.concat([packed, Buffer.alloc(count)])])).toEqual(expected);
  }
});
