import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fingerprint } from "../../src/dossier/fingerprint.js";
import { anyText } from "../support/arbitrary-json.js";

/** Takes several texts. */
function texts(...all: readonly string[]): (fingerprint: Fingerprint) => void {
  return (fingerprint) => {
    for (const text of all) {
      fingerprint.text(text);
    }
  };
}

/** The fingerprint of values, as text. */
function of(take: (fingerprint: Fingerprint) => void): string {
  const fingerprint = new Fingerprint();
  take(fingerprint);
  const words = new Uint32Array(2);
  fingerprint.writeTo(words, 0);
  return words.join();
}

describe("a fingerprint", () => {
  test("is the same for equal values, and practically never for different ones", () => {
    fc.assert(
      fc.property(fc.array(anyText), fc.array(anyText), (first, second) => {
        const [a, b] = [of(texts(...first)), of(texts(...second))];
        expect(a === b).toBe(JSON.stringify(first) === JSON.stringify(second));
      }),
    );
  });

  test("tells apart texts that run together, that end in zeros, and that are absent", () => {
    const values: ((f: Fingerprint) => void)[] = [
      texts("ab", "c"),
      texts("a", "bc"),
      texts("abc"),
      texts("abc", ""),
      (f) => f.text("a"),
      (f) => f.text("a\0"),
      (f) => f.text("a\0\0"),
      (f) => f.text(""),
      (f) => f.text(undefined),
      (f) => f.integer(0),
      (f) => f.integer(2 ** 32),
      (f) => f.integer(2 ** 33),
      (f) => f.integer(9007199254740993n),
      (f) => f.integer(9007199254740992n),
      (f) => f.boolean(true),
    ];
    expect(new Set(values.map(of)).size).toBe(values.length);
  });

  test("is the same for an integer as a number, as text and as a bigint", () => {
    for (const [text, value] of [
      ["5", 5],
      ["9007199254740993", 9007199254740993n],
    ] as const) {
      expect(of((f) => f.integer(text))).toBe(of((f) => f.integer(value)));
    }
  });

  test("uses all of its bits", () => {
    const all = Array.from({ length: 4000 }, (_, index) => of((f) => f.text(String(index))));
    const words = all.map((text) => text.split(",").map(Number));
    for (const word of [0, 1]) {
      for (let bit = 0; bit < 32; bit++) {
        const set = words.filter((pair) => ((pair[word] ?? 0) >>> bit) & 1).length;
        expect(Math.abs(set - 2000)).toBeLessThan(250);
      }
    }
  });
});
