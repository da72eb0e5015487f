import { expect, test } from "vitest";
import {
  listReplayStreams,
  loadFixtures,
  loadReducerOutput,
  loadReplayStream,
} from "../../src/conformance/fixtures.js";
import { validateEvent } from "../../src/conformance/validate-event.js";
import { generationOf, InvalidArgumentError } from "../../src/index.js";

const generations = loadFixtures("generations");
/** The names of 3.0.0, written down a second time. */
const later = (json: unknown): unknown =>
  JSON.parse(
    JSON.stringify(json)
      .replaceAll('"feature_slug":', '"mission_slug":')
      .replaceAll('"mission_key":', '"mission_type":'),
  );

test("the category of generations begins with the cases of the dossier category in the names of 3.0.0", () => {
  expect(generations.slice(0, 13).map(({ notes, ...fixture }) => fixture)).toEqual(
    loadFixtures("dossier").map(({ notes, id, payload, ...fixture }) => ({
      ...fixture,
      id: id.replace("dossier-", "generations-"),
      payload: later(payload),
      minVersion: "3.0.0",
      contract: "3.0.0",
    })),
  );
});

test("it has cases that only a closed message rejects", () => {
  const others = generations.slice(13).filter(({ eventType }) => eventType !== "Event");
  expect(others.map(({ id, expectedValid }) => [id, expectedValid])).toEqual([
    ["generations-both-names-in-namespace", false],
    ["generations-both-names-in-identity", false],
    ["generations-unknown-field-top-level", false],
    ["generations-unknown-field-nested", false],
  ]);
  for (const { payload, eventType } of others) {
    const { contract, modelViolations } = validateEvent(payload, eventType);
    expect(contract).toBe("3.0.0");
    expect(modelViolations).toMatchObject([{ violationType: "unknown_field" }]);
  }
});

test("it has envelopes that only 3.0.0 accepts, and that 3.0.0 rejects", () => {
  const envelopes = generations.filter(({ eventType }) => eventType === "Event");
  const verdicts = envelopes.map(({ id, payload }) => {
    const { modelViolations } = validateEvent(payload, "Event", { contract: "3.0.0" });
    const isRead = validateEvent(payload, "Event").valid;
    return [id, modelViolations.map(({ field }) => field), isRead];
  });
  expect(verdicts).toEqual([
    ["generations-event-without-clock", [], true],
    ["generations-event-clock-null", [], true],
    ["generations-event-build-id-empty", ["build_id"], true],
    ["generations-event-build-id-missing", ["build_id"], true],
    ["generations-event-build-id-number", ["build_id"], false],
    ["generations-event-clock-negative", ["lamport_clock"], false],
    ["generations-event-aggregate-id-missing", ["aggregate_id"], false],
  ]);
  for (const { payload } of envelopes.slice(0, 2)) {
    const { modelViolations } = validateEvent(payload, "Event", { contract: "2.4.0" });
    expect(modelViolations).toMatchObject([{ field: "lamport_clock", violationType: "required" }]);
  }
});

test("the fixtures of one generation can be asked for", () => {
  const first = { contract: "2.4.0" } as const;
  const last = { contract: "3.0.0" } as const;
  expect(loadFixtures("generations", last)).toEqual(generations);
  expect(loadFixtures("generations", first)).toEqual([]);
  expect(loadFixtures("dossier", first)).toEqual(loadFixtures("dossier"));
  expect(loadFixtures("dossier", last)).toEqual([]);
  const streams = ["generations-replay-later", "generations-replay-mixed"];
  expect(listReplayStreams(last)).toEqual(streams);
  expect([...listReplayStreams(first), ...streams]).toEqual(listReplayStreams());
  const wrong = { contract: "3" } as unknown as typeof last;
  expect(() => loadFixtures("dossier", wrong)).toThrow(InvalidArgumentError);
  expect(() => listReplayStreams(wrong)).toThrow(InvalidArgumentError);
});

test("it has a stream of 3.0.0, and one of both generations", () => {
  const generationsIn = (id: string) => new Set(loadReplayStream(id).map(generationOf));
  expect(generationsIn("generations-replay-later")).toEqual(new Set(["3.0.0"]));
  expect(generationsIn("generations-replay-mixed")).toEqual(new Set(["2.4.0", "3.0.0"]));
  const events: readonly object[] = loadReplayStream("generations-replay-later");
  const valuesOf = (name: string) => new Set(events.map((event) => Reflect.get(event, name)));
  expect(valuesOf("build_id")).toEqual(new Set(["", undefined, "b-1187"]));
  expect(valuesOf("schema_version")).toEqual(new Set(["3.0.0", "5.0.0", undefined]));
  expect(valuesOf("lamport_clock")).toContain(undefined);
  const state = JSON.parse(loadReducerOutput("generations-replay-later"));
  expect(state.latest_snapshot.snapshot_hash).toMatch(/^sha256:[0-9a-f]{64}$/);
});
