import { decimalPattern } from "./decimal-pattern.js";
import type { IntegerType } from "./integer-types.js";
import { mergeSchemas } from "./merge-schemas.js";
import { integerRange, type NumberRules } from "./number-rules.js";
import type { JsonSchema } from "./schema-text.js";

/**
 * The schema of an integer within its rules. One of 64 bits may be a number, or a
 * string of its decimal digits.
 *
 * @param nonZero Whether 0 is rejected, too.
 */
export function integerSchema(
  type: IntegerType,
  rules: NumberRules<bigint>,
  nonZero: boolean,
): JsonSchema {
  const { min, max } = integerRange(type, rules);
  const number = mergeSchemas(
    { type: "integer", ...lowerBound(min), ...upperBound(max) },
    ...listSchemas(rules, Number),
    ...(nonZero ? [{ not: { const: 0 } }] : []),
  );
  if (type.bits === 32) {
    return number;
  }
  const text = mergeSchemas(
    integerTextSchema(type, rules),
    ...(nonZero ? [{ not: { const: "0" } }] : []),
  );
  return { anyOf: [number, text] };
}

/** The schema of an integer within its rules, as a string of its decimal digits. */
export function integerTextSchema(type: IntegerType, rules: NumberRules<bigint>): JsonSchema {
  const { min, max } = integerRange(type, rules);
  const text: JsonSchema = { type: "string", pattern: decimalPattern(min, max) };
  return mergeSchemas(text, ...listSchemas(rules, String));
}

/** The schemas for the rules that list numbers. */
export function listSchemas<T extends number | bigint>(
  rules: NumberRules<T>,
  convert: (value: T) => number | string,
): JsonSchema[] {
  return [
    ...(rules.in === undefined ? [] : [{ enum: rules.in.map(convert) }]),
    ...(rules.notIn === undefined ? [] : [{ not: { enum: rules.notIn.map(convert) } }]),
  ];
}

// Many readers take numbers as doubles. They round a bound that is not a double: 2^63 - 1
// becomes 2^63. If the rounded bound lies outside the range, it would itself be accepted,
// so it is excluded by an exclusive bound, which a double can hold.

function lowerBound(min: bigint): JsonSchema {
  const read = BigInt(Number(min));
  return {
    ...(read === min - 1n ? {} : { minimum: exact(min) }),
    ...(read < min ? { exclusiveMinimum: exact(read) } : {}),
  };
}

function upperBound(max: bigint): JsonSchema {
  const read = BigInt(Number(max));
  return {
    ...(read === max + 1n ? {} : { maximum: exact(max) }),
    ...(read > max ? { exclusiveMaximum: exact(read) } : {}),
  };
}

function exact(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
    ? Number(value)
    : value;
}
