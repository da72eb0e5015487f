import { describe, expect, test } from "vitest";
import { acceptsEnvelope } from "../../src/event/model/verdict.js";
import {
  acceptsPayload,
  DossierAccumulator,
  InvalidMessageError,
  parseEvent,
  parsePayload,
  reduceMissionDossier,
  reduceWithReport,
  stateToJsonString,
} from "../../src/index.js";
import { envelope, indexed } from "../support/examples.js";
import { asEvent, idOf, indexing, resultOrTypedError } from "./attacks.js";

// Objects that are not plain data: their values are computed on access.

const INDEXED = "MissionDossierArtifactIndexed";
const good = { ...envelope, payload: indexed };

describe("an event whose fields are computed", () => {
  const own = Object.defineProperties(
    {},
    Object.fromEntries(
      Object.entries(good).map(([key, value]) => [key, { enumerable: true, get: () => value }]),
    ),
  );
  test.each([
    ["by getters of its own", own],
    ["by a proxy", new Proxy(good, {})],
    ["by a proxy that is frozen", Object.freeze(new Proxy({ ...good }, {}))],
    ["and that has no prototype", Object.assign(Object.create(null), good)],
  ])("is read like plain data: %s", (_how, event) => {
    expect(parseEvent(event)).toEqual(parseEvent(good));
    expect(acceptsEnvelope(event)).toBe(true);
    expect(stateToJsonString(reduceMissionDossier([asEvent(event)]))).toBe(
      stateToJsonString(reduceMissionDossier([asEvent(good)])),
    );
  });

  const inherited: readonly (readonly [string, (json: object) => object])[] = [
    ["inherits them from an object", (json) => Object.create(json)],
    ["has them from its class", instanceOf],
  ];
  test.each(inherited)("has one verdict by all readers when it %s", (_how, make) => {
    const payload = make(indexed);
    const parsed = resultOrTypedError(() => parsePayload(INDEXED, payload));
    expect(acceptsPayload(INDEXED, payload)).toBe(!(parsed instanceof Error));
    const event = make(good);
    const parsedEvent = resultOrTypedError(() => parseEvent(event));
    expect(acceptsEnvelope(event)).toBe(!(parsedEvent instanceof Error));
    const around = { ...good, payload };
    expect(resultOrTypedError(() => parseEvent(around))).toBeInstanceOf(InvalidMessageError);
    expect(acceptsEnvelope(around)).toBe(false);
  });
});

/** An instance of a class whose accessors return the fields of an object. */
function instanceOf(json: object): object {
  class Computed {}
  for (const [key, value] of Object.entries(json)) {
    Object.defineProperty(Computed.prototype, key, { enumerable: true, get: () => value });
  }
  return new Computed();
}

describe("an event that throws on access", () => {
  class Mine extends Error {}
  const fails = (): never => {
    throw new Mine();
  };
  const traps = { get: fails, has: fails, ownKeys: fails, getOwnPropertyDescriptor: fails };
  const getter = (key: string): object =>
    Object.defineProperty({}, key, { enumerable: true, get: fails });

  test.each([
    ["a proxy", new Proxy({}, traps)],
    ["a proxy for a payload", { ...envelope, payload: new Proxy({}, traps) }],
    ["a getter in its payload", { ...envelope, payload: getter("namespace") }],
    [
      "a getter in a map",
      { ...envelope, payload: { ...indexed, context_diagnostics: getter("a") } },
    ],
  ])("fails with the error thrown, and changes nothing: %s", (_what, event) => {
    const accumulator = new DossierAccumulator();
    accumulator.add(asEvent(indexing("a", 1)));
    const before = stateToJsonString(accumulator.state());
    expect(() => accumulator.add(asEvent(event))).toThrow(Mine);
    expect(() => reduceWithReport([asEvent(event)])).toThrow(Mine);
    expect(stateToJsonString(accumulator.state())).toBe(before);
    expect(accumulator.add(asEvent(indexing("b", 2)))).toEqual({ kind: "added" });
    const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
    expect(stateToJsonString(restored.state())).toBe(stateToJsonString(accumulator.state()));
  });
});

describe("an event that is changed after it was added", () => {
  test("does not change the state, if its payload was accepted", () => {
    const event = structuredClone(indexing("a", 1));
    const accumulator = new DossierAccumulator();
    accumulator.add(asEvent(event));
    const before = stateToJsonString(accumulator.state());
    const checkpoint = accumulator.toBinary();
    Object.assign(event, { event_id: idOf(9), lamport_clock: 9 });
    Object.assign(Object(event["payload"]).artifact_id, { path: "changed" });
    Object.assign(Object(event["payload"]).namespace, { mission_key: "changed" });
    expect(stateToJsonString(accumulator.state())).toBe(before);
    expect(accumulator.toBinary()).toEqual(checkpoint);
    expect(accumulator.add(asEvent(indexing("a", 1)))).toEqual({ kind: "repeated" });
  });

  test("does not change the verdict, if its payload was rejected", () => {
    const rejected = { ...good, payload: { ...indexed, indexed_at: 5 } };
    const accumulator = new DossierAccumulator();
    const event = structuredClone(rejected);
    accumulator.add(asEvent(event));
    Object.assign(event.payload, { indexed_at: "changed" });
    expect(accumulator.add(asEvent(rejected))).toEqual({ kind: "repeated" });
    const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
    expect(restored.skipped).toHaveLength(1);
  });
});

test("a list of events that ends in an error leaves the events before it in an accumulator", () => {
  const accumulator = new DossierAccumulator();
  const events = [indexing("a", 1), { ...envelope, event_id: "none" }, indexing("b", 2)];
  const add = (): void => {
    for (const event of events) {
      accumulator.add(asEvent(event));
    }
  };
  expect(add).toThrow(InvalidMessageError);
  expect([...accumulator.state().artifacts.keys()]).toEqual(["a"]);
});
