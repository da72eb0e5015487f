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

/**
 * Checks that a value is a message. A writer would find no field in its wire JSON.
 *
 * @throws InvalidArgumentError when it is not a message of that type.
 */
export function requireMessage(
  name: string,
  given: unknown,
  { typeName }: { readonly typeName: string },
): void {
  if (Object(given).$typeName !== typeName) {
    throw new InvalidArgumentError(name, `a message of the type ${typeName}`, given);
  }
}

/** @throws InvalidArgumentError when a value is not an integer of a range. */
export function requireInteger(name: string, given: unknown, least: number, most?: number): void {
  const isInRange = Number(given) >= least && (most === undefined || Number(given) <= most);
  if (!Number.isSafeInteger(given) || !isInRange) {
    const range = most === undefined ? `from ${least}` : `from ${least} to ${most}`;
    throw new InvalidArgumentError(name, `an integer ${range}`, given);
  }
}

/** @throws InvalidArgumentError when a value is not bytes. */
export function requireBytes(given: unknown): void {
  // Unlike `instanceof`, this knows the bytes of another realm, in which some tests run.
  if (!ArrayBuffer.isView(given) || !("subarray" in given)) {
    throw new InvalidArgumentError("bytes", "a Uint8Array", given);
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
