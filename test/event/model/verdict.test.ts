import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DOSSIER_EVENT_TYPES,
  PAYLOAD_SCHEMAS,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { MissionDossierStateSchema } from "../../../gen/speckitty/dossier/v1/state_pb.js";
import { VALIDATORS } from "../../../gen/speckitty/dossier/v1/verdict_validators.js";
import { readPayload } from "../../../src/event/model/payload.js";
import { readModel } from "../../../src/event/model/read-model.js";
import { acceptingGeneration, acceptsEnvelope } from "../../../src/event/model/verdict.js";
import {
  acceptsPayload,
  InvalidEventError,
  parseEvent,
  UnknownEventTypeError,
} from "../../../src/index.js";
import { mutated, validJson } from "../../support/arbitrary-json.js";
import { envelope, indexed } from "../../support/examples.js";
import { runs } from "../../support/runs.js";

// Every event is judged by code that is compiled from the schemas. The messages and their
// annotations never see an event that it accepts, so the two must not disagree.

/** The value with text that is not Unicode somewhere, as a string or as a key. */
function withLoneSurrogate(json: fc.Arbitrary<JsonValue>): fc.Arbitrary<JsonValue> {
  return fc
    .tuple(json, fc.nat(), fc.constantFrom("\ud800", "a\udfff", "\udc00\ud800"))
    .map(([value, at, text]) => {
      let count = 0;
      const strings = JSON.stringify(value).match(/"(?:[^"\\]|\\.)*"/g)?.length ?? 0;
      return JSON.parse(
        JSON.stringify(value).replace(/"(?:[^"\\]|\\.)*"/g, (found) =>
          count++ === at % Math.max(strings, 1) ? JSON.stringify(text) : found,
        ),
      );
    });
}

/** The value with an unknown field at any level that no Struct can carry. */
function uncarried(json: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const bad = fc.constantFrom('"\\ud800"', "[1e400]", '{"a":{"\\udfff":1}}', deepText);
  return fc.tuple(json, fc.nat(), bad).map(([value, at, text]) => {
    const copy: JsonObject = structuredClone(value);
    const objects = messagesIn(copy);
    Object.assign(objects[at % objects.length] ?? copy, { unknown: JSON.parse(text) });
    return copy;
  });
}

const deepText = `${"[".repeat(32)}${"]".repeat(32)}`;

/** The objects in a value that are messages, not maps. */
function messagesIn(json: JsonObject): JsonObject[] {
  return [
    json,
    ...Object.entries(json).flatMap(([key, value]) =>
      key !== "context_diagnostics" && isObject(value) ? messagesIn(value) : [],
    ),
  ];
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function anyJson(desc: Parameters<typeof validJson>[0]): fc.Arbitrary<JsonValue> {
  const valid = validJson(desc);
  const any = fc.jsonValue().map((json) => json as JsonValue);
  return fc.oneof(valid, mutated(valid), withLoneSurrogate(valid), any);
}

describe.each(DOSSIER_EVENT_TYPES)("the verdict on a payload of %s", (eventType) => {
  test("is that of the messages and their annotations, on any value", () => {
    fc.assert(
      fc.property(anyJson(PAYLOAD_SCHEMAS[eventType]), (json) => {
        const { kind } = readPayload(eventType, json);
        expect(acceptsPayload(eventType, json)).toBe(kind === "valid");
      }),
      { numRuns: runs(3000) },
    );
  });

  test("is that of the messages on data that no Struct can carry, at any place", () => {
    const valid = validJson(PAYLOAD_SCHEMAS[eventType]);
    fc.assert(
      fc.property(uncarried(valid), (json) => {
        expect(acceptsPayload(eventType, json)).toBe(false);
        expect(readPayload(eventType, json)).toMatchObject({
          kind: "invalid",
          violations: expect.arrayContaining([expect.objectContaining({ violationType: "type" })]),
        });
        const event = { ...envelope, event_type: eventType, payload: json };
        expect(acceptsEnvelope(event)).toBe(true);
        expect(acceptingGeneration(event)).toBeUndefined();
      }),
    );
  });

  test.each([[null], [undefined], [[]], ["text"], [1], [true]])("rejects %o", (json) => {
    expect(acceptsPayload(eventType, json)).toBe(false);
  });
});

describe("the verdict on an envelope", () => {
  test("is that of the messages and their annotations, on any value", () => {
    fc.assert(
      fc.property(anyJson(EventSchema), (json) => {
        expect(acceptsEnvelope(json)).toBe(isParsed(json));
      }),
      { numRuns: runs(3000) },
    );
  });

  test.each([30, 31, 32, 33, 100_000])("is the same for a payload of %d more levels", (levels) => {
    for (const [open, close] of [
      ["[", "]"],
      ['{"a":', "}"],
    ]) {
      const json = {
        ...envelope,
        payload: JSON.parse(`{"a":${open?.repeat(levels)}1${close?.repeat(levels)}}`),
      };
      expect(acceptsEnvelope(json)).toBe(true);
      expect(isParsed(json)).toBe(true);
      const event = { ...json, payload: { ...indexed, unknown: json.payload } };
      expect(acceptingGeneration(event) !== undefined).toBe(levels < 31);
    }
  });

  function isParsed(json: unknown): boolean {
    try {
      parseEvent(json);
      return true;
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidEventError);
      return false;
    }
  }
});

test("the verdict on each message is that of the messages and their annotations", () => {
  const all = Object.values(PAYLOAD_SCHEMAS)
    .flatMap(({ fields }) => fields)
    .flatMap(({ message }) => (message === undefined ? [] : [message]));
  for (const desc of new Set([...all, MissionDossierStateSchema])) {
    const validate = Object.entries(VALIDATORS).find(([name]) => name === desc.name)?.[1];
    fc.assert(
      fc.property(anyJson(desc), (json) => {
        expect(validate?.(json)).toBe(readModel(desc, json).kind === "valid");
      }),
      { numRuns: runs(1000) },
    );
  }
});

test.each(["Other", "toString", "__proto__", ""])("there is no event type %j", (eventType) => {
  // @ts-expect-error The compiler rejects it.
  expect(() => acceptsPayload(eventType, {})).toThrow(UnknownEventTypeError);
});

test("inherited fields do not count, as for the messages", () => {
  const event = { ...envelope, payload: indexed };
  expect(acceptsPayload("MissionDossierArtifactIndexed", indexed)).toBe(true);
  expect(acceptsPayload("MissionDossierArtifactIndexed", Object.create(indexed))).toBe(false);
  expect(acceptsEnvelope(event)).toBe(true);
  expect(acceptsEnvelope(Object.create(event))).toBe(false);
  expect(acceptsEnvelope({ ...event, payload: Object.create(indexed) })).toBe(false);
});
