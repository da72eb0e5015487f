import { type DescMessage, fromBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { checkpointBytes } from "../../fuzz/checkpoint-bytes.js";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { DossierCheckpointSchema } from "../../gen/speckitty/reducer/v1/checkpoint_pb.js";
import {
  assertPayloadConforms,
  ConformanceError,
  validateEnvelope,
  validateEvent,
} from "../../src/conformance/index.js";
import {
  acceptsPayload,
  DossierAccumulator,
  eventFromBinary,
  eventToBinary,
  InvalidBinaryError,
  parseEvent,
  parsePayload,
  parseState,
  reduceByNamespace,
  reduceWithReport,
} from "../../src/index.js";
import { envelope, indexed, namespace } from "../support/examples.js";
import {
  asEvent,
  expectRejectedAndKept,
  indexing,
  resultOrTypedError,
  typedError,
  violationsOf,
} from "./attacks.js";
import { DEEP_TEXTS, LEVELS } from "./deep.js";
import { lengthDelimited, tag, varint } from "./wire.js";

// The limit of 32 levels for a payload is tested in event/model/verdict.

const INDEXED = "MissionDossierArtifactIndexed";
const forms = DEEP_TEXTS.map(
  ([form, text]): readonly [form: string, deep: unknown, text: string] => [
    form,
    JSON.parse(text),
    text,
  ],
);

describe.each(forms)(`${LEVELS} levels of %s`, (_form, deep, text) => {
  const payloads = {
    "a payload": deep,
    "an unknown field": { ...indexed, unknown: deep },
    "a namespace": { ...indexed, namespace: deep },
    "a text": { ...indexed, indexed_at: deep },
    "a map": { ...indexed, context_diagnostics: deep },
    "a value of a map": { ...indexed, context_diagnostics: { a: deep } },
    "a list": { ...indexed, provenance: { source_event_ids: deep } },
  };
  const envelopes = {
    "an envelope": deep,
    "a text": { ...envelope, node_id: deep },
    "a number": { ...envelope, lamport_clock: deep },
    "a text of the payload's type": { ...envelope, event_type: deep },
  };
  const { "a payload": _, ...inPayload } = payloads;

  test.each(Object.entries(payloads))("as %s get one verdict", (where, payload) => {
    const accepted = acceptsPayload(INDEXED, payload);
    expect(accepted, where).toBe(false);
    const parsed = resultOrTypedError(() => parsePayload(INDEXED, payload));
    expect(!(parsed instanceof Error)).toBe(accepted);
    expect(validateEvent(payload, INDEXED).valid).toBe(accepted);
    expect(validateEvent(payload, INDEXED, { strict: true }).valid).toBe(false);
  });

  test.each(Object.entries(inPayload))(
    "in the payload, as %s, reject only the payload",
    (_where, payload) => {
      const event = { ...envelope, payload };
      expect(Object.keys(parseEvent(event).payload)).toEqual(Object.keys(payload));
      expect(validateEnvelope(event).map(({ valid }) => valid)).toEqual([true, false]);
      expectRejectedAndKept(asEvent(event));
      const { state, skipped } = reduceWithReport([asEvent(event), asEvent(indexing("a", 7))]);
      expect({ count: state.eventCount, skipped: skipped.length }).toEqual({
        count: 2,
        skipped: 1,
      });
      expect([...state.artifacts.keys()]).toEqual(["a"]);
      const { violations } = reduceByNamespace([asEvent(event)], {}).unassigned.skipped[0] ?? {};
      expect(violations === undefined).toBe(payload.namespace === namespace);
    },
  );

  test("are different content if they differ in a level that a payload can have", () => {
    const accumulator = new DossierAccumulator();
    const [a, b, c] = [
      { unknown: JSON.parse(text) },
      { unknown: JSON.parse(text.replace(/1|(?<=\[)(?=\])/, "2")) },
      { unknown: JSON.parse(text), other: 1 },
    ].map((more) => ({ ...envelope, payload: { ...indexed, ...more } }));
    accumulator.add(asEvent(a));
    expect(accumulator.add(asEvent(a))).toEqual({ kind: "repeated" });
    // The state depends on neither.
    expect(accumulator.add(asEvent(b))).toEqual({ kind: "repeated" });
    expect(accumulator.add(asEvent(c))).toMatchObject({ kind: "conflicting" });
  });

  test.each(Object.entries(envelopes))("as %s are not a valid envelope", (_where, event) => {
    const violations = violationsOf(() => parseEvent(event));
    expect(violations).not.toEqual([]);
    const accumulator = new DossierAccumulator();
    for (const call of [
      () => reduceWithReport([asEvent(event)]),
      () => reduceByNamespace([asEvent(event)]),
      () => accumulator.add(asEvent(event)),
    ]) {
      expect(violationsOf(call)).toEqual(violations);
    }
    expect(accumulator.eventCount).toBe(0);
    for (const strict of [false, true]) {
      expect(validateEvent(event, "Event", { strict }).valid).toBe(false);
    }
  });

  test("as an unknown field of an envelope are ignored", () => {
    const event = { ...envelope, payload: indexed, unknown: deep };
    expect(parseEvent(event)).toEqual(parseEvent({ ...envelope, payload: indexed }));
    const { state, skipped } = reduceWithReport([asEvent(event), asEvent(event)]);
    expect({ count: state.eventCount, skipped }).toEqual({ count: 1, skipped: [] });
    const accumulator = new DossierAccumulator();
    accumulator.add(asEvent(event));
    expect(DossierAccumulator.fromBinary(accumulator.toBinary()).eventCount).toBe(1);
  });

  test("in an event of another type are not judged", () => {
    const event = { ...envelope, event_type: "SomethingElse", payload: { a: deep } };
    expect(parseEvent(event).eventType).toBe("SomethingElse");
    expect(reduceWithReport([asEvent(event)]).state.eventCount).toBe(0);
  });

  test.each(["namespace", "artifacts", "anomalies", "latest_snapshot", "event_count"])(
    "as %s of a state are a violation",
    (field) => {
      const [violation = ""] = violationsOf(() =>
        parseState({ parity_status: "unknown", [field]: deep }),
      );
      expect(violation).toMatch(new RegExp(`^${field}`));
    },
  );

  test("as a state, or an artifact of one, are a violation, and as an unknown field are ignored", () => {
    expect(violationsOf(() => parseState(deep))).not.toEqual([]);
    const artifacts = { a: { identity: deep, content_ref: deep, indexed_at: deep } };
    expect(violationsOf(() => parseState({ parity_status: "unknown", artifacts }))).toContain(
      'artifacts["a"].indexed_at type',
    );
    expect(parseState({ parity_status: "unknown", unknown: deep }).eventCount).toBe(0);
  });

  test("do not keep an assertion from failing properly", () => {
    expect(() => assertPayloadConforms(payloads["a map"], INDEXED)).toThrow(ConformanceError);
  });
});

describe(`${LEVELS} levels in binary`, () => {
  const base = eventToBinary(parseEvent(envelope));
  const payload = EventSchema.field.payload;

  /** A nested message for each level, wrapped in these fields. */
  function nested(fields: readonly number[], outside: readonly number[]): Uint8Array {
    const heads: Uint8Array[] = [];
    let length = 0;
    const wrap = (field: number): void => {
      const head = Buffer.concat([tag(field, 2), varint(length)]);
      heads.push(head);
      length += head.length;
    };
    for (let level = 0; level < LEVELS; level++) {
      fields.forEach(wrap);
    }
    outside.forEach(wrap);
    return Buffer.concat(heads.reverse());
  }

  test.each([
    // A value (field 2 of an entry) is a structure (field 5 of a value), which has an entry.
    { form: "structures", fields: [5, 2, 1], outside: [] },
    // A value is a list (field 6), which has a value (field 1).
    { form: "lists", fields: [1, 6], outside: [2, 1] },
  ])("of $form are not the binary form of an event", ({ fields, outside }) => {
    const bytes = lengthDelimited(payload.number, nested(fields, outside));
    const error = typedError(() => eventFromBinary(Buffer.concat([base, bytes])));
    expect(error).toBeInstanceOf(InvalidBinaryError);
  });

  test("of unknown groups are not either", () => {
    const open = Buffer.concat(Array.from({ length: LEVELS }, () => tag(900, 3)));
    const close = Buffer.concat(Array.from({ length: LEVELS }, () => tag(900, 4)));
    const error = typedError(() => eventFromBinary(Buffer.concat([base, open, close])));
    expect(error).toBeInstanceOf(InvalidBinaryError);
  });

  test("cannot be written", () => {
    for (const [, deep] of forms) {
      const event = { ...parseEvent(envelope), payload: { a: deep } };
      // @ts-expect-error The compiler does not know that it is JSON.
      expect(violationsOf(() => eventToBinary(event))).toEqual([
        expect.stringMatching(/^payload\.a(?:\[0\]|\.a){31} type$/),
      ]);
    }
  });
});

describe("a forged checkpoint", () => {
  const accumulator = new DossierAccumulator();
  accumulator.add(asEvent({ ...envelope, payload: { indexed_at: 7 } }));
  const checkpoint = fromBinary(DossierCheckpointSchema, accumulator.toBinary());

  // Reading and using it either works or is a typed error.
  test.each(forms)(`has a rejected payload of ${LEVELS} levels of %s`, (_form, deep, text) => {
    const rejected = checkpoint.rejected.map((entry) => ({
      ...entry,
      payload: `{"namespace":${text}}`,
    }));
    expect(rejected).toHaveLength(1);
    const bytes = checkpointBytes({ ...checkpoint, rejected });
    const restored = resultOrTypedError(() => DossierAccumulator.fromBinary(bytes));
    if (restored instanceof DossierAccumulator) {
      expect(restored.skipped).toHaveLength(1);
      resultOrTypedError(() => restored.toBinary());
      resultOrTypedError(() => restored.merge(DossierAccumulator.fromBinary(bytes)));
      const event = asEvent({ ...envelope, payload: { namespace: deep } });
      resultOrTypedError(() => restored.add(event));
      resultOrTypedError(() => accumulator.merge(restored));
      expect(restored.state().eventCount).toBe(1);
    } else {
      expect(restored).toBeInstanceOf(InvalidBinaryError);
    }
  });
});

test("the fields of the levels are those of google.protobuf.Struct", () => {
  const struct: DescMessage | undefined = EventSchema.field.payload.message;
  const value = struct?.field["fields"]?.message;
  expect(struct?.field["fields"]?.number).toBe(1);
  expect(value?.field["structValue"]?.number).toBe(5);
  expect(value?.field["listValue"]?.number).toBe(6);
  expect(value?.field["listValue"]?.message?.field["values"]?.number).toBe(1);
});
