import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decimalPattern } from "../../src/codegen/decimal-pattern.js";
import { runs } from "../support/runs.js";

/** Integers of every length up to 64 bits and a little more, small ones and round ones too. */
const integer = fc.oneof(
  fc.bigInt({ min: -120n, max: 120n }),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }),
  fc
    .tuple(fc.nat(20), fc.bigInt({ min: -2n, max: 2n }), fc.constantFrom(1n, -1n))
    .map(([digits, offset, sign]) => sign * 10n ** BigInt(digits) + offset),
  fc
    .tuple(fc.nat(65), fc.bigInt({ min: -2n, max: 2n }), fc.constantFrom(1n, -1n))
    .map(([bits, offset, sign]) => sign * 2n ** BigInt(bits) + offset),
);
const range = fc
  .tuple(integer, integer)
  .map(([a, b]) => (a < b ? { min: a, max: b } : { min: b, max: a }));

function matches({ min, max }: { min: bigint; max: bigint }, text: string): boolean {
  return new RegExp(decimalPattern(min, max), "u").test(text);
}

describe("decimalPattern", () => {
  test("matches an integer exactly when it lies in the range", () => {
    fc.assert(
      fc.property(range, integer, (bounds, value) => {
        const isInside = bounds.min <= value && value <= bounds.max;
        expect(matches(bounds, `${value}`)).toBe(isInside);
      }),
      { numRuns: runs(5000) },
    );
  });

  test("matches both ends, what lies between, and nothing just outside", () => {
    fc.assert(
      fc.property(range, fc.nat({ max: 1_000_000 }), (bounds, share) => {
        const { min, max } = bounds;
        const between = min + ((max - min) * BigInt(share)) / 1_000_000n;
        for (const inside of [min, max, between, (min + max) / 2n]) {
          expect(matches(bounds, `${inside}`)).toBe(true);
        }
        for (const outside of [min - 1n, max + 1n, min - 10n, max + 10n, max * 10n + 10n]) {
          const isInside = min <= outside && outside <= max;
          expect(matches(bounds, `${outside}`)).toBe(isInside);
        }
      }),
      { numRuns: runs(2000) },
    );
  });

  test("matches every integer of a small range and no other", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1100, max: 1100 }),
        fc.integer({ min: 0, max: 1100 }),
        (min, width) => {
          const pattern = new RegExp(decimalPattern(BigInt(min), BigInt(min + width)), "u");
          const matched: number[] = [];
          for (let value = -2300; value <= 2300; value++) {
            if (pattern.test(`${value}`)) {
              matched.push(value);
            }
          }
          expect(matched).toEqual(Array.from({ length: width + 1 }, (_, index) => min + index));
        },
      ),
      { numRuns: runs(50) },
    );
  });

  test("matches one spelling of an integer only", () => {
    fc.assert(
      fc.property(range, integer, (bounds, value) => {
        const sign = value < 0n ? "-" : "";
        const digits = `${value < 0n ? -value : value}`;
        const spellings = [
          `${sign}0${digits}`,
          `${sign}00${digits}`,
          `+${digits}`,
          `-0`,
          `--${digits}`,
          ` ${value}`,
          `${value} `,
          `${value}\n`,
          `${value}.0`,
          `${value}e0`,
          `${value}n`,
          "",
          "-",
        ];
        expect(spellings.filter((spelling) => matches(bounds, spelling))).toEqual([]);
      }),
      { numRuns: runs(1000) },
    );
  });

  test.each<[min: bigint, max: bigint, pattern: string]>([
    [0n, 0n, "^0$"],
    [7n, 7n, "^7$"],
    [-1n, -1n, "^-1$"],
    [0n, 9n, "^[0-9]$"],
    [0n, 4n, "^[0-4]$"],
    [-5n, 5n, "^(?:-[1-5]|[0-5])$"],
    [10n, 99n, "^[1-9][0-9]$"],
    [1n, 12n, "^(?:[1-9]|1[0-2])$"],
    [0n, 999n, "^(?:[0-9]|[1-9][0-9]{1,2})$"],
  ])("writes %s to %s as %s", (min, max, pattern) => {
    expect(decimalPattern(min, max)).toBe(pattern);
  });
});
