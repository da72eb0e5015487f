import assert from "node:assert/strict";
import { create, fromBinary, type JsonObject, toBinary, toJson } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DOSSIER_EVENT_TYPES,
  PAYLOAD_SCHEMAS,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import {
  type Event,
  eventFromBinary,
  eventToBinary,
  eventToJson,
  InvalidBinaryError,
  InvalidMessageError,
  type Payload,
  parseEvent,
  parsePayload,
  payloadFromBinary,
  payloadToBinary,
  payloadToJson,
  MissionDossierSnapshotComputedPayloadSchema as SnapshotSchema,
} from "../../../src/index.js";
import { validJson } from "../../support/arbitrary-json.js";
import { envelope, indexed, snapshot, withValue } from "../../support/examples.js";
import { schemaAccepts } from "../../support/schemas.js";

describe("an event", () => {
  test("written as JSON and read again is the same event", () => {
    fc.assert(
      fc.property(validJson(EventSchema), (json) => {
        const event = parseEvent(withoutNegativeZero(json));
        assert.deepStrictEqual(parseEvent(throughText(eventToJson(event))), event);
      }),
    );
  });

  test("written as bytes and read again is the same event", () => {
    fc.assert(
      fc.property(validJson(EventSchema), (json) => {
        const event = parseEvent(withoutNegativeZero(json));
        assert.deepStrictEqual(eventFromBinary(eventToBinary(event)), event);
      }),
    );
  });

  test("is written as JSON that the schema accepts", () => {
    fc.assert(
      fc.property(validJson(EventSchema), (json) => {
        expect(schemaAccepts(EventSchema, eventToJson(parseEvent(json)))).toBe(true);
      }),
    );
  });

  test("is written as the bytes that stock Protobuf writes, and reads them", () => {
    fc.assert(
      fc.property(validJson(EventSchema), (json) => {
        // Stock Protobuf for TypeScript loses these keys, and moves those.
        fc.pre(!/"(?:__proto__|[0-9]+)":/.test(JSON.stringify(json)));
        const event = parseEvent(withoutNegativeZero(json));
        // Stock Protobuf takes its own types, whose lists can be changed.
        const bytes = toBinary(EventSchema, event as Event);
        expect(eventToBinary(event)).toEqual(bytes);
        assert.deepStrictEqual(eventFromBinary(bytes), event);
      }),
    );
  });
});

describe.each(DOSSIER_EVENT_TYPES)("the payload of %s", (eventType) => {
  const desc = PAYLOAD_SCHEMAS[eventType];

  test("written as JSON and read again is the same payload", () => {
    fc.assert(
      fc.property(validJson(desc), (json) => {
        const payload = parsePayload(eventType, json);
        assert.deepStrictEqual(
          parsePayload(eventType, throughText(payloadToJson(payload))),
          payload,
        );
      }),
    );
  });

  test("written as bytes and read again is the same payload", () => {
    fc.assert(
      fc.property(validJson(desc), (json) => {
        const payload = parsePayload(eventType, json);
        assert.deepStrictEqual(payloadFromBinary(eventType, payloadToBinary(payload)), payload);
      }),
    );
  });

  test("is written as stock ProtoJSON writes it, except 64-bit integers", () => {
    fc.assert(
      fc.property(validJson(desc), (json) => {
        fc.pre(!JSON.stringify(json).includes("__proto__"));
        const payload = parsePayload(eventType, json);
        // Stock Protobuf takes its own types, whose lists can be changed.
        const stock = toJson(desc, payload as Payload);
        expect(integersAsText(payloadToJson(payload), "size_bytes")).toEqual(stock);
      }),
    );
  });

  test("is written as bytes that stock Protobuf reads as the same payload", () => {
    fc.assert(
      fc.property(validJson(desc), (json) => {
        fc.pre(!JSON.stringify(json).includes("__proto__"));
        const payload = parsePayload(eventType, json);
        expect(fromBinary(desc, payloadToBinary(payload))).toEqual(payload);
      }),
    );
  });
});

describe("integers of 64 bits", () => {
  test.each([
    [0, 0n, 0],
    ["0", 0n, 0],
    [5_000_000_000, 5_000_000_000n, 5_000_000_000],
    ["9007199254740991", 9007199254740991n, 9007199254740991],
    ["9007199254740992", 9007199254740992n, "9007199254740992"],
    ["9007199254740993", 9007199254740993n, "9007199254740993"],
    ["9223372036854775807", 9223372036854775807n, "9223372036854775807"],
  ])("%o is read as %o and written as %o", (json, value, written) => {
    const payload = parsePayload(
      "MissionDossierArtifactIndexed",
      withValue(indexed, "content_ref.size_bytes", json),
    );
    expect(payload.contentRef.sizeBytes).toBe(value);
    expect(payloadToJson(payload).content_ref.size_bytes).toBe(written);
    const event = parseEvent({ ...envelope, lamport_clock: json });
    expect(event.lamportClock).toBe(value);
    expect(eventToJson(event).lamport_clock).toBe(written);
  });
});

test("an integer has no negative zero", () => {
  const json = { ...snapshot, artifact_count: -0, anomaly_count: -0 };
  const payload = parsePayload("MissionDossierSnapshotComputed", json);
  expect(Object.is(payload.artifactCount, 0) && Object.is(payload.anomalyCount, 0)).toBe(true);
});

test("maps keep any key, in JSON and in binary", () => {
  const context_diagnostics = JSON.parse(
    '{"constructor": "a", "__proto__": "b", "toString": "c", "": "d", "10": "e", "9": "f"}',
  );
  const payload = parsePayload("MissionDossierArtifactIndexed", {
    ...indexed,
    context_diagnostics,
  });
  const expected = Object.entries(context_diagnostics);
  expect(Object.entries(payload.contextDiagnostics)).toEqual(expected);
  expect(Object.getPrototypeOf(payload.contextDiagnostics)).toBe(Object.prototype);
  expect(Object.entries(payloadToJson(payload).context_diagnostics ?? {})).toEqual(expected);
  const read = payloadFromBinary("MissionDossierArtifactIndexed", payloadToBinary(payload));
  expect(Object.entries(read.contextDiagnostics)).toEqual(expected);
});

test("fields that this version does not know survive the binary form", () => {
  const payload = parsePayload("MissionDossierArtifactIndexed", indexed);
  // Field 900, a string of one byte, and the same inside content_ref (field 3).
  const unknown = new Uint8Array([0xa2, 0x38, 0x01, 0x78]);
  const bytes = new Uint8Array([...payloadToBinary(payload), ...unknown, 0x1a, 0x04, ...unknown]);
  const read = payloadFromBinary("MissionDossierArtifactIndexed", bytes);
  expect(read.contentRef.hash).toBe(indexed.content_ref.hash);
  assert.deepStrictEqual(
    payloadFromBinary("MissionDossierArtifactIndexed", payloadToBinary(read)),
    read,
  );
  expect(Reflect.get(read, "$unknown")).toHaveLength(1);
  expect(Reflect.get(read.contentRef, "$unknown")).toHaveLength(1);
});

/** JSON as its text has it: without `undefined` and `-0`. */
function throughText(json: unknown): unknown {
  return JSON.parse(JSON.stringify(json));
}

/** JSON text has no `-0`: `JSON.stringify` drops the sign before any writer sees it. */
function withoutNegativeZero(json: JsonObject): JsonObject {
  return JSON.parse(JSON.stringify(json));
}

function integersAsText(json: unknown, name: string): unknown {
  return JSON.parse(
    JSON.stringify(json, (key, value: unknown) =>
      key === name && typeof value === "number" ? value.toString() : value,
    ),
  );
}

describe("binary", () => {
  test("keeps a byte-order mark, which is text like any other", () => {
    const marked = "\ufefftext";
    const event = parseEvent({
      ...envelope,
      node_id: marked,
      payload: { [marked]: [marked] },
    });
    assert.deepStrictEqual(eventFromBinary(eventToBinary(event)), event);
    const payload = parsePayload("MissionDossierArtifactIndexed", {
      ...indexed,
      step_id: marked,
      provenance: { source_event_ids: [marked] },
      context_diagnostics: { [marked]: marked },
    });
    assert.deepStrictEqual(
      payloadFromBinary("MissionDossierArtifactIndexed", payloadToBinary(payload)),
      payload,
    );
  });

  test("may leave out a key or a value that is empty, as Rust's prost does", () => {
    const payload = parsePayload("MissionDossierSnapshotComputed", snapshot);
    // Field 7, a map: an entry of a key alone, one of a value alone, and one of neither.
    const entries = Buffer.from("3a030a016b3a031201763a00", "hex");
    const [onlyKey, onlyValue, neither] = [5, 5, 2].map((length, index) =>
      entries.subarray(index * 5, index * 5 + length),
    );
    const read = (...parts: (Uint8Array | undefined)[]) =>
      payloadFromBinary(
        "MissionDossierSnapshotComputed",
        Buffer.concat([payloadToBinary(payload), ...parts.map((part) => part ?? Buffer.of())]),
      ).contextDiagnostics;
    expect(read(onlyKey)).toEqual({ k: "" });
    expect(read(onlyValue)).toEqual({ "": "v" });
    expect(read(neither)).toEqual({ "": "" });
    expect(read(onlyKey, onlyValue)).toEqual({ k: "", "": "v" });
  });

  test.each<[string, (half: string) => unknown]>([
    ["a field", (half) => payloadToBinary(create(SnapshotSchema, { snapshotHash: half }))],
    [
      "a key",
      (half) => payloadToBinary(create(SnapshotSchema, { contextDiagnostics: { [half]: "" } })),
    ],
    [
      "a value",
      (half) => payloadToBinary(create(SnapshotSchema, { contextDiagnostics: { a: half } })),
    ],
    ["a payload", (half) => eventToBinary(create(EventSchema, { payload: { a: [half] } }))],
    [
      "a key of a payload",
      (half) => eventToBinary(create(EventSchema, { payload: { a: { [half]: 1 } } })),
    ],
  ])("cannot be written with a lone surrogate in %s", (_where, write) => {
    write("\u{1f600}");
    expect(() => write("\ud83d")).toThrow(InvalidMessageError);
  });

  test("cannot be written with a number out of range, and the error has the contract's names", () => {
    for (const [value, write] of [
      [
        2 ** 40,
        (count: number) => payloadToBinary(create(SnapshotSchema, { artifactCount: count })),
      ],
      [-1.5, (tier: number) => eventToBinary(create(EventSchema, { dataTier: tier }))],
    ] as const) {
      write(1);
      expect(() => write(value)).toThrow(InvalidMessageError);
      expect(() => write(value)).not.toThrow(/ordered/);
    }
  });

  test("is refused where a string is not UTF-8", () => {
    const bytes = Buffer.from(
      payloadToBinary(parsePayload("MissionDossierSnapshotComputed", snapshot)),
    );
    bytes[bytes.indexOf(snapshot.snapshot_hash)] = 0xff;
    expect(() => payloadFromBinary("MissionDossierSnapshotComputed", bytes)).toThrow(
      InvalidBinaryError,
    );
  });
});
