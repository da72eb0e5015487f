import type { JsonMap } from "../json/json-object.js";
import { MAX_DEPTH } from "./struct-limits.js";

/**
 * A copy of a payload, without undefined members. Objects and lists below the deepest permitted
 * level are empty in the copy: it is rejected in the same places, and walking it cannot
 * overflow the stack.
 */
export function copyOfPayload(json: JsonMap): JsonMap {
  // The copy of an object is an object.
  return copyOfJson(json) as JsonMap;
}

/** The same for any value. */
export function copyOfJson(json: unknown): unknown {
  return copyOf(json, MAX_DEPTH);
}

function copyOf(value: unknown, levels: number): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  if (levels === 0) {
    return Array.isArray(value) ? [] : {};
  }
  return Array.isArray(value)
    ? value.map((item) => copyOf(item, levels - 1))
    : Object.fromEntries(
        Object.entries(value).flatMap(([key, item]) =>
          item === undefined ? [] : [[key, copyOf(item, levels - 1)]],
        ),
      );
}

/**
 * The JSON text of such a copy, which `JSON.parse` reads back as an equal value. An infinite
 * number is written as `1e400`, and so is `NaN`, which JSON cannot express.
 */
export function payloadText(value: unknown): string {
  if (typeof value === "number") {
    const finite = Object.is(value, -0) ? "-0" : JSON.stringify(value);
    return Number.isFinite(value) ? finite : value < 0 ? "-1e400" : "1e400";
  }
  if (typeof value !== "object" || value === null) {
    // An undefined item of a list is null.
    return JSON.stringify(value ?? null);
  }
  const pieces = Array.isArray(value)
    ? Array.from(value, payloadText)
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}:${payloadText(item)}`);
  return Array.isArray(value) ? `[${pieces.join()}]` : `{${pieces.join()}}`;
}
