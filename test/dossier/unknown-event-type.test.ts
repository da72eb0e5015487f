import { describe, expect, test } from "vitest";
import { validateEnvelope } from "../../src/conformance/index.js";
import { unknownEventType } from "../../src/event/envelope/event-diagnostics.js";
import {
  DOSSIER_EVENT_TYPES,
  DossierAccumulator,
  type EventJson,
  InvalidEventError,
  parseEvent,
  reduceByNamespace,
  reduceMissionDossier,
  reduceWithReport,
  StrictError,
} from "../../src/index.js";
import { reduceStream, reduceStreamByNamespace } from "../../src/stream/index.js";
import { event, indexed } from "../support/examples.js";

const INDEXED = "MissionDossierArtifactIndexed";
const MISSPELLED = "MissionDossierArtifactIndexd";
const ofType = (type: string): EventJson => event(type, indexed) as unknown as EventJson;
const misspelled = ofType(MISSPELLED);
const events = [ofType("WPStatusChanged"), ofType(INDEXED), misspelled, ofType(MISSPELLED)];
const diagnostic = {
  code: "unknown_event_type",
  eventId: misspelled.event_id,
  position: 2,
  field: "event_type",
  expected: INDEXED,
  got: MISSPELLED,
  message: "the contract has no such event type",
};

test.each([
  [MISSPELLED, INDEXED],
  ["missionDossierArtifactIndexed", INDEXED],
  ["MissionArtifactMissing", "MissionDossierArtifactMissing"],
  ["MissionDossierExploded", DOSSIER_EVENT_TYPES],
  ["MissionDossier", DOSSIER_EVENT_TYPES],
])("%s is similar to an event type", (type, expected) => {
  expect(unknownEventType(type)).toMatchObject({ expected, got: type });
});

test.each(["WPStatusChanged", "Mission", "Dossier", "", "toString"])(
  "%j is not similar to an event type",
  (type) => {
    expect(unknownEventType(type)).toBeUndefined();
  },
);

async function* streamed(): AsyncIterable<EventJson> {
  yield* events;
}

describe("an event type that is nearly one of the contract's", () => {
  test("is a diagnostic of the first of its kind in every report", async () => {
    const reports = [
      reduceWithReport(events),
      reduceByNamespace(events),
      await reduceStream(streamed()),
      await reduceStreamByNamespace(streamed()),
    ];
    for (const { diagnostics } of reports) {
      expect(diagnostics).toEqual([diagnostic]);
    }
  });

  test("is a diagnostic of the outcome, and of the accumulator", () => {
    const accumulator = new DossierAccumulator();
    const here = { ...diagnostic, position: undefined };
    expect(events.map((each) => accumulator.add(each))).toMatchObject([
      { kind: "ignored" },
      { kind: "added" },
      { kind: "ignored", diagnostics: [here] },
      { kind: "ignored", diagnostics: [{ got: MISSPELLED }] },
    ]);
    expect(accumulator.add(ofType("WPStatusChanged"))).toEqual({ kind: "ignored" });
    expect(accumulator.diagnostics).toEqual([here]);
    const other = new DossierAccumulator();
    other.merge(accumulator);
    expect(other.diagnostics).toEqual([here]);
  });

  test("changes nothing about the state", () => {
    expect(reduceMissionDossier(events)).toEqual(reduceMissionDossier(events.slice(0, 2)));
  });

  test("is a failure in strict mode", async () => {
    const strict = { strict: true };
    const calls = [
      () => reduceMissionDossier(events, strict),
      () => reduceWithReport(events, strict),
      () => reduceByNamespace(events, strict),
      () => new DossierAccumulator(strict).add(misspelled),
    ];
    for (const call of calls) {
      expect(call).toThrow(StrictError);
      expect(call).toThrow("the contract has no such event type");
    }
    await expect(reduceStream(streamed(), strict)).rejects.toMatchObject({ diagnostic });
    expect(reduceWithReport(events.slice(0, 2), strict).state.eventCount).toBe(1);
  });

  test("is a violation in strict mode, with the nearest type", () => {
    expect(parseEvent(misspelled).eventType).toBe(MISSPELLED);
    const violation = {
      field: "event_type",
      path: ["event_type"],
      message: "the contract has no such event type",
      violationType: "unknown_event_type",
      inputValue: MISSPELLED,
      suggestion: INDEXED,
    };
    const call = () => parseEvent(misspelled, { strict: true });
    expect(call).toThrow(InvalidEventError);
    expect(call).toThrow(expect.objectContaining({ violations: [violation] }));
    const [lenient] = validateEnvelope(misspelled);
    expect(lenient).toMatchObject({ valid: true, modelViolations: [], warnings: [violation] });
    const [strict] = validateEnvelope(misspelled, { strict: true });
    expect(strict).toMatchObject({ valid: false, modelViolations: [violation] });
    expect(strict).not.toHaveProperty("warnings");
    expect(validateEnvelope(ofType("WPStatusChanged"), { strict: true })[0].valid).toBe(true);
  });
});

test("the id of an event of another type is empty if it is not text", () => {
  const report = reduceWithReport([{ event_type: MISSPELLED, event_id: 7 } as never]);
  expect(report.diagnostics).toMatchObject([{ eventId: "", got: MISSPELLED }]);
});

test("at most a thousand types are kept", () => {
  const many = Array.from({ length: 1500 }, (_, index) => ofType(`MissionDossier${index}`));
  expect(reduceWithReport(many).diagnostics).toHaveLength(1000);
});
