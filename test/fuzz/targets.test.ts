import { describe, expect, test } from "vitest";
import type { Target } from "../../fuzz/target.js";
import { TARGETS } from "../../fuzz/targets.js";
import { deep, runs } from "../support/runs.js";

/** How many cases, examples included. The command starts a process for each. */
function casesOf({ name, examples }: Target): number {
  return name === "command" && !deep ? 1 : examples + runs(name === "command" ? 20 : 100);
}

describe("the fuzzer finds nothing", () => {
  test.each(TARGETS)("in the examples and some cases of $name", async (target) => {
    // The same cases each time: a change must not fail for cases that it did not cause.
    const { failure } = await target.check({ numRuns: casesOf(target), seed: 1 });
    expect(failure).toBeUndefined();
  });
});
