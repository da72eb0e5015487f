import { expect, test } from "vitest";
import { shortHash } from "../../src/cli/short-hash.js";

test.each([
  ["a0b1c2d3e4f56789", "sha256:a0b1c2d3e4f5"],
  ["sha256:a0b1c2d3e4f56789", "sha256:a0b1c2d3e4f5"],
  ["a0", "sha256:a0"],
  ["a\n", "sha256:a\\u{a}"],
])("the hash %j is shown as %s", (hash, shown) => {
  const contentRef = {
    $typeName: "speckitty.dossier.v1.ContentHashRef",
    algorithm: "sha256",
    hash,
  };
  expect(shortHash(contentRef as Parameters<typeof shortHash>[0])).toBe(shown);
});
