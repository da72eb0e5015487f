import { expect, test } from "vitest";
import {
  reduceMissionDossier,
  stateToBinary,
  stateToJsonString,
  TooLargeError,
} from "../../src/index.js";
import { deep } from "../support/runs.js";
import { asEvent, indexing } from "./attacks.js";

// The shortest such text takes seconds to write.
test.runIf(deep)("a state whose text is too long for a string is a typed error", () => {
  // Each of these takes six characters in JSON.
  const path = "\u0000".repeat(2 ** 27);
  const state = reduceMissionDossier([asEvent(indexing(path, 1))]);
  expect(() => stateToJsonString(state)).toThrow(TooLargeError);
  expect(stateToBinary(state).length).toBeGreaterThan(2 ** 27);
});
