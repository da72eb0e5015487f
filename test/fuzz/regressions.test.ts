import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { keptCases } from "../../fuzz/kept.js";
import { TARGETS, targetNamed } from "../../fuzz/targets/index.js";

const cases = keptCases(fileURLToPath(new URL("../../fuzz/regressions", import.meta.url)));

describe("cases that failed once", () => {
  test("are of a target that there is", () => {
    const targets = new Set(cases.map(({ target }) => target));
    expect(TARGETS.map(({ name }) => name)).toEqual(expect.arrayContaining([...targets]));
  });

  for (const { target, name, given } of cases) {
    test(`${target}: ${name} comes to a permitted end`, async () => {
      await targetNamed(target)?.replay(given);
    });
  }
});
