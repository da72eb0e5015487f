import { listSchemas } from "./integer-schema.js";
import { mergeSchemas } from "./merge-schemas.js";
import type { NumberRules } from "./number-rules.js";
import type { JsonSchema } from "./schema-text.js";

/** The largest finite `float`. */
const MAX_FLOAT = (2 - 2 ** -23) * 2 ** 127;

/**
 * The schema of a `float` or a `double` within its rules. JSON has no numbers for those that
 * are not finite: ProtoJSON writes them as strings.
 *
 * @param isFloat Whether the number must be in the range of a `float`. It is compared as it is
 *   written, not as a reader would round it.
 * @param nonZero Whether 0 is rejected, too.
 */
export function floatSchema(
  isFloat: boolean,
  rules: NumberRules<number>,
  nonZero: boolean,
): JsonSchema {
  const { gt, gte, lt, lte } = rules;
  const number = mergeSchemas(
    { type: "number", ...(isFloat ? { minimum: -MAX_FLOAT, maximum: MAX_FLOAT } : {}) },
    {
      ...(gte === undefined ? {} : { minimum: gte }),
      ...(gt === undefined ? {} : { exclusiveMinimum: gt }),
      ...(lte === undefined ? {} : { maximum: lte }),
      ...(lt === undefined ? {} : { exclusiveMaximum: lt }),
    },
    ...listSchemas(rules, (value) => value),
    ...(nonZero ? [{ not: { const: 0 } }] : []),
  );
  const infinite = ["NaN", "Infinity", "-Infinity"].filter((text) => isAllowed(text, rules));
  return infinite.length === 0 ? number : { anyOf: [number, { type: "string", enum: infinite }] };
}

/** Whether the rules allow a number that is not finite. All numbers in rules are finite. */
function isAllowed(text: string, rules: NumberRules<number>): boolean {
  if (rules.finite === true || rules.in !== undefined) {
    return false;
  }
  const hasLower = (rules.gt ?? rules.gte) !== undefined;
  const hasUpper = (rules.lt ?? rules.lte) !== undefined;
  return !(hasUpper && text !== "-Infinity") && !(hasLower && text !== "Infinity");
}
