import type { JsonSchema } from "./schema-text.js";

/** The schema of the values that all of several schemas accept, with as few `allOf` as possible. */
export function mergeSchemas(...schemas: readonly JsonSchema[]): JsonSchema {
  const merged: JsonSchema = {};
  const others: JsonSchema[] = [];
  for (const [keyword, value] of schemas.flatMap(Object.entries)) {
    const first = merged[keyword];
    if (first === undefined) {
      merged[keyword] = value;
    } else if (typeof first === "number" && typeof value === "number") {
      // Every keyword with a number is a bound.
      merged[keyword] = /min/i.test(keyword) ? Math.max(first, value) : Math.min(first, value);
    } else {
      others.push({ [keyword]: value });
    }
  }
  return others.length === 0 ? merged : { ...merged, allOf: others };
}
