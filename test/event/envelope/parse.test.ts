import assert from "node:assert/strict";
import { create, type JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { structViolations } from "../../../src/event/model/struct-violations.js";
import {
  DOSSIER_EVENT_TYPES,
  EventSchema,
  eventFromBinary,
  eventToBinary,
  InvalidBinaryError,
  InvalidEventError,
  InvalidMessageError,
  isDossierEventType,
  parseEvent,
  parsePayload,
  payloadFromBinary,
  payloadToBinary,
  payloadToJson,
  reduceMissionDossier,
  UnknownEventTypeError,
} from "../../../src/index.js";
import { eventId, validJson } from "../../support/arbitrary-json.js";
import { drift, envelope, identity, indexed } from "../../support/examples.js";

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

describe("parseEvent", () => {
  test("fills in absent fields: payload, schema_version, data_tier", () => {
    const event = parseEvent(envelope);
    expect(event).toMatchObject({ payload: {}, schemaVersion: "1.0.0", dataTier: 0 });
    expect(event.causationId).toBeUndefined();
    expect(event.projectSlug).toBeUndefined();
    expect(
      parseEvent({ ...envelope, payload: null, schema_version: null, data_tier: null }),
    ).toEqual(event);
  });

  test("keeps an empty build_id apart from an absent one, in binary too", () => {
    const event = parseEvent({ ...envelope, build_id: "" });
    expect(event.buildId).toBe("");
    expect(parseEvent(envelope).buildId).toBeUndefined();
    expect(eventFromBinary(eventToBinary(event)).buildId).toBe("");
  });

  test.each([
    ["01kjpz8v2m4t6r1e9c3h5n7qwa", "01KJPZ8V2M4T6R1E9C3H5N7QWA"],
    ["A47275CB-634E-427C-ABD3-3E5D17997D4E", "a47275cb-634e-427c-abd3-3e5d17997d4e"],
    ["A47275CB634E427CABD33E5D17997D4E", "a47275cb-634e-427c-abd3-3e5d17997d4e"],
  ])("reads the id %s as %s", (spelling, canonical) => {
    const ids = { event_id: spelling, correlation_id: spelling, causation_id: spelling };
    expect(parseEvent({ ...envelope, ...ids })).toMatchObject({
      eventId: canonical,
      correlationId: canonical,
      causationId: canonical,
    });
  });

  test("reads every spelling of an id as one", () => {
    fc.assert(
      fc.property(eventId, (id) => {
        const canonical = parseEvent({ ...envelope, event_id: id }).eventId;
        for (const spelling of [id.toLowerCase(), id.toUpperCase(), canonical]) {
          expect(parseEvent({ ...envelope, event_id: spelling }).eventId).toBe(canonical);
        }
      }),
    );
  });

  test("changes no other field", () => {
    const odd = { project_uuid: "A47275CB-634E-427C-ABD3-3E5D17997D4E", aggregate_id: "  É " };
    expect(parseEvent({ ...envelope, ...odd })).toMatchObject({
      projectUuid: odd.project_uuid,
      aggregateId: odd.aggregate_id,
      timestamp: envelope.timestamp,
    });
  });

  test("throws one error with all violations, the id, and a message that names the fields", () => {
    const error = thrownBy(() =>
      parseEvent({
        ...envelope,
        event_id: "nope",
        lamport_clock: -1,
        timestamp: "today",
        node_id: 5,
      }),
    );
    expect(error).toBeInstanceOf(InvalidEventError);
    expect(error).toMatchObject({
      name: "InvalidEventError",
      subject: "event",
      eventId: "nope",
      violations: [
        { field: "node_id", violationType: "type", inputValue: 5 },
        { field: "event_id", violationType: "string.pattern", inputValue: "nope" },
        { field: "timestamp", violationType: "string.pattern", inputValue: "today" },
        { field: "lamport_clock", violationType: "int64.gte", inputValue: -1 },
      ],
    });
    expect(String(error)).toContain("event_id: must be a ULID of 26 characters, or a UUID");
  });

  test("does not change its input", () => {
    fc.assert(
      fc.property(validJson(EventSchema), (json) => {
        const before = structuredClone(json);
        parseEvent(json);
        assert.deepStrictEqual(json, before);
      }),
    );
  });
});

describe("nesting", () => {
  const nested = (levels: number): JsonObject => {
    let json: JsonObject = { leaf: true };
    for (let level = 1; level < levels; level++) {
      json = { a: json };
    }
    return json;
  };

  test("of 32 levels is read, written and read again", () => {
    const event = parseEvent({ ...envelope, payload: nested(32) });
    assert.deepStrictEqual(eventFromBinary(eventToBinary(event)), event);
  });

  test.each([33, 500, 100_000])(
    "of %o levels is read, and neither written nor folded",
    (levels) => {
      const payload = nested(levels);
      const field = `payload${".a".repeat(32)}`;
      const message = "must not be nested more than 32 levels deep";
      const event = parseEvent({ ...envelope, payload });
      // The copy is cut below the last level, and so is rejected at the same place.
      expect(structViolations(event.payload, { field: "payload", path: [] }).next().value).toEqual(
        expect.objectContaining({ field }),
      );
      const error = thrownBy(() => eventToBinary(event));
      expect(error).toBeInstanceOf(InvalidEventError);
      expect(error).toMatchObject({ violations: [{ field, message }] });
      const strict = thrownBy(() => parseEvent({ ...envelope, payload }, { strict: true }));
      expect(strict).toMatchObject({
        violations: expect.arrayContaining([expect.objectContaining({ field, message })]),
      });
      expect(reduceMissionDossier([event, event]).eventCount).toBe(1);
    },
  );
});

describe("parsePayload", () => {
  test("throws an error with all violations", () => {
    const error = thrownBy(() =>
      parsePayload("MissionDossierArtifactIndexed", { ...indexed, content_ref: { hash: "" } }),
    );
    expect(error).toBeInstanceOf(InvalidMessageError);
    expect(error).toMatchObject({
      subject: "payload",
      violations: [
        { field: "content_ref.hash", violationType: "string.min_len" },
        { field: "content_ref.algorithm", violationType: "required" },
      ],
    });
  });

  test.each(["MissionDossierArtifactExploded", "toString", "__proto__", "Event", ""])(
    "throws for the event type %o, and lists the known ones",
    (eventType) => {
      expect(isDossierEventType(eventType)).toBe(false);
      for (const call of [
        // @ts-expect-error The compiler rejects an unknown event type.
        () => parsePayload(eventType, indexed),
        // @ts-expect-error The compiler rejects an unknown event type.
        () => payloadFromBinary(eventType, new Uint8Array()),
      ]) {
        const error = thrownBy(call);
        expect(error).toBeInstanceOf(UnknownEventTypeError);
        expect(error).toMatchObject({
          eventType,
          knownEventTypes: DOSSIER_EVENT_TYPES,
        });
        expect(String(error)).toContain(DOSSIER_EVENT_TYPES.join(", "));
      }
    },
  );
});

test("a message that is not a payload cannot be written as one", () => {
  const event = create(EventSchema, {});
  // @ts-expect-error The compiler rejects a message that is not a payload.
  expect(() => payloadToJson(event)).toThrow(UnknownEventTypeError);
  // @ts-expect-error The compiler rejects a message that is not a payload.
  expect(() => payloadToBinary(event)).toThrow(UnknownEventTypeError);
});

describe("bytes that are not a message", () => {
  test.each([
    ["a wrong length", [0x0a, 0xff]],
    ["an illegal tag", [0x00]],
    ["invalid UTF-8", [0x0a, 0x01, 0xff]],
    ["a truncated number", [0x30, 0x80]],
  ])("%s is an error of its own", (_name, bytes) => {
    const error = thrownBy(() => eventFromBinary(new Uint8Array(bytes)));
    expect(error).toBeInstanceOf(InvalidBinaryError);
    expect(error).toMatchObject({ subject: "event" });
  });

  test("an empty message is an invalid one", () => {
    expect(() => eventFromBinary(new Uint8Array())).toThrow(InvalidEventError);
    expect(() => payloadFromBinary("MissionDossierArtifactIndexed", new Uint8Array())).toThrow(
      InvalidMessageError,
    );
  });
});

describe("a message that was built by hand", () => {
  const type = "MissionDossierParityDriftDetected";
  const drifted = parsePayload(type, {
    ...drift,
    artifact_ids_changed: [identity, identity],
  });

  test("is rejected by its rules, with the value found, also within lists", () => {
    const [one] = drifted.artifactIdsChanged;
    const message = { ...drifted, artifactIdsChanged: [one, { ...one, artifactClass: "inputt" }] };
    const violation = { field: "artifact_ids_changed[1].artifact_class", inputValue: "inputt" };
    expect(
      thrownBy(() => payloadFromBinary(type, payloadToBinary(message as typeof drifted))),
    ).toMatchObject({
      violations: [{ ...violation, violationType: "string.in" }],
    });
  });

  test("is rejected if its payload holds values that JSON cannot", () => {
    const event = { ...parseEvent(envelope), payload: { size: 1n } };
    expect(() => eventToBinary(event as never)).toThrow(/must be JSON throughout/);
  });
});
