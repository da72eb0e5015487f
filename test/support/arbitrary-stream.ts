import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import { DOSSIER_EVENT_TYPES, PAYLOAD_SCHEMAS } from "../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import type { EventJson } from "../../src/index.js";
import { eventId, mutated, validJson } from "./arbitrary-json.js";
import { namespace } from "./examples.js";

/** Few paths, so that events share them, and some that are special keys in JavaScript. */
const path = fc.constantFrom("a", "b", "1", "__proto__", "constructor");
const step = fc.constantFrom(null, "plan", "tasks");

/** Now and then no clock, or the latest one. */
const extremeClock = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 10 },
  { arbitrary: fc.constantFrom(null, "9223372036854775807"), weight: 1 },
);

/**
 * JSON with the names of contract 3.0.0. They are written down a second time on purpose, as text,
 * so that tests share no code with what they test.
 */
export function withLaterNames<T>(json: T): T {
  return JSON.parse(
    JSON.stringify(json)
      .replaceAll('"feature_slug":', '"mission_slug":')
      .replaceAll('"mission_key":', '"mission_type":'),
  );
}

/**
 * A stream of one mission: dossier events of every type and of both generations, some with a
 * payload that the contract rejects, and events of another type. Ids, clocks and paths are few, so
 * that duplicates, ties and supersession occur.
 */
export const anyStream: fc.Arbitrary<EventJson[]> = fc
  .tuple(fc.array(eventId, { minLength: 1, maxLength: 8 }), fc.nat(4))
  .chain(([ids, clocks]) =>
    fc.array(
      fc
        .tuple(
          fc.constantFrom(...ids),
          fc.constantFrom(...DOSSIER_EVENT_TYPES),
          fc.nat(9),
          validJson(EventSchema),
        )
        .chain(([id, type, kind, envelope]) =>
          fc
            .tuple(payload(type, kind), extremeClock, fc.nat(3))
            .map(([json, extreme, generation]) => ({
              ...envelope,
              event_id: id,
              event_type: kind === 9 ? "SomethingElse" : type,
              lamport_clock:
                extreme === undefined ? Number(envelope["lamport_clock"]) % (clocks + 1) : extreme,
              payload: generation === 0 ? withLaterNames(json) : json,
            })),
        ),
      { maxLength: 12 },
    ),
  )
  // The generator makes valid envelopes only.
  .map((events) => events as unknown as EventJson[]);

function payload(
  type: (typeof DOSSIER_EVENT_TYPES)[number],
  kind: number,
): fc.Arbitrary<JsonObject> {
  const valid = validJson(PAYLOAD_SCHEMAS[type]);
  return fc
    .tuple(kind > 6 ? mutated(valid) : valid, path, path, step)
    .map(([json, own, other, stepId]) => ({
      ...json,
      // All events have the namespace of one mission, or none.
      ...("namespace" in json ? { namespace: { ...namespace, step_id: stepId } } : {}),
      ...withPath(json, "artifact_id", own),
      ...withPath(json, "supersedes", other),
    }));
}

function withPath(json: JsonObject, name: string, value: string): JsonObject {
  const identity = json[name];
  return typeof identity === "object" && identity !== null && !Array.isArray(identity)
    ? { [name]: { ...identity, path: value } }
    : {};
}
