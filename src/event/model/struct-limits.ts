import type { JsonMap } from "../json/json-object.js";

/**
 * How deep objects and lists in the payload of an envelope may be nested, far more than any
 * payload of the contract needs. Protobuf in most languages stops at 100 nested messages; the
 * envelope is one, and a level takes up to three.
 */
export const MAX_DEPTH = 32;

/** The reasons why a `google.protobuf.Struct` cannot hold a value, for people. */
export const STRUCT_PROBLEMS = {
  depth: `must not be nested more than ${MAX_DEPTH} levels deep`,
  text: "must be Unicode text throughout, without lone surrogates",
  number: "must have finite numbers only",
  json: "must be JSON throughout, made of plain objects and lists",
} as const;

/** One of {@link STRUCT_PROBLEMS}. */
type StructProblem = keyof typeof STRUCT_PROBLEMS;

/**
 * The first problem that keeps a value out of a `google.protobuf.Struct`, if any. `JSON.parse`
 * accepts most of these, such as `1e400`, but other languages do not; the rest comes from
 * programs that build events by hand.
 */
export function structProblem(value: unknown, levels = MAX_DEPTH): StructProblem | undefined {
  const own = ownProblem(value, levels);
  if (own !== undefined || typeof value !== "object" || value === null) {
    return own;
  }
  // Every event passes through here: this loop takes a third of the time of `Object.entries`,
  // and a call for each string would add half.
  const object = value as JsonMap;
  for (const key in object) {
    const item = object[key];
    const isText = typeof item === "string" && item.isWellFormed();
    const problem = isText ? undefined : structProblem(item, levels - 1);
    if (problem !== undefined) {
      return problem;
    }
    if (!key.isWellFormed()) {
      return "text";
    }
  }
  return undefined;
}

/** The problem of a value itself, regardless of its content. */
export function ownProblem(value: unknown, levels: number): StructProblem | undefined {
  if (typeof value !== "object" || value === null) {
    return scalarProblem(value);
  }
  if (levels === 0) {
    return "depth";
  }
  return isPlain(value) ? undefined : "json";
}

/**
 * Whether a value is JSON at every depth, as `JSON.parse` could have given it: plain objects
 * and lists, without cycles. Infinite numbers and lone surrogates count as JSON, and so does
 * `NaN`, since binary can contain it.
 */
export function isJson(value: unknown): boolean {
  const problem = structProblem(value);
  return problem === undefined || (problem !== "json" && isJsonAtAnyDepth(value));
}

/** A loop, not a recursion, so that no depth overflows the stack. */
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

/** Marks the end of an object's members on the stack. */
class EndOf {
  constructor(readonly object: object) {}
}

/** The problem of a value that is not an object, if any. */
function scalarProblem(value: unknown): StructProblem | undefined {
  switch (typeof value) {
    case "string":
      return value.isWellFormed() ? undefined : "text";
    case "number":
      return Number.isFinite(value) ? undefined : "number";
    // An undefined value counts as absent.
    case "undefined":
    case "boolean":
    case "object":
      return undefined;
    default:
      return "json";
  }
}

/** Whether an object is a list or a plain object, of any realm. */
export function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  return (
    prototype === Object.prototype ||
    prototype === null ||
    Array.isArray(object) ||
    Object.getPrototypeOf(prototype) === null
  );
}
