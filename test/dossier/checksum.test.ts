import { crc32 as crc32OfNode } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32, portableCrc32 } from "../../src/dossier/checksum.js";

test.each([
  ["with Node", crc32],
  ["without Node", portableCrc32],
])("is the same as in other implementations: %s", (_where, checksum) => {
  expect(checksum(Buffer.from("123456789"))).toBe(0xcbf4_3926);
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(checksum(bytes)).toBe(crc32OfNode(bytes));
    }),
  );
});
