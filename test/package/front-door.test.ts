import { expect, test } from "vitest";
import * as conformance from "../../src/conformance/index.js";
import * as library from "../../src/index.js";
import { envelope, indexed } from "../support/examples.js";

const whole = { ...envelope, payload: indexed };

test("whole events are judged by the main entry, with the very functions of the other", () => {
  expect(library.validateEnvelope).toBe(conformance.validateEnvelope);
  expect(library.validateEvent).toBe(conformance.validateEvent);
  expect(library.JUDGED_TYPES).toBe(conformance.JUDGED_TYPES);
  expect(library.validateEnvelope(whole).map(({ valid }) => valid)).toEqual([true, true]);
});

test("the verdict alone on an envelope is that of the judge", () => {
  for (const json of [whole, { ...whole, payload: {} }, { ...whole, node_id: "" }, null, "x"]) {
    const [result] = library.validateEnvelope(json);
    expect(library.acceptsEnvelope(json)).toBe(result.valid);
  }
});
