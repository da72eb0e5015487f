import { describe, expect, test } from "vitest";
import * as conformance from "../../../src/conformance/index.js";
import * as library from "../../../src/index.js";
import {
  eventFromBinary,
  eventToBinary,
  eventToJson,
  parseEvent,
  parsePayload,
  parseState,
  payloadFromBinary,
  payloadToBinary,
  payloadToJson,
  reduceMissionDossier,
  stateToJson,
} from "../../../src/index.js";
import * as stream from "../../../src/stream/index.js";
import { envelope, indexed } from "../../support/examples.js";

const payload = {
  ...indexed,
  content_ref: { ...indexed.content_ref, size_bytes: "9007199254740993" },
  provenance: { source_event_ids: ["01KJPZ8V2M4T6R1E9C3H5N7QWA"] },
  context_diagnostics: { __proto__: null, constructor: "x" },
};
const json = { ...envelope, lamport_clock: "9007199254740993", payload };
const INDEXED = "MissionDossierArtifactIndexed";

/** Every object in a value, itself included. */
function objectsIn(value: unknown): object[] {
  return typeof value === "object" && value !== null
    ? [value, ...Object.values(value).flatMap(objectsIn)]
    : [];
}

describe("everything that is read is frozen all the way down", () => {
  test.each<[what: string, read: () => object]>([
    ["parseEvent", () => parseEvent(json)],
    ["eventFromBinary", () => eventFromBinary(eventToBinary(parseEvent(json)))],
    ["parsePayload", () => parsePayload(INDEXED, payload)],
    [
      "payloadFromBinary",
      () => payloadFromBinary(INDEXED, payloadToBinary(parsePayload(INDEXED, payload))),
    ],
    ["parseState", () => parseState(stateToJson(reduceMissionDossier([json])))],
  ])("by %s", (_what, read) => {
    const objects = objectsIn(read());
    expect(objects.length).toBeGreaterThan(2);
    expect(objects.filter((object) => !Object.isFrozen(object))).toEqual([]);
  });

  test("but nothing that the caller passed is", () => {
    const own = structuredClone(json);
    parseEvent(own);
    parsePayload(INDEXED, own.payload);
    parseState(stateToJson(reduceMissionDossier([own])));
    expect(objectsIn(own).filter((object) => Object.isFrozen(object))).toEqual([]);
  });

  test("and does not change with the caller's objects", () => {
    const own = structuredClone(json);
    const event = parseEvent(own);
    own.payload.artifact_id = { ...own.payload.artifact_id, path: "other.md" } as never;
    expect(event.payload["artifact_id"]).toEqual(indexed.artifact_id);
  });
});

describe("JSON.stringify writes the wire JSON", () => {
  const event = parseEvent(json);
  const parsed = parsePayload(INDEXED, payload);
  const state = reduceMissionDossier([json]);

  test.each<[what: string, value: object, wire: unknown]>([
    ["an event", event, eventToJson(event)],
    ["an event from binary", eventFromBinary(eventToBinary(event)), eventToJson(event)],
    ["a payload", parsed, payloadToJson(parsed)],
    ["a state", state, stateToJson(state)],
    ["a state that was read", parseState(stateToJson(state)), stateToJson(state)],
  ])("of %s", (_what, value, wire) => {
    expect(JSON.stringify({ value })).toBe(JSON.stringify({ value: wire }));
    expect(Object.keys(value)).not.toContain("toJSON");
    expect(() => structuredClone({ ...value, artifacts: undefined })).not.toThrow();
  });

  test("with integers as on the wire, and the artifacts", () => {
    expect(JSON.parse(JSON.stringify(event))).toEqual({
      ...json,
      schema_version: "1.0.0",
      payload,
    });
    expect(JSON.parse(JSON.stringify(state)).artifacts[indexed.artifact_id.path]).toMatchObject({
      content_ref: { size_bytes: "9007199254740993" },
    });
  });
});

describe("the constants and tables of each entry point are frozen", () => {
  // The descriptors of messages belong to Protobuf's own library.
  const isDescriptor = (value: object) => "kind" in value && "typeName" in value;
  const exported: [string, unknown][] = Object.entries({ ...library, ...conformance, ...stream });
  const tables = exported.filter(
    (entry): entry is [string, object] =>
      typeof entry[1] === "object" &&
      entry[1] !== null &&
      !isDescriptor(entry[1]) &&
      !entry[0].startsWith("file_"),
  );

  test("all of them", () => {
    expect(tables.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        "ARTIFACT_CLASSES",
        "DOSSIER_EVENT_TYPES",
        "ERROR_CODES",
        "PAYLOAD_SCHEMAS",
      ]),
    );
    expect(tables.filter(([, table]) => !Object.isFrozen(table)).map(([name]) => name)).toEqual([]);
  });

  test("so that a caller who sorts them gets an error", () => {
    expect(() => (library.DOSSIER_EVENT_TYPES as unknown as string[]).sort()).toThrow(TypeError);
  });
});
