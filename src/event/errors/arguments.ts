import { InvalidArgumentError } from "./errors.js";

// Callers in plain JavaScript may pass anything, so the errors describe what they passed.

/** The options that were given, if any. */
export function optionsIn<T extends object>(given: T | null | undefined): Partial<T> {
  if (given === null || given === undefined) {
    return {};
  }
  if (typeof given !== "object") {
    throw new InvalidArgumentError("options", "an object", given);
  }
  return given;
}

/** @throws InvalidArgumentError when a value is not a message at all. */
export function requireMessage(given: unknown): asserts given is object {
  if (typeof given !== "object" || given === null) {
    throw new InvalidArgumentError("message", "a message", given);
  }
}

/**
 * @param forAsync The functions that take an async iterable, if the caller does not.
 * @throws InvalidArgumentError when a value is not iterable.
 */
export function requireIterable(name: string, given: unknown, forAsync?: string): void {
  const isIterable =
    given !== undefined && given !== null && typeof Object(given)[Symbol.iterator] === "function";
  if (!isIterable) {
    const isAsync = typeof Object(given)[Symbol.asyncIterator] === "function";
    const others = isAsync && forAsync !== undefined ? ` (${forAsync} take an async iterable)` : "";
    throw new InvalidArgumentError(name, `a list or another iterable${others}`, given);
  }
}
