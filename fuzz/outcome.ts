// What may come of a call: a result, or one of the errors that its documentation names.

// biome-ignore lint/suspicious/noExplicitAny: An error class may take anything.
export type ErrorClass = abstract new (...args: any[]) => Error;

/** A result, or an error that was to be expected. */
export type Outcome<T> =
  | { readonly kind: "result"; readonly value: T }
  | { readonly kind: "error"; readonly error: Error };

/** Raised when a call came to an end, and not to the one that was promised. */
export class OracleError extends Error {
  override readonly name = "OracleError";
  constructor(
    /** What was promised: the same words whatever the case is. */
    readonly oracle: string,
    detail: string,
  ) {
    super(`${oracle}\n${detail}`);
  }
}

/** Calls something. Errors of other classes than the permitted ones are thrown on. */
export function attempt<T>(action: () => T, ...permitted: readonly ErrorClass[]): Outcome<T> {
  try {
    return { kind: "result", value: action() };
  } catch (error) {
    return permittedError(error, permitted);
  }
}

/** {@link attempt} for what takes time. */
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

function permittedError(
  error: unknown,
  permitted: readonly ErrorClass[],
): { readonly kind: "error"; readonly error: Error } {
  if (error instanceof Error && permitted.some((kind) => error instanceof kind)) {
    return { kind: "error", error };
  }
  throw error;
}

/** Makes sure of something that was promised. */
export function expect(promise: string, holds: boolean, detail: () => string = () => ""): void {
  if (!holds) {
    throw new OracleError(promise, detail());
  }
}

/** Makes sure that two values are the same, in the sense of {@link isSame}. */
export function expectSame(promise: string, found: unknown, expected: unknown): void {
  const difference = differenceOf(found, expected);
  expect(promise, difference === undefined, () => {
    const { path, values } = difference ?? { path: [], values: [found, expected] };
    const [one, other] = values.map(shown);
    return `at ${JSON.stringify(path)}\nfound ${one}\nexpected ${other}`;
  });
}

/**
 * Whether two values have the same content. The order of the keys of an object makes no
 * difference, nor does the sign of a zero, which JSON text does not keep.
 */
export function isSame(a: unknown, b: unknown): boolean {
  return differenceOf(a, b) === undefined;
}

/** Where two values differ. */
type Difference = { readonly path: readonly unknown[]; readonly values: readonly unknown[] };

type Pair = {
  readonly a: unknown;
  readonly b: unknown;
  readonly within?: Pair;
  readonly key?: unknown;
};

function differenceOf(left: unknown, right: unknown): Difference | undefined {
  // No recursion: what was read may be deeper than the stack.
  const pairs: Pair[] = [{ a: left, b: right }];
  for (let pair = pairs.pop(); pair !== undefined; pair = pairs.pop()) {
    const { a, b } = pair;
    if (Object.is(a, b) || (a === 0 && b === 0)) {
      continue;
    }
    if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
      return { path: pathOf(pair), values: [a, b] };
    }
    const [ofA, ofB] = [contentOf(a), contentOf(b)];
    if (ofA.size !== ofB.size || isIterable(a) !== isIterable(b)) {
      return { path: pathOf(pair), values: [a, b] };
    }
    for (const [key, value] of ofA) {
      if (!ofB.has(key)) {
        return { path: pathOf(pair), values: [a, b] };
      }
      pairs.push({ a: value, b: ofB.get(key), within: pair, key });
    }
  }
  return undefined;
}

function pathOf(pair: Pair): unknown[] {
  const path: unknown[] = [];
  for (let step: Pair | undefined = pair; step?.within !== undefined; step = step.within) {
    path.unshift(step.key);
  }
  return path;
}

function contentOf(value: object): ReadonlyMap<unknown, unknown> {
  return isIterable(value) ? new Map([...value].entries()) : new Map(Object.entries(value));
}

/** Lists, bytes and maps. */
function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

const MAX_SHOWN = 1500;

/** A value for people. */
export function shown(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value, plain) ?? String(value);
  } catch (error) {
    text = `a value that cannot be shown: ${error}`;
  }
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

function plain(_: string, value: unknown): unknown {
  if (typeof value === "bigint" || (typeof value === "number" && !Number.isFinite(value))) {
    return `${value}`;
  }
  if (value instanceof Error) {
    return `${value.name}: ${value.message}`;
  }
  return typeof value === "object" && value !== null && isIterable(value) ? [...value] : value;
}
