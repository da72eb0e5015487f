import { describe, expect, test } from "vitest";
import * as conformance from "../../src/conformance/index.js";
import * as library from "../../src/index.js";
import { readProjectedMission } from "../../src/projection/index.js";
import * as file from "../../src/stream/file.js";
import * as stream from "../../src/stream/index.js";
import { envelope, indexed } from "../support/examples.js";
import { asEvent } from "./attacks.js";

// Arguments that callers in plain JavaScript pass by mistake.

const INDEXED = "MissionDossierArtifactIndexed";
/** Values that the types do not allow. */
const wrong: readonly unknown[] = [undefined, null, 5, Object.create(null), Symbol("no")];
const event = { ...envelope, payload: indexed };

async function errorOf(call: () => unknown): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error;
  }
}

async function readAll(records: AsyncIterable<unknown>): Promise<void> {
  for await (const _record of records) {
    // The records read do not matter.
  }
}

describe.each<[string, (given: never) => unknown]>([
  ["reduceMissionDossier", library.reduceMissionDossier],
  ["reduceWithReport", library.reduceWithReport],
  ["reduceByNamespace", library.reduceByNamespace],
  ["merge", (given) => new library.DossierAccumulator().merge(given)],
  ["fromBinary", library.DossierAccumulator.fromBinary],
  ["parseEvent", library.parseEvent],
  ["parsePayload, of the event type", (given) => library.parsePayload(given, {})],
  ["acceptsPayload, of the event type", (given) => library.acceptsPayload(given, {})],
  ["payloadFromBinary, of the event type", (given) => library.payloadFromBinary(given, given)],
  ["eventFromBinary", library.eventFromBinary],
  ["stateFromBinary", library.stateFromBinary],
  ["keyOfNamespace", library.keyOfNamespace],
  ["payloadToJson", library.payloadToJson],
  ["payloadToBinary", library.payloadToBinary],
  ["validateEvent, of the event type", (given) => conformance.validateEvent({}, given)],
  ["schemaText", conformance.schemaText],
  ["loadFixtures", conformance.loadFixtures],
  ["loadReplayStream", conformance.loadReplayStream],
  ["readEvents", (given) => readAll(stream.readEvents(given))],
  ["readJsonRecords", (given) => readAll(stream.readJsonRecords(given))],
])("%s, given a wrong argument", (_name, call) => {
  test.each(wrong.map((given) => [given] as const))("%j, throws a typed error", async (given) => {
    expect(await errorOf(() => call(given as never))).toBeInstanceOf(library.MissionDossierError);
  });
});

const report = library.reduceWithReport([asEvent(event)]);

test.each<[string, (given: never) => unknown]>([
  ["eventToJson", library.eventToJson],
  ["eventToBinary", library.eventToBinary],
  ["payloadToJson", library.payloadToJson],
  ["payloadToBinary", library.payloadToBinary],
  ["stateToJson", library.stateToJson],
  ["stateToJsonString", library.stateToJsonString],
  ["stateToBinary", library.stateToBinary],
  ["keyOfNamespace", library.keyOfNamespace],
  ["parityHash", library.parityHash],
  ["diffStates", (given) => library.diffStates(given, report.state)],
  ["diffStates, of the second", (given) => library.diffStates(report.state, given)],
  ["driftPayloads", (given) => library.driftPayloads(given, { detected_at: "x" })],
])("%s, given anything but a message, throws a typed error", async (_name, call) => {
  const json = library.stateToJson(report.state);
  const messageOfAnotherType = { ...report.state, $typeName: "google.protobuf.Any" };
  for (const given of [undefined, null, 5, "text", event, report, json, messageOfAnotherType]) {
    const error = await errorOf(() => call(given as never));
    // A message of another type is no payload, whose event type is unknown.
    const codes = given === messageOfAnotherType ? /argument|event_type/ : /^invalid_argument$/;
    expect(error).toMatchObject({ code: expect.stringMatching(codes) });
  }
});

test.each<[string, (given: never) => unknown]>([
  ["stateToJson", library.stateToJson],
  ["stateToJsonString", library.stateToJsonString],
  ["stateToBinary", library.stateToBinary],
  ["parityHash", library.parityHash],
  ["diffStates", (given) => library.diffStates(given, report.state)],
  ["diffStates, of the second", (given) => library.diffStates(report.state, given)],
])("%s, given a state that has lost its artifacts, throws a typed error", async (_name, call) => {
  expect(await errorOf(() => call(structuredClone(report.state) as never))).toMatchObject({
    code: "invalid_argument",
    field: expect.stringMatching(/^(?:state|a|b)\.artifacts$/),
  });
});

test.each<[string, (bytes: never) => unknown]>([
  ["eventFromBinary", library.eventFromBinary],
  ["payloadFromBinary", (bytes) => library.payloadFromBinary(INDEXED, bytes)],
  ["stateFromBinary", library.stateFromBinary],
  ["fromBinary", library.DossierAccumulator.fromBinary],
  ["readProjectedMission", readProjectedMission],
])("%s, given anything but bytes, throws a typed error", async (_name, call) => {
  for (const given of [undefined, null, 5, "text", new ArrayBuffer(3), [8, 1]]) {
    expect(await errorOf(() => call(given as never))).toMatchObject({ code: "invalid_argument" });
  }
});

describe.each<[string, (options: never) => unknown]>([
  ["parseEvent", (options) => library.parseEvent(event, options)],
  ["parsePayload", (options) => library.parsePayload(INDEXED, indexed, options)],
  ["validateEvent", (options) => conformance.validateEvent(indexed, INDEXED, options)],
  ["reduceMissionDossier", (options) => library.reduceMissionDossier([asEvent(event)], options)],
  ["reduceWithReport", (options) => library.reduceWithReport([asEvent(event)], options)],
  ["reduceByNamespace", (options) => library.reduceByNamespace([asEvent(event)], options)],
  ["DossierAccumulator", (options) => new library.DossierAccumulator(options)],
  ["readEvents", (options) => readAll(stream.readEvents("{}", options))],
])("%s", (_name, call) => {
  test("treats null as no options", async () => {
    expect(await errorOf(() => call(null as never))).toBeUndefined();
  });
});

test.each([["http://example.com/events.jsonl"], ["data:,"]])(
  "a file at %s is unreadable",
  async (url) => {
    const error = await errorOf(() => readAll(file.readEventFile(new URL(url))));
    expect(error).toMatchObject({ code: "unreadable_file", file: url });
  },
);
