import { describe, expect, test } from "vitest";
import {
  unknownNumbersIn,
  unknownNumberViolations,
} from "../../../src/event/model/unknown-fields.js";
import {
  DossierAccumulator,
  eventFromBinary,
  eventToBinary,
  MissionDossierArtifactIndexedPayloadSchema,
  PAYLOAD_SCHEMAS,
  parseEvent,
  parsePayload,
  payloadFromBinary,
  payloadToBinary,
  reduceMissionDossier,
  reduceWithReport,
} from "../../../src/index.js";
import { lengthDelimited, tag } from "../../attacks/wire.js";
import { envelope, indexed } from "../../support/examples.js";

const INDEXED = "MissionDossierArtifactIndexed";
const UNKNOWN = Buffer.concat([tag(900, 0), Buffer.of(1)]);
const strict = { strict: true };

const plain = eventToBinary(parseEvent({ ...envelope, payload: indexed }));
const withUnknown = Buffer.concat([plain, UNKNOWN, UNKNOWN]);

describe("an unknown field of an envelope in binary", () => {
  test("is refused in strict mode by every reader", () => {
    expect(() => eventFromBinary(withUnknown, strict)).toThrow(
      expect.objectContaining({
        violations: [expect.objectContaining({ field: "#900", violationType: "unknown_field" })],
      }),
    );
    expect(eventFromBinary(plain, strict)).toEqual(eventFromBinary(plain));
    const event = eventFromBinary(withUnknown);
    const refused = expect.objectContaining({ code: "unknown_field", field: "#900" });
    expect(() => reduceMissionDossier([event], strict)).toThrow(refused);
    expect(() => new DossierAccumulator(strict).add(event)).toThrow(refused);
  });

  test("is a diagnostic otherwise", () => {
    const event = eventFromBinary(withUnknown);
    expect(reduceWithReport([event]).diagnostics).toMatchObject([
      { code: "unknown_field", field: "#900", got: undefined },
    ]);
    expect(reduceWithReport([eventFromBinary(plain)]).diagnostics).toEqual([]);
  });
});

test("strict mode also judges the payload of an envelope in binary", () => {
  const payload = { ...indexed, colour: "red", indexed_at: null };
  const bytes = eventToBinary(parseEvent({ ...envelope, payload }));
  expect(() => eventFromBinary(bytes, strict)).toThrow(
    expect.objectContaining({
      violations: [
        expect.objectContaining({ field: "payload.colour" }),
        expect.objectContaining({ field: "payload.indexed_at" }),
      ],
    }),
  );
});

describe("unknown fields of a payload in binary", () => {
  const { artifactId } = MissionDossierArtifactIndexedPayloadSchema.field;
  const bytes = Buffer.concat([
    payloadToBinary(parsePayload(INDEXED, indexed)),
    UNKNOWN,
    // Repeated fields are merged.
    lengthDelimited(artifactId.number, UNKNOWN),
  ]);

  test("are refused in strict mode, each by its place", () => {
    expect(() => payloadFromBinary(INDEXED, bytes, strict)).toThrow(
      expect.objectContaining({
        code: "invalid_payload",
        violations: [
          expect.objectContaining({ field: "#900" }),
          expect.objectContaining({ field: "artifact_id.#900" }),
        ],
      }),
    );
    expect(payloadFromBinary(INDEXED, bytes).indexedAt).toBe(indexed.indexed_at);
  });

  test("are listed up to a hundred", () => {
    const many = Array.from({ length: 300 }, (_, index) =>
      Buffer.concat([tag(900 + index, 0), [1]].map((part) => Uint8Array.from(part))),
    );
    const message = payloadFromBinary(INDEXED, Buffer.concat([bytes, ...many]));
    const found = unknownNumbersIn(MissionDossierArtifactIndexedPayloadSchema, message);
    expect(found).toHaveLength(100);
    // More than a call can have arguments.
    const $unknown = Array.from({ length: 300_000 }, (_, no) => ({
      no,
      wireType: 0,
      data: UNKNOWN,
    }));
    expect(
      unknownNumbersIn(MissionDossierArtifactIndexedPayloadSchema, { ...message, $unknown }),
    ).toHaveLength(100);
  });
});

test("the path of a field that is known by number is split into keys", () => {
  const message = { $unknown: [], artifactIdsChanged: [{}, { $unknown: [{ no: 17 }] }] };
  expect(
    unknownNumberViolations(PAYLOAD_SCHEMAS.MissionDossierParityDriftDetected, message),
  ).toMatchObject([
    { field: "artifact_ids_changed[1].#17", path: ["artifact_ids_changed", 1, "#17"] },
  ]);
});
