import { decimalPattern } from "./decimal-pattern.js";
import type { KnownRules } from "./field-rules.js";
import type { IntegerType } from "./integer-types.js";
import type { JsonSchema } from "./schema-text.js";

/**
 * The schema of an integer within its bounds. One of 64 bits may be a number, or a
 * string of its decimal digits.
 *
 * @param nonZero Whether 0 is rejected, too.
 */
export function integerSchema(
  type: IntegerType,
  rules: KnownRules["integer"],
  nonZero: boolean,
): JsonSchema {
  const min = rules.gte !== undefined && rules.gte > type.min ? rules.gte : type.min;
  const max = rules.lte !== undefined && rules.lte < type.max ? rules.lte : type.max;
  const number: JsonSchema = {
    type: "integer",
    ...lowerBound(min),
    ...upperBound(max),
    ...(nonZero ? { not: { const: 0 } } : {}),
  };
  if (type.bits === 32) {
    return number;
  }
  const string: JsonSchema = {
    type: "string",
    pattern: decimalPattern(min, max),
    ...(nonZero ? { not: { const: "0" } } : {}),
  };
  return { anyOf: [number, string] };
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
