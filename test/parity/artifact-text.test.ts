import fc from "fast-check";
import { expect, test } from "vitest";
import { PARITY_RULES, parityHash } from "../../src/index.js";
import { ArtifactText } from "../../src/parity/artifact-text.js";
import { artifact, stateOf } from "../support/artifacts.js";
import { runs } from "../support/runs.js";

const PATHS = ["b", "😀", "～", "a\u0001", "a", "a/long/path", "é"];

test("the hash of artifacts that come, change and go is that of the state with those present", () => {
  const change = fc.record({
    path: fc.nat(PATHS.length - 1),
    // Of one length, so that lines are overwritten, and of others.
    hash: fc.constantFrom("11", "22", "33", "4", "555", undefined),
    isHashed: fc.boolean(),
  });
  const rule = fc.constantFrom(...PARITY_RULES);
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), rule, (changes, rule) => {
      const text = new ArtifactText(PATHS, rule);
      const present = new Map<string, string>();
      const state = () => stateOf([...present].map(([path, hash]) => artifact(path, hash)));
      for (const { path, hash, isHashed } of changes) {
        text.set(path, hash);
        if (hash === undefined) {
          present.delete(PATHS[path] ?? "");
        } else {
          present.set(PATHS[path] ?? "", hash);
        }
        if (isHashed) {
          expect(text.hash()).toBe(parityHash(state(), { rule }));
        }
      }
      expect(text.hash()).toBe(parityHash(state(), { rule }));
    }),
    { numRuns: runs(1000) },
  );
});
