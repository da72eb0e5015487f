import { describe, expect, test } from "vitest";
import { TARGETS } from "../../fuzz/targets.js";
import { runs } from "../support/runs.js";

/** How many cases beside the examples. The command starts a process for each. */
const casesOf = (name: string): number => (name === "command" ? runs(20) / 10 : runs(200));

describe("the fuzzer finds nothing", () => {
  test.each(TARGETS)(
    "in the examples and some cases of $name",
    async ({ name, check, examples }) => {
      // The same cases each time: a change must not fail for cases that it did not cause.
      const { failure } = await check({ numRuns: examples + casesOf(name), seed: 1 });
      expect(failure).toBeUndefined();
    },
  );
});
