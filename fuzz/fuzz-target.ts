import fc from "fast-check";
import { type Finding, signatureOf } from "./finding.js";
import { minimized } from "./minimize.js";
import { OracleError } from "./outcome.js";
import { hashOf } from "./random.js";
import type { Target } from "./target.js";

/** What a target is fuzzed with. */
export type Surroundings = {
  readonly seed: number;
  /** Cases that failed once. They are run first. */
  readonly kept: readonly unknown[];
  /** Whether the time is over. */
  readonly isOver: () => boolean;
  /** Is told each case before it runs. */
  readonly begin: (given: unknown) => void;
  readonly report: (finding: Finding) => Promise<void>;
};

/** A case that takes longer, and yet ends. */
const SLOW = 10_000;

/** One case may take this much memory more than any before it. */
const MAX_GROWTH = 768 * 1024;

/** How long a finding may be shrunk, and then made smaller. */
const SHRINKING = 15_000;

/**
 * Runs cases until the time is over. Each finding is shrunk and reported once: cases
 * that show what is known already are passed over.
 */
export async function fuzzTarget(
  target: Target,
  { seed, kept, isOver, begin, report }: Surroundings,
): Promise<void> {
  const known = new Set<string>();
  for (let round = 0; !isOver(); round++) {
    const roundSeed = hashOf(`${seed} ${target.name} ${round}`) | 0;
    let sought: { readonly signature: string; readonly until: number } | undefined;
    let failure: unknown;
    const property = target.property(kept, async (given, run) => {
      if (sought === undefined ? isOver() : performance.now() >= sought.until) {
        return;
      }
      begin(given);
      try {
        await supervised(run);
      } catch (error) {
        const signature = signatureOf(error);
        // While one finding is shrunk, another one is no smaller case of it.
        if (!isKnown(signature, known) && (sought?.signature ?? signature) === signature) {
          sought ??= { signature, until: performance.now() + SHRINKING };
          failure = error;
          throw error;
        }
      }
    });
    const examples = round === 0 ? kept.map((given): [unknown] => [given]) : [];
    const numRuns = target.roundSize + examples.length;
    const parameters = { seed: roundSeed, numRuns, examples };
    const { counterexample } = await fc.check(property, parameters);
    if (counterexample !== null && sought !== undefined) {
      const { signature } = sought;
      known.add(signature);
      const end = performance.now() + SHRINKING;
      const given = await minimized(counterexample[0], async (smaller) => {
        begin(smaller);
        const error = performance.now() < end ? await failureOf(target, smaller) : undefined;
        const isSmaller = error !== undefined && signatureOf(error) === signature;
        failure = isSmaller ? error : failure;
        return isSmaller;
      });
      const problem = failure instanceof Error ? (failure.stack ?? failure.message) : `${failure}`;
      await report({ target: target.name, signature, problem, given, seed: roundSeed });
    }
    // What waits for its turn, such as a message, gets it.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Whether it, or the same without something that is odd about the case, is known. */
function isKnown(signature: string, known: ReadonlySet<string>): boolean {
  return [...known].some((other) => signature === other || signature.startsWith(`${other}, with `));
}

async function failureOf(target: Target, given: unknown): Promise<unknown> {
  try {
    await supervised(() => target.replay(given));
    return undefined;
  } catch (error) {
    return error;
  }
}

/** Runs a case, and rejects what takes too much time or memory, or fails unseen. */
async function supervised(run: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await run();
  const unseen = stray;
  stray = undefined;
  if (unseen !== undefined) {
    throw unseen.error;
  }
  const taken = performance.now() - start;
  if (taken > SLOW) {
    throw new OracleError("a case ends soon", `it took ${Math.round(taken)} ms`);
  }
  const { maxRSS } = process.resourceUsage();
  const growth = maxRSS - mostMemory;
  mostMemory = maxRSS;
  if (growth > MAX_GROWTH) {
    throw new OracleError("a case takes little memory", `it took ${growth} kB`);
  }
}

let mostMemory = Number.POSITIVE_INFINITY;

/** A rejection that nobody waited for, or an error that nobody could catch. */
let stray: { readonly error: unknown } | undefined;

/** Takes down what would otherwise end the process. */
export function watchForStrays(): void {
  const note = (error: unknown): void => {
    stray ??= { error };
  };
  process.on("unhandledRejection", note);
  process.on("uncaughtException", note);
}
