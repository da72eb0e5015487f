import type fc from "fast-check";
import { vi } from "vitest";

/** Enough for what a mutation breaks, which is seldom a corner case of a corner case. */
const MOST_RUNS = 20;

// Where a test says how often a property is tried, no global setting of fast-check counts.
vi.mock("fast-check", async (importOriginal) => {
  const original = await importOriginal<typeof import("fast-check")>();
  const { default: given } = original;
  // It returns what the other one returns for the same property.
  const assert = (<T>(property: fc.IRawProperty<T>, parameters?: fc.Parameters<T>) => {
    const numRuns = Math.min(parameters?.numRuns ?? MOST_RUNS, MOST_RUNS);
    // The same cases every time; and a failure is a failure, however large its example.
    return given.assert(property, { ...parameters, numRuns, seed: 1, endOnFailure: true });
  }) as typeof fc.assert;
  return { ...original, assert, default: { ...given, assert } };
});
