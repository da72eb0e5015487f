import fc from "fast-check";

/** A property that must hold for any input. */
export type Target = {
  readonly name: string;
  /** How many examples it has. */
  readonly examples: number;
  /** Tries it, the examples first. */
  readonly check: (parameters: fc.Parameters<[unknown]>) => Promise<Outcome>;
};

export type Outcome = {
  readonly runs: number;
  /** A report of fast-check, with the smallest case that fails, and how to run it again. */
  readonly failure: string | undefined;
};

/**
 * @param run Throws when the property does not hold for a case.
 * @param examples Cases that went wrong once.
 */
export function target<C>(
  name: string,
  cases: fc.Arbitrary<C>,
  run: (given: C) => void | Promise<void>,
  examples: readonly C[] = [],
): Target {
  return {
    name,
    examples: examples.length,
    check: async ({ examples: _, reporter: __, asyncReporter: ___, ...parameters }) => {
      const property = fc.asyncProperty(cases, async (given) => await run(given));
      const details = await fc.check(property, {
        ...parameters,
        examples: examples.map((example): [C] => [example]),
      });
      return {
        runs: details.numRuns,
        failure: details.failed ? fc.defaultReportMessage(details) : undefined,
      };
    },
  };
}
