import { create, toBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { MissionDossierState_ArtifactEntrySchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { validateEvent } from "../../src/conformance/index.js";
import {
  type EventJson,
  EventSchema,
  eventFromBinary,
  eventToBinary,
  MissionDossierArtifactIndexedPayloadSchema,
  parseEvent,
  parsePayload,
  payloadFromBinary,
  payloadToBinary,
  reduceMissionDossier,
  stateFromBinary,
  stateToBinary,
  stateToJsonString,
} from "../../src/index.js";
import { readEvents, readJsonRecords } from "../../src/stream/index.js";
import { missionDossier } from "../cli/command.js";
import { envelope, indexed, withValue } from "../support/examples.js";
import { asEvent, indexing } from "./attacks.js";
import { lengthDelimited } from "./wire.js";

// If a key of a JSON object is repeated, the last value counts, as for `JSON.parse`, and the
// others have no effect.

const INDEXED = "MissionDossierArtifactIndexed";

/** The JSON of an event, in which a text replaces `"@"`. */
function text(event: object, twice: string): string {
  return JSON.stringify(event).replace('"@":0', () => twice);
}

const event = { ...indexing("first", 1), "@": 0 };
const inPayload = (payload: object) => ({ ...envelope, payload });
const rows = [
  {
    what: "an id, of which the first is invalid",
    twice: text({ "@": 0, ...envelope, payload: indexed }, '"event_id":"none"'),
    once: JSON.stringify({ ...envelope, payload: indexed }),
    valid: [true, true],
  },
  {
    what: "an id, of which the last is invalid",
    twice: text({ ...envelope, payload: indexed, "@": 0 }, '"event_id":"none"'),
    once: JSON.stringify({ ...envelope, payload: indexed, event_id: "none" }),
    valid: [false, true],
  },
  {
    what: "a clock",
    twice: text(event, '"lamport_clock":7'),
    once: JSON.stringify({ ...indexing("first", 1), lamport_clock: 7 }),
    valid: [true, true],
  },
  {
    what: "an event type, of which the last is not the contract's",
    twice: text(event, '"event_type":"SomethingElse"'),
    once: JSON.stringify({ ...indexing("first", 1), event_type: "SomethingElse" }),
    valid: [true],
  },
  {
    what: "a payload, of which the last is null",
    twice: text(event, '"payload":null'),
    once: JSON.stringify({ ...indexing("first", 1), payload: null }),
    valid: [true, false],
  },
  {
    what: "a payload, of which the first is valid",
    twice: text(event, '"payload":{"namespace":null}'),
    once: JSON.stringify({ ...indexing("first", 1), payload: { namespace: null } }),
    valid: [true, false],
  },
  {
    what: "a path, of which the first is not text",
    twice: text(
      inPayload({ ...indexed, artifact_id: { ...indexed.artifact_id, path: 7, "@": 0 } }),
      '"path":"last"',
    ),
    once: JSON.stringify(inPayload(withValue(indexed, "artifact_id.path", "last"))),
    valid: [true, true],
  },
  {
    what: "a key of context_diagnostics, of which the last is not text",
    twice: text(inPayload({ ...indexed, context_diagnostics: { a: "b", "@": 0 } }), '"a":1'),
    once: JSON.stringify(inPayload({ ...indexed, context_diagnostics: { a: 1 } })),
    valid: [true, false],
  },
  {
    what: "a field called __proto__",
    twice: text(
      { "@": 0, ...indexing("first", 1) },
      '"__proto__":{"a":1},"__proto__":{"event_id":"none"}',
    ),
    once: text({ "@": 0, ...indexing("first", 1) }, '"__proto__":{"event_id":"none"}'),
    valid: [true, true],
  },
];

describe.each(rows)("twice $what", ({ twice, once, valid }) => {
  test("is a different line", () => {
    expect(twice).not.toBe(once);
    expect(twice.length).toBeGreaterThan(once.length);
  });

  test("is read as the last one, by both readers of a stream, in every form", async () => {
    const expected: unknown = JSON.parse(once);
    for (const source of [twice, `[${twice}]`, `{\n${twice.slice(1)}`]) {
      const events: unknown[] = [];
      for await (const read of readEvents(source)) {
        events.push(read);
      }
      const records: unknown[] = [];
      for await (const record of readJsonRecords(source)) {
        records.push(record.kind === "json" ? record.json : record.reason);
      }
      expect({ events, records }).toEqual({ events: [expected], records: [expected] });
    }
  });

  test("has one verdict in both layers, and for the command", async () => {
    const json = JSON.parse(twice);
    const results = [
      validateEvent(json, "Event"),
      ...(json.event_type === INDEXED ? [validateEvent(json.payload ?? {}, INDEXED)] : []),
    ];
    expect(
      results.map(({ modelViolations, schemaViolations }) => [
        modelViolations.length === 0,
        schemaViolations.length === 0,
      ]),
    ).toEqual(valid.map((one) => [one, one]));
    const { stdout } = await missionDossier(["validate", "-f", "json"], { input: twice });
    const lines = stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line).valid)).toEqual(valid);
  });

  test("is reduced as the last one", async () => {
    const args = ["reduce", "--skip-invalid", "--format", "json"];
    const [given, expected] = await Promise.all(
      [twice, once].map((input) => missionDossier(args, { input })),
    );
    expect(given).toEqual(expected);
  });
});

describe("twice in binary", () => {
  const { field } = MissionDossierArtifactIndexedPayloadSchema;
  const payload = parsePayload(INDEXED, { ...indexed, context_diagnostics: { a: "1", b: "2" } });
  const bytes = payloadToBinary(payload);

  test("a text is the last one", () => {
    const again = lengthDelimited(field.indexedAt.number, "again");
    const read = payloadFromBinary(INDEXED, Buffer.concat([bytes, again]));
    expect(read).toEqual({ ...payload, indexedAt: "again" });
    expect(payloadToBinary(read).length).toBeLessThan(bytes.length);
  });

  test("a message is merged from both", () => {
    const path = lengthDelimited(2, "again");
    const again = lengthDelimited(field.artifactId.number, path);
    const { artifactId } = payloadFromBinary(INDEXED, Buffer.concat([bytes, again]));
    expect(artifactId).toEqual({ ...payload.artifactId, path: "again" });
  });

  test("a key of a map has the last value", () => {
    const entry = Buffer.concat([lengthDelimited(1, "a"), lengthDelimited(2, "3")]);
    const again = lengthDelimited(field.contextDiagnostics.number, entry);
    const read = payloadFromBinary(INDEXED, Buffer.concat([bytes, again]));
    expect(Object.entries(read.contextDiagnostics)).toEqual([
      ["a", "3"],
      ["b", "2"],
    ]);
  });

  test("a key of the payload of an envelope has the last value", () => {
    const plain = parseEvent({ ...envelope, event_type: "SomethingElse", payload: { a: "1" } });
    const value = lengthDelimited(3, "2");
    const entry = Buffer.concat([lengthDelimited(1, "a"), lengthDelimited(2, value)]);
    const number = EventSchema.field.payload.number;
    const again = lengthDelimited(number, lengthDelimited(1, entry));
    const read = eventFromBinary(Buffer.concat([eventToBinary(plain), again]));
    expect(read.payload).toEqual({ a: "2" });
  });

  test("a path of a state has the last entry, in the place of the first", () => {
    const events: EventJson[] = ["z", "1"].map((path, index) => asEvent(indexing(path, index)));
    const state = reduceMissionDossier(events);
    const [latest] = reduceMissionDossier([asEvent(indexing("z", 9))]).artifacts.values();
    const entry = toBinary(
      MissionDossierState_ArtifactEntrySchema,
      create(MissionDossierState_ArtifactEntrySchema, structuredClone(latest ?? {})),
    );
    const both = Buffer.concat([lengthDelimited(1, "z"), lengthDelimited(2, entry)]);
    const bytesTwice = Buffer.concat([stateToBinary(state), lengthDelimited(2, both)]);
    const read = stateFromBinary(bytesTwice);
    expect([...read.artifacts].map(([path, { indexedAt }]) => [path, indexedAt])).toEqual([
      ["z", "at 9"],
      ["1", "at 1"],
    ]);
    expect(stateToJsonString(stateFromBinary(stateToBinary(read)))).toBe(stateToJsonString(read));
  });
});
