import type { JsonMap } from "./json-object.js";

/**
 * How many levels of objects and lists the payload of an envelope may have, far
 * more than any payload of the contract needs. Stock Protobuf of most languages
 * stops at 100 messages within each other; the envelope is one, and a level takes
 * up to three.
 */
const MAX_DEPTH = 32;

/** What a `google.protobuf.Struct` cannot hold, for people. */
export const STRUCT_PROBLEMS = {
  depth: `must not be nested more than ${MAX_DEPTH} levels deep`,
  text: "must be Unicode text all through, without half of a surrogate pair",
} as const;

/** Why a JSON value is nothing that the payload of an envelope may hold, if so. */
export function structProblem(
  json: unknown,
  levels = MAX_DEPTH,
): keyof typeof STRUCT_PROBLEMS | undefined {
  if (typeof json === "string") {
    return json.isWellFormed() ? undefined : "text";
  }
  if (typeof json !== "object" || json === null) {
    return undefined;
  }
  if (levels === 0) {
    return "depth";
  }
  // Every event comes through here: this loop takes a third of `Object.entries`, and
  // a call for each string half as long again.
  const object = json as JsonMap;
  for (const key in object) {
    const item = object[key];
    if (typeof item === "string") {
      if (!item.isWellFormed()) {
        return "text";
      }
    } else if (typeof item === "object" && item !== null) {
      const problem = structProblem(item, levels - 1);
      if (problem !== undefined) {
        return problem;
      }
    }
    if (!key.isWellFormed()) {
      return "text";
    }
  }
  return undefined;
}
