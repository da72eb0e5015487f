import { inspect } from "node:util";

// biome-ignore lint/suspicious/noExplicitAny: An error class may take anything.
type ErrorClass = abstract new (...args: any[]) => Error;

/** A result, or an error that its documentation names. */
export type Outcome<T> =
  | { readonly kind: "result"; readonly value: T }
  | { readonly kind: "error"; readonly error: Error };

/** Calls something. Errors of other classes than the permitted ones are thrown on. */
export function attempt<T>(action: () => T, ...permitted: readonly ErrorClass[]): Outcome<T> {
  try {
    return { kind: "result", value: action() };
  } catch (error) {
    return permittedError(error, permitted);
  }
}

/** {@link attempt} for promises. */
export async function attemptLater<T>(
  action: () => Promise<T>,
  ...permitted: readonly ErrorClass[]
): Promise<Outcome<T>> {
  try {
    return { kind: "result", value: await action() };
  } catch (error) {
    return permittedError(error, permitted);
  }
}

function permittedError(error: unknown, permitted: readonly ErrorClass[]): Outcome<never> {
  if (error instanceof Error && permitted.some((kind) => error instanceof kind)) {
    return { kind: "error", error };
  }
  throw error;
}

/** Throws an error that names a promise, unless it holds. */
export function expect(promise: string, holds: boolean, detail: () => unknown = () => ""): void {
  if (!holds) {
    throw new Error(`${promise}\n${detail()}`);
  }
}

/**
 * Makes sure that two values have the same content. The order of the keys of an object makes
 * no difference, nor does the sign of a zero, which JSON text does not keep.
 */
export function expectSame(promise: string, found: unknown, expected: unknown): void {
  // No recursion: the values may be deeper than the stack.
  const pairs: (readonly [unknown, unknown])[] = [[found, expected]];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const [a, b] = pair;
    if (Object.is(a, b) || (a === 0 && b === 0)) {
      continue;
    }
    const [ofA, ofB] = [contentOf(a), contentOf(b)];
    const isAlike = ofA !== undefined && ofA.size === ofB?.size;
    expect(promise, isAlike, () => `found ${inspect(a)}\nexpected ${inspect(b)}`);
    for (const [key, value] of ofA ?? []) {
      expect(promise, ofB?.has(key) === true, () => `found ${String(key)}, which is not expected`);
      pairs.push([value, ofB?.get(key)]);
    }
  }
}

/** The items of lists, bytes and maps by their index, and the members of other objects. */
function contentOf(value: unknown): ReadonlyMap<unknown, unknown> | undefined {
  if (typeof value !== "object" || value === null) {
    return undefined;
  }
  return new Map<unknown, unknown>(
    isIterable(value) ? [...value].entries() : Object.entries(value),
  );
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}
