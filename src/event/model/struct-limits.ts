import type { JsonMap } from "../json/json-object.js";

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
  number: "must have finite numbers only",
  json: "must be JSON all through, made of plain objects and lists",
} as const;

type StructProblem = keyof typeof STRUCT_PROBLEMS;

/**
 * Why a value is nothing that the payload of an envelope may hold, if so. `JSON.parse`
 * reads most of this without complaint, `1e400` among it, and other languages do not;
 * the rest comes from programs that make their events by hand.
 */
export function structProblem(value: unknown, levels = MAX_DEPTH): StructProblem | undefined {
  if (typeof value !== "object" || value === null) {
    return scalarProblem(value);
  }
  if (levels === 0) {
    return "depth";
  }
  if (!isPlain(value)) {
    return "json";
  }
  // Every event comes through here: this loop takes a third of `Object.entries`, and
  // a call for each string half as long again.
  const object = value as JsonMap;
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
    } else {
      const problem = scalarProblem(item);
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

function scalarProblem(value: unknown): StructProblem | undefined {
  switch (typeof value) {
    case "string":
      return value.isWellFormed() ? undefined : "text";
    case "number":
      return Number.isFinite(value) ? undefined : "number";
    // What is undefined is absent.
    case "undefined":
    case "boolean":
    case "object":
      return undefined;
    default:
      return "json";
  }
}

/** Whether an object is a list, or one that holds what it has itself, of whatever realm. */
export function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return (
    prototype === Object.prototype ||
    prototype === null ||
    Array.isArray(object) ||
    Object.getPrototypeOf(prototype) === null
  );
}

/** A copy of what is no {@link structProblem}, without what is undefined. */
export function copyOfStruct(json: JsonMap): JsonMap {
  // What is copied of a JSON value is one.
  return copyOf(json) as JsonMap;
}

function copyOf(value: unknown): unknown {
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Array.isArray(value)
    ? value.map(copyOf)
    : Object.fromEntries(
        Object.entries(value).flatMap(([key, item]) =>
          item === undefined ? [] : [[key, copyOf(item)]],
        ),
      );
}
