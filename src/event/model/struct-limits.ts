import type { JsonMap } from "../json/json-object.js";

/**
 * How many levels of objects and lists the payload of an envelope may have, far
 * more than any payload of the contract needs. Stock Protobuf of most languages
 * stops at 100 messages within each other; the envelope is one, and a level takes
 * up to three.
 */
export const MAX_DEPTH = 32;

/** What a `google.protobuf.Struct` cannot hold, for people. */
export const STRUCT_PROBLEMS = {
  depth: `must not be nested more than ${MAX_DEPTH} levels deep`,
  text: "must be Unicode text all through, without half of a surrogate pair",
  number: "must have finite numbers only",
  json: "must be JSON all through, made of plain objects and lists",
} as const;

/** One of {@link STRUCT_PROBLEMS}. */
export type StructProblem = keyof typeof STRUCT_PROBLEMS;

/**
 * The first problem that keeps a value out of a `google.protobuf.Struct`, if any.
 * `JSON.parse` reads most of this without complaint, `1e400` among it, and other languages
 * do not; the rest comes from programs that make their events by hand.
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

/**
 * Whether a value is JSON at every depth, as `JSON.parse` could have given it: plain
 * objects and lists, and none that holds itself. Infinite numbers and half of a surrogate
 * pair are JSON, and `NaN` goes with them, since binary can bring it.
 */
export function isJson(value: unknown): boolean {
  const problem = structProblem(value);
  return problem === undefined || (problem !== "json" && isJsonAtAnyDepth(value));
}

/** Goes down without calls of its own, so that no depth overflows the stack. */
function isJsonAtAnyDepth(value: unknown): boolean {
  const open: unknown[] = [value];
  const around = new Set<object>();
  while (open.length > 0) {
    const next = open.pop();
    if (next instanceof EndOf) {
      around.delete(next.object);
    } else if (typeof next !== "object" || next === null) {
      if (scalarProblem(next) === "json") {
        return false;
      }
    } else {
      if (around.has(next) || !isPlain(next)) {
        return false;
      }
      around.add(next);
      open.push(new EndOf(next));
      const object = next as JsonMap;
      for (const key in object) {
        open.push(object[key]);
      }
    }
  }
  return true;
}

/** Stands behind the members of an object. */
class EndOf {
  constructor(readonly object: object) {}
}

/** The problem of a value that is no object, if any. */
export function scalarProblem(value: unknown): StructProblem | undefined {
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
