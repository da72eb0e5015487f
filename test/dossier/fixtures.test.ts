import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { checkModel, readModel } from "../../src/event/model.js";
import { reduceWithReport, stateToJson, stateToJsonString } from "../../src/index.js";
import { schemaAccepts } from "../support/schemas.js";

// Not the state's own words: what section 5 of the contract makes of each stream
// was worked out apart from this reducer.
describe.each(["dossier_replay_happy_path", "dossier_replay_drift_scenario"])("%s", (name) => {
  const folder = new URL("../../fixtures/dossier/replay/", import.meta.url);
  const events = readFileSync(new URL(`${name}.jsonl`, folder), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  const expected = readFileSync(new URL(`${name}_state.json`, folder), "utf8");
  const { state, skipped } = reduceWithReport(events);

  test("gives the expected state, field by field and in order", () => {
    expect(skipped).toEqual([]);
    expect(stateToJson(state)).toEqual(JSON.parse(expected));
    expect(`${stateToJsonString(state, 2)}\n`).toBe(expected);
  });

  test("gives a state that the contract accepts, in both layers", () => {
    expect(schemaAccepts(MissionDossierStateSchema, JSON.parse(expected))).toBe(true);
    const read = readModel(MissionDossierStateSchema, JSON.parse(expected));
    expect(read.kind).toBe("valid");
    if (read.kind === "valid") {
      expect(checkModel(MissionDossierStateSchema, read.message).kind).toBe("valid");
    }
  });
});

test("the happy path is six events and ends clean, the drift scenario five and ends drifted", () => {
  const ends = ["dossier_replay_happy_path", "dossier_replay_drift_scenario"].map((name) => {
    const file = new URL(`../../fixtures/dossier/replay/${name}.jsonl`, import.meta.url);
    const events = readFileSync(file, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const { state } = reduceWithReport(events);
    return [
      events.map(({ event_type }) => event_type.replace("MissionDossier", "")),
      state.parityStatus,
    ];
  });
  expect(ends).toEqual([
    [
      [
        "ArtifactIndexed",
        "ArtifactIndexed",
        "ArtifactIndexed",
        "SnapshotComputed",
        "ArtifactIndexed",
        "SnapshotComputed",
      ],
      "clean",
    ],
    [
      [
        "ArtifactIndexed",
        "ArtifactIndexed",
        "SnapshotComputed",
        "ArtifactMissing",
        "ParityDriftDetected",
      ],
      "drifted",
    ],
  ]);
});
