import { crc32 as crc32OfNode } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32 } from "../../src/dossier/checksum.js";

test("is the same as in other implementations", () => {
  expect(crc32(Buffer.from("123456789"))).toBe(0xcbf4_3926);
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(crc32(bytes)).toBe(crc32OfNode(bytes));
    }),
  );
});
