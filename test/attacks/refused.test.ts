import { describe, expect, test } from "vitest";
import { DossierAccumulator } from "../../src/index.js";
import { envelope, namespace } from "../support/examples.js";
import { asEvent, idOf, indexing, typedError } from "./attacks.js";

// A producer that sends refused events a hundred times a second must not make a checkpoint
// grow, or change the reports on other events.

const OTHER_PROJECT = "5d0f3f52-1b0c-4a6e-9b57-3f3a3c6d8e10";

/** An event of another mission. */
function elsewhere(fields: object = {}): object {
  const event = indexing("b", 4, { namespace: { ...namespace, feature_slug: "elsewhere" } });
  return { ...event, ...fields };
}

describe("refused input leaves nothing behind", () => {
  test.each([
    ["an event of another mission", elsewhere(), false],
    ["an event of another mission, in strict mode", elsewhere(), true],
    ["an invalid event", { ...envelope, lamport_clock: -1 }, false],
    ["a payload that is rejected", indexing("b", 4, { indexed_at: 7 }), true],
    ["an unknown field", { ...indexing("b", 4), unknown: "field" }, true],
    ["different content for an id", { ...indexing("b", 2), event_id: idOf(1) }, true],
    ["another mission for an id", elsewhere({ event_id: idOf(1) }), true],
    [
      "another mission, earlier, for an id, in strict mode",
      elsewhere({ event_id: idOf(1), lamport_clock: 0 }),
      true,
    ],
    ["a clock that goes backwards", indexing("b", 2), true],
    ["another project", { ...indexing("b", 4), project_uuid: OTHER_PROJECT }, true],
  ])("%s", (_what, event, strict) => {
    const accumulator = new DossierAccumulator({ strict });
    accumulator.add(asEvent(indexing("a", 1)));
    accumulator.add(asEvent(indexing("c", 3)));
    const before = accumulator.toBinary();
    typedError(() => accumulator.add(asEvent(event)));
    expect(Buffer.from(accumulator.toBinary()).equals(before)).toBe(true);
  });

  test("an accumulator of another mission", () => {
    const [accumulator, other] = [new DossierAccumulator(), new DossierAccumulator()];
    accumulator.add(asEvent(indexing("a", 1)));
    other.add(asEvent(elsewhere()));
    const before = [accumulator, other].map((each) => Buffer.from(each.toBinary()));
    typedError(() => accumulator.merge(other));
    expect([accumulator, other].map((each) => Buffer.from(each.toBinary()))).toEqual(before);
  });
});
