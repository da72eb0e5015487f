import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import { afterAll, beforeAll, expect } from "vitest";
import { MissionDossierError } from "../../src/event/errors/mission-dossier-error.js";
import {
  DossierAccumulator,
  type EventJson,
  InvalidEventError,
  InvalidMessageError,
  reduceWithReport,
  stateToJsonString,
} from "../../src/index.js";
import { contentRef, envelope, identity, namespace } from "../support/examples.js";

/** Names that a plain object already has or reorders, or that are not identifiers. */
export const SPECIAL_NAMES = ["__proto__", "constructor", "hasOwnProperty", "1", ""] as const;

/** Any value as the wire JSON of an event: the reader must find out. */
export function asEvent(value: unknown): EventJson {
  // The attacks are on this assumption.
  return value as EventJson;
}

/** A different id for each number. */
export function idOf(number: number): string {
  return `01KJPZ8V2M4T6R1E9C3H5${number.toString().padStart(5, "0")}`;
}

/** An artifact that is indexed at a path, as the event of this number. */
export function indexing(path: string, number: number, more: JsonObject = {}): JsonObject {
  return {
    ...envelope,
    event_id: idOf(number),
    lamport_clock: number,
    payload: {
      namespace,
      artifact_id: { ...identity, path },
      content_ref: contentRef,
      indexed_at: `at ${number}`,
      ...more,
    },
  };
}

/** The result of a call, or the typed error that it throws. Any other error is rethrown. */
export function resultOrTypedError<T>(call: () => T): T | MissionDossierError {
  try {
    return call();
  } catch (error) {
    if (error instanceof MissionDossierError) {
      return error;
    }
    throw error;
  }
}

/** The typed error that a call throws. Fails if it throws another error or none. */
export function typedError(call: () => unknown): MissionDossierError {
  const found = resultOrTypedError(call);
  if (found instanceof MissionDossierError) {
    return found;
  }
  throw new Error("nothing was thrown");
}

/**
 * Asserts that an event is refused as invalid and leaves nothing behind, or that everything
 * known about it survives a checkpoint.
 */
export function expectRefusedOrKept(event: EventJson): void {
  const accumulator = new DossierAccumulator();
  const outcome = resultOrTypedError(() => accumulator.add(event));
  const isRefused = outcome instanceof MissionDossierError;
  if (isRefused) {
    expect(outcome).toBeInstanceOf(InvalidEventError);
  }
  const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
  for (const each of [accumulator, restored]) {
    expect(each.eventCount).toBe(isRefused ? 0 : 1);
    expect(each.skipped).toHaveLength(accumulator.skipped.length);
    expect(stateToJsonString(each.state())).toBe(stateToJsonString(accumulator.state()));
    const again = resultOrTypedError(() => each.add(event));
    expect(again).toEqual(isRefused ? outcome : { kind: "repeated" });
  }
}

/**
 * Asserts that the payload of an event is rejected and the event counts, also after a
 * checkpoint.
 */
export function expectRejectedAndKept(event: EventJson): void {
  expect(new DossierAccumulator().add(event).kind).toBe("skipped");
  const { skipped } = reduceWithReport([event]);
  expect(skipped).toHaveLength(1);
  const accumulator = new DossierAccumulator();
  accumulator.add(event);
  const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
  const places = ({ skipped: all }: DossierAccumulator) =>
    all.map(({ violations }) => violations.map(({ field, message }) => [field, message]));
  expect(places(restored)).toEqual(places(accumulator));
  expect(stateToJsonString(restored.state())).toBe(stateToJsonString(accumulator.state()));
  expect(restored.add(event)).toEqual({ kind: "repeated" });
}

/** The number of skipped payloads in a stream of one event; a refused event counts, too. */
export function skippedOrRefused(event: EventJson): number {
  const result = resultOrTypedError(() => reduceWithReport([event]).skipped.length);
  return result instanceof InvalidEventError ? 1 : Number(result);
}

/** The fields and rules that a call reports as broken. */
export function violationsOf(call: () => unknown): string[] {
  const error = typedError(call);
  expect(error).toBeInstanceOf(InvalidMessageError);
  return error instanceof InvalidMessageError
    ? error.violations.map(({ field, violationType }) => `${field} ${violationType}`)
    : [];
}

/** Checks that the tests of a file do not change the prototypes of objects. */
export function guardPrototypes(): void {
  const guarded = [Object, Array, String, Function, Map].map(({ prototype }) => prototype);
  let before: unknown[];
  const all = () =>
    guarded.map((prototype: object) => Object.entries(Object.getOwnPropertyDescriptors(prototype)));
  beforeAll(() => {
    before = all();
  });
  afterAll(() => {
    expect(all()).toEqual(before);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
}

/**
 * A copy with a field added to every object in it, however deep. Maps, in which any
 * key is one of the contract's, must not be in it.
 */
export function withEverywhere(json: JsonObject, name: string, value: JsonValue): JsonObject {
  const entries = Object.entries(json).map(([key, item]): [string, JsonValue] => [
    key,
    within(item, name, value),
  ]);
  // Not a literal, which would set the prototype.
  return Object.fromEntries([...entries, [name, value]]);
}

function within(json: JsonValue, name: string, value: JsonValue): JsonValue {
  if (Array.isArray(json)) {
    return json.map((item) => within(item, name, value));
  }
  return typeof json === "object" && json !== null ? withEverywhere(json, name, value) : json;
}
