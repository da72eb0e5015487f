import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ScalarMethod } from "../../../../src/event/codec/protobuf-es/wire-form.js";
import { WireWriter } from "../../../../src/event/codec/protobuf-es/wire-writer.js";
import { runs } from "../../../support/runs.js";

type Part =
  | { readonly method: ScalarMethod; readonly value: unknown }
  | { readonly raw: Uint8Array }
  | { readonly nested: readonly Part[] };

const integer = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  fc.integer({ min: 0, max: 300 }),
);
const signed = fc.oneof(fc.integer(), integer);
const int64 = fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), signed.map(BigInt));
const size = fc.constantFrom(0, 1, 63, 64, 65, 127, 128, 16_383, 16_384, 70_000);
const text = fc.oneof(
  fc.string({ unit: "grapheme", size: "large" }),
  fc.tuple(fc.constantFrom("a", "é", "€", "𝄞"), size).map(([unit, count]) => unit.repeat(count)),
);

const scalar = fc.oneof(
  of("string", text),
  of("bytes", fc.uint8Array({ size: "large" })),
  of("uint32", fc.nat({ max: 2 ** 32 - 1 })),
  of("int32", signed),
  of("sint32", signed),
  of("fixed32", integer),
  of("int64", int64),
  of("sint64", int64),
  of("uint64", fc.bigInt(0n, 2n ** 64n - 1n)),
  of("bool", fc.boolean()),
  of("double", fc.double()),
);
const { parts } = fc.letrec<{ parts: Part[]; part: Part }>((tie) => ({
  parts: fc.array(tie("part")),
  part: fc.oneof(
    { maxDepth: 5 },
    scalar,
    fc.uint8Array({ size: "large" }).map((raw) => ({ raw })),
    tie("parts").map((nested) => ({ nested })),
  ),
}));

function of(method: ScalarMethod, values: fc.Arbitrary<unknown>): fc.Arbitrary<Part> {
  return values.map((value) => ({ method, value }));
}

function write(writer: WireWriter, all: readonly Part[]): void {
  for (const [index, part] of all.entries()) {
    writer.tag(index + 1, WireType.LengthDelimited);
    if ("raw" in part) {
      writer.raw(part.raw);
    } else if ("nested" in part) {
      writer.nested(() => write(writer, part.nested));
    } else {
      writer.scalar(part.method, part.value);
    }
  }
}

function writeStock(writer: BinaryWriter, all: readonly Part[]): void {
  for (const [index, part] of all.entries()) {
    writer.tag(index + 1, WireType.LengthDelimited);
    if ("raw" in part) {
      writer.raw(part.raw);
    } else if ("nested" in part) {
      writer.fork();
      writeStock(writer, part.nested);
      writer.join();
    } else {
      writer[part.method](part.value as never);
    }
  }
}

describe("the writer", () => {
  test("writes what the stock writer writes", () => {
    fc.assert(
      fc.property(parts, (all) => {
        const ours = new WireWriter();
        const stock = new BinaryWriter();
        write(ours, all);
        writeStock(stock, all);
        expect(Buffer.from(ours.finish()).equals(stock.finish())).toBe(true);
      }),
      { numRuns: runs(2_000) },
    );
  });

  test.each([0, 127, 128, 16_383, 16_384, 2 ** 21 - 1, 2 ** 21])(
    "writes a nested length of %i",
    (count) => {
      const part = { nested: [{ raw: new Uint8Array(Math.max(0, count - 1)).fill(7) }] };
      const all = count === 0 ? [{ nested: [] }] : [part, part];
      const ours = new WireWriter();
      const stock = new BinaryWriter();
      write(ours, all);
      writeStock(stock, all);
      expect(Buffer.from(ours.finish()).equals(stock.finish())).toBe(true);
    },
  );

  test.each<[ScalarMethod, unknown]>([
    ["string", 7],
    ["string", "a lone \ud83d"],
    ["uint32", -1],
    ["uint32", "text"],
    ["int32", 0.5],
    ["int32", 2 ** 31],
    ["int64", 2n ** 63n],
    ["sint64", "text"],
  ])("refuses a %s of %o", (method, value) => {
    expect(() => new WireWriter().scalar(method, value)).toThrow();
  });
});
