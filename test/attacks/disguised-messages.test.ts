import { describe, expect, test } from "vitest";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { validateEvent } from "../../src/conformance/index.js";
import {
  DossierAccumulator,
  type GivenEvent,
  InvalidEventError,
  parseEvent,
  reduceByNamespace,
  reduceMissionDossier,
} from "../../src/index.js";
import { lines, missionDossier } from "../cli/command.js";
import { envelope, indexed } from "../support/examples.js";
import { asEvent, idOf, indexing, resultOrTypedError, typedError } from "./attacks.js";

// The property `$typeName` distinguishes a generated message from wire JSON, but JSON text may
// have it as well. That an envelope in wire JSON may have it, too, is tested in
// dossier/accumulator.

/** A message as JSON: an object of the same properties, but not an envelope. */
const disguised = {
  $typeName: EventSchema.typeName,
  eventId: idOf(1),
  eventType: envelope.event_type,
  aggregateId: envelope.aggregate_id,
  timestamp: envelope.timestamp,
  nodeId: envelope.node_id,
  lamportClock: 1,
  projectUuid: envelope.project_uuid,
  correlationId: envelope.correlation_id,
  payload: indexed,
};

describe("a line of JSON that looks like a message", () => {
  test("is not a valid envelope", async () => {
    expect(validateEvent(disguised, "Event").valid).toBe(false);
    expect(() => parseEvent(disguised)).toThrow(InvalidEventError);
    const { code } = await missionDossier(["validate"], { input: lines(disguised) });
    expect(code).toBe(1);
  });

  test("is not one for the command either, with any fields", async () => {
    const changes = [
      {},
      { lamportClock: "x" },
      { lamportClock: {} },
      { lamportClock: 1.5 },
      { lamportClock: true },
      { payload: "x" },
      { dataTier: "x" },
      { eventType: "SomethingElse" },
    ];
    const input = lines(
      ...changes.map((fields) => ({ ...disguised, ...fields })),
      indexing("a", 2),
    );
    const run = await missionDossier(["reduce", "--skip-invalid", "-f", "json"], { input });
    for (const index of changes.keys()) {
      expect(run.stderr).toContain(`standard input:${index + 1}: not a valid event`);
    }
    expect(run.stderr).toMatch(new RegExp(`\\nskipped ${changes.length} invalid records\\n$`));
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ event_count: 1 });
  });

  test.each([
    { what: "a clock below zero", fields: { lamportClock: -1 } },
    { what: "a timestamp that is not text", fields: { timestamp: 5 } },
    { what: "an id that is not text", fields: { eventId: 5 } },
    { what: "an id that is a list", fields: { eventId: [envelope.event_id] } },
    { what: "an event type that is an object", fields: { eventType: {} } },
  ])("with $what is not a valid event", ({ fields }) => {
    const event = asEvent({ ...disguised, ...fields });
    for (const call of [
      () => reduceMissionDossier([event]),
      () => reduceByNamespace([event]),
      () => new DossierAccumulator().add(event),
    ]) {
      expect(typedError(call)).toBeInstanceOf(InvalidEventError);
    }
  });
});

describe("a message whose fields are not of their types", () => {
  const message = parseEvent({ ...envelope, payload: indexed });
  const broken = (fields: object): GivenEvent => Object.assign({ ...message }, fields);

  test.each([
    { what: "a clock that is not a number", fields: { lamportClock: "x" } },
    { what: "a clock that is an object", fields: { lamportClock: {} } },
  ])("is a typed error: $what", ({ fields }) => {
    expect(typedError(() => reduceMissionDossier([broken(fields)]))).toBeInstanceOf(
      InvalidEventError,
    );
  });

  test.each([{ payload: "x" }, { payload: 5 }, { payload: [] }])(
    "never gives an accumulator a checkpoint that cannot be read: %j",
    (fields) => {
      const accumulator = new DossierAccumulator();
      resultOrTypedError(() => accumulator.add(broken(fields)));
      const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
      expect(restored.eventCount).toBe(accumulator.eventCount);
    },
  );
});
