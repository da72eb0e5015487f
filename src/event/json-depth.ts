import type { JsonMap } from "./json-object.js";

/**
 * How many levels of objects and lists the payload of an envelope may have, far
 * more than any payload of the contract needs. Stock Protobuf of most languages
 * stops at 100 messages within each other; the envelope is one, and a level takes
 * up to three.
 */
export const MAX_DEPTH = 32;

/** Whether a JSON value has more levels of objects and lists than that. */
export function isTooDeep(json: unknown, levels = MAX_DEPTH): boolean {
  if (typeof json !== "object" || json === null) {
    return false;
  }
  if (levels === 0) {
    return true;
  }
  if (Array.isArray(json)) {
    return json.some((item) => isTooDeep(item, levels - 1));
  }
  // Every event comes through here: this loop takes a third of `Object.values`.
  const object = json as JsonMap;
  for (const key in object) {
    const item = object[key];
    if (typeof item === "object" && item !== null && isTooDeep(item, levels - 1)) {
      return true;
    }
  }
  return false;
}
