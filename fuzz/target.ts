import fc from "fast-check";
import { variantsOf } from "./variants.js";

/**
 * Something to be fuzzed. A case is a value of JSON, so that one that fails can be kept
 * as a file.
 */
export type Definition<C> = {
  readonly name: string;
  /** How many cases are generated at once. The time is looked at between them. */
  readonly roundSize: number;
  /** How much of the time it gets, beside the others. Default: 1. */
  readonly share?: number;
  readonly cases: fc.Arbitrary<C>;
  /** Throws when what comes of a case is not permitted. */
  readonly run: (given: C) => void | Promise<void>;
};

/** Is told each case before it runs, and what runs it. */
export type Supervision = (given: unknown, run: () => Promise<void>) => Promise<void>;

/** A {@link Definition}, whatever its cases are. */
export type Target = {
  readonly name: string;
  readonly roundSize: number;
  readonly share: number;
  /**
   * What fast-check is to find a counterexample of.
   *
   * @param kept Cases that failed once.
   */
  readonly property: (
    kept: readonly unknown[],
    supervise: Supervision,
  ) => fc.IAsyncProperty<[unknown]>;
  /** Runs a case that was kept. */
  readonly replay: (given: unknown) => Promise<void>;
};

export function target<C>({ name, roundSize, share = 1, cases, run }: Definition<C>): Target {
  // What is kept for a target was a case of it, and what is made of it still looks so.
  const replay = async (given: unknown): Promise<void> => await run(given as C);
  return {
    name,
    roundSize,
    share,
    property: (kept, supervise) => {
      const any: fc.Arbitrary<unknown> =
        kept.length === 0
          ? cases
          : fc.oneof({ weight: 9, arbitrary: cases }, { weight: 1, arbitrary: variantsOf(kept) });
      return fc.asyncProperty(any, (given) => supervise(given, () => replay(given)));
    },
    replay,
  };
}
