import type { JsonMap } from "../json/json-object.js";
import { MAX_DEPTH } from "./struct-limits.js";

/**
 * A copy of a payload, to be kept, without members that are undefined. An object or list
 * below the last level that a payload may have is empty in the copy: the copy is rejected
 * for the same places, and no depth overflows the stack of whoever goes through it.
 */
export function copyOfPayload(json: JsonMap): JsonMap {
  // The copy of an object is one.
  return copyOf(json, MAX_DEPTH) as JsonMap;
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
 * The JSON text of such a copy, which `JSON.parse` reads as the same: an infinite number is
 * `1e400`. So is `NaN`, which no JSON text can be.
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
