import assert from "node:assert/strict";
import { describe, expect, test } from "vitest";
import { validateEvent } from "../../src/conformance/index.js";
import {
  acceptsPayload,
  DossierAccumulator,
  eventFromBinary,
  eventToBinary,
  eventToJson,
  parseEvent,
  parsePayload,
  payloadToJson,
  reduceWithReport,
} from "../../src/index.js";
import { missionDossier } from "../cli/command.js";
import { envelope, indexed, snapshot } from "../support/examples.js";
import { asEvent, expectRejectedAndKept, idOf, skippedOrRefused, violationsOf } from "./attacks.js";
import { eventCopies, payloadCopies } from "./copies.js";

// The forms of 64-bit integers are tested in event/codec/round-trips, and both ends of every
// range in event/model/rules.

const INDEXED = "MissionDossierArtifactIndexed";
const SNAPSHOT = "MissionDossierSnapshotComputed";

/** JSON in which a piece of JSON text, such as `1e400`, replaces "@". */
function withText(json: object, text: string): string {
  return JSON.stringify(json).replace('"@"', () => text);
}

/** An envelope with a piece of JSON text for its clock. */
function clockLine(text: string, event_id: string = envelope.event_id): string {
  return withText({ ...envelope, event_id, lamport_clock: "@", payload: indexed }, text);
}

/** JSON texts, and their values as integers of 32 and of 64 bits. */
const TEXTS: readonly (readonly [text: string, int32: number | null, int64: bigint | null])[] = [
  ["1e400", null, null],
  ["-1e400", null, null],
  ["1e-400", 0, 0n],
  ["-0", 0, 0n],
  ["-0.0", 0, 0n],
  ["0e999", 0, 0n],
  ["1e3", 1000, 1000n],
  ["7.0", 7, 7n],
  ["7.5", null, null],
  ["2147483647", 2147483647, 2147483647n],
  ["2147483648", null, 2147483648n],
  ["9007199254740991", null, 9007199254740991n],
  // In text, 2^53 + 1 has lost its last digit before any library sees it.
  ["9007199254740993", null, 9007199254740992n],
  ["9223372036854774784", null, 9223372036854774784n],
  // As a number, 2^63 - 1 is 2^63.
  ["9223372036854775807", null, null],
  ["9223372036854775808", null, null],
  ['"9007199254740993"', null, 9007199254740993n],
  ['"9223372036854775807"', null, 9223372036854775807n],
  ['"9223372036854775808"', null, null],
  ['"1e400"', null, null],
  ['"1e3"', null, null],
  ['"-0"', null, null],
  ['"+1"', null, null],
  ['"٣"', null, null],
  ['"NaN"', null, null],
  ['"Infinity"', null, null],
  ['"-Infinity"', null, null],
];

describe.each(TEXTS)("%s", (text, int32, int64) => {
  test("in a field of 32 bits", () => {
    const json = JSON.parse(withText({ ...snapshot, artifact_count: "@" }, text));
    expectVerdict(json, SNAPSHOT, "artifact_count", int32 !== null);
    if (int32 !== null) {
      const payload = parsePayload(SNAPSHOT, json);
      expect(payload.artifactCount).toBe(int32);
      expect(payloadToJson(payload).artifact_count).toBe(int32);
      expect(payloadCopies(SNAPSHOT, payload)).toEqual([payload, payload]);
    }
  });

  test("in a field of 64 bits", () => {
    const content_ref = { ...indexed.content_ref, size_bytes: "@" };
    const json = JSON.parse(withText({ ...indexed, content_ref }, text));
    expectVerdict(json, INDEXED, "content_ref.size_bytes", int64 !== null);
    if (int64 !== null) {
      const payload = parsePayload(INDEXED, json);
      expect(payload.contentRef.sizeBytes).toBe(int64);
      expect(payloadCopies(INDEXED, payload)).toEqual([payload, payload]);
    }
  });

  test("as the clock of an event", () => {
    const json = JSON.parse(clockLine(text));
    expect(validateEvent(json, "Event").valid).toBe(int64 !== null);
    if (int64 === null) {
      expect(violationsOf(() => parseEvent(json))).toEqual(["lamport_clock type"]);
      return;
    }
    const event = parseEvent(json);
    expect(event.lamportClock).toBe(int64);
    expect(eventCopies(event)).toEqual([event, event]);
    const accumulator = new DossierAccumulator();
    accumulator.add(json);
    // The clock is kept as exactly as it is read, so this is the same event.
    expect(accumulator.add(event)).toEqual({ kind: "repeated" });
    const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
    expect(restored.add(json)).toEqual({ kind: "repeated" });
  });
});

test("the command reads the same clocks", async () => {
  const input = TEXTS.map(([text], index) => `${clockLine(text, idOf(index))}\n`).join("");
  const run = await missionDossier(["reduce", "--skip-invalid", "-f", "json"], { input });
  const valid = TEXTS.filter(([, , int64]) => int64 !== null);
  expect(JSON.parse(run.stdout)).toMatchObject({ event_count: valid.length });
  for (const [index, [, , int64]] of TEXTS.entries()) {
    const invalid = `standard input:${index + 1}: not a valid event (event ${idOf(index)})\n`;
    expect(run.stderr.includes(invalid)).toBe(int64 === null);
  }
  const validated = await missionDossier(["validate"], { input });
  expect(validated.stderr).toBe(
    `${TEXTS.length} records judged, ${TEXTS.length - valid.length} not conforming\n`,
  );
});

describe.each([
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
  ["2^63 as a bigint", 2n ** 63n],
  ["a bigint", 5n],
])("the value %s", (_name, value) => {
  test("is not accepted in any field", () => {
    const fields = { artifact_count: value };
    expectVerdict({ ...snapshot, ...fields }, SNAPSHOT, "artifact_count", false);
    const content_ref = { ...indexed.content_ref, size_bytes: value };
    expectVerdict({ ...indexed, content_ref }, INDEXED, "content_ref.size_bytes", false);
    expectVerdict({ ...indexed, indexed_at: value }, INDEXED, "indexed_at", false);
    expect(violationsOf(() => parseEvent({ ...envelope, lamport_clock: value }))).toEqual([
      "lamport_clock type",
    ]);
  });
});

test("zero and negative zero are one clock", () => {
  const accumulator = new DossierAccumulator();
  accumulator.add(asEvent({ ...envelope, lamport_clock: 0, payload: indexed }));
  expect(accumulator.add(asEvent({ ...envelope, lamport_clock: -0, payload: indexed }))).toEqual({
    kind: "repeated",
  });
});

describe("a number in the payload of another event", () => {
  const other = { ...envelope, event_type: "SomethingElse" };

  test.each(["0", "-0", "5e-324", "1.7976931348623157e308", "9007199254740993", "1e21", "0.1"])(
    "%s is the same in binary as in JSON",
    (text) => {
      const event = parseEvent(JSON.parse(withText({ ...other, payload: { a: ["@"] } }, text)));
      const read = eventFromBinary(eventToBinary(event));
      assert.deepStrictEqual(read, event);
      expect(JSON.stringify(eventToJson(read))).toBe(JSON.stringify(eventToJson(event)));
    },
  );

  // JSON has no number for these, and stock Protobuf does not write them as JSON.
  test.each([
    ["NaN", Number.NaN],
    ["Infinity", Number.POSITIVE_INFINITY],
    ["1e400 in JSON text", JSON.parse("1e400")],
  ])("%s is read, but not written", (_name, value) => {
    const event = parseEvent({ ...other, payload: { a: [value] } });
    expect(event.payload).toEqual({ a: [value] });
    expect(violationsOf(() => eventToBinary(event))).toEqual(["payload.a[0] type"]);
  });

  test("NaN in binary is read", () => {
    const bytes = Buffer.from(eventToBinary(parseEvent({ ...other, payload: { a: 1 } })));
    // The value is the last double of the message.
    const at = bytes.lastIndexOf(doubleBytes(1));
    expect(at).toBeGreaterThan(0);
    bytes.writeDoubleLE(Number.NaN, at);
    expect(eventFromBinary(bytes).payload).toEqual({ a: Number.NaN });
  });
});

describe("1e400 in the text of a payload that is rejected for it", () => {
  const payload = JSON.parse(withText({ ...indexed, step_id: "@" }, "1e400"));

  // `JSON.stringify` would write it as a valid `null`.
  test.each([
    ["in a known field", payload],
    ["in an unknown field", { ...indexed, unknown: [Number.NEGATIVE_INFINITY] }],
    ["as NaN", { ...indexed, unknown: Number.NaN }],
  ])("is rejected after a checkpoint, too: %s", (_where, rejected) => {
    expectRejectedAndKept(asEvent({ ...envelope, payload: rejected }));
  });

  test("is different content than null, in either order", () => {
    const infinite = asEvent({ ...envelope, payload: { ...payload, indexed_at: 7 } });
    const absent = asEvent({
      ...envelope,
      payload: { ...indexed, step_id: null, indexed_at: 7 },
    });
    const [one, other] = [
      [infinite, absent],
      [absent, infinite],
    ].map((events) => {
      const { skipped, conflicts } = reduceWithReport(events);
      const violations = skipped[0]?.violations.map(({ field }) => field);
      return { violations, conflicts: conflicts.length };
    });
    expect(one).toEqual(other);
    expect(one?.conflicts).toBe(1);
  });
});

function doubleBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

function expectVerdict(
  payload: object,
  eventType: typeof INDEXED | typeof SNAPSHOT,
  field: string,
  valid: boolean,
): void {
  expect(acceptsPayload(eventType, payload)).toBe(valid);
  const { modelViolations, schemaViolations } = validateEvent(payload, eventType);
  expect([modelViolations.length === 0, schemaViolations.length === 0]).toEqual([valid, valid]);
  if (!valid) {
    expect(modelViolations.map((violation) => violation.field)).toEqual([field]);
  }
  const event = asEvent({ ...envelope, event_type: eventType, payload });
  expect(skippedOrRefused(event)).toBe(valid ? 0 : 1);
}
