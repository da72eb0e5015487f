import { fromBinary } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { DossierCheckpointSchema } from "../../gen/speckitty/reducer/v1/checkpoint_pb.js";
import {
  DossierAccumulator,
  type EventJson,
  reduceMissionDossier,
  stateToJson,
} from "../../src/index.js";
import { drift, event, identity, indexed, missing, snapshot } from "../support/examples.js";

const INDEXED = "MissionDossierArtifactIndexed";

function at(clock: number, ...[type, payload]: Parameters<typeof event>): EventJson {
  // It is built as a valid envelope.
  return event(type, payload, { lamport_clock: clock }) as unknown as EventJson;
}

function indexing(clock: number, path: string, supersedes?: string): EventJson {
  return at(clock, INDEXED, {
    ...indexed,
    artifact_id: { ...identity, path },
    ...(supersedes === undefined ? {} : { supersedes: { ...identity, path: supersedes } }),
  });
}

describe("each event changes its own part of the state, and no other", () => {
  test.each([
    [INDEXED, indexed, [1, 0, false, 0]],
    ["MissionDossierArtifactMissing", missing, [0, 1, false, 0]],
    ["MissionDossierSnapshotComputed", snapshot, [0, 0, true, 0]],
    ["MissionDossierParityDriftDetected", drift, [0, 0, false, 1]],
  ] as const)("%s", (type, payload, expected) => {
    const { artifacts, anomalies, latestSnapshot, driftHistory } = reduceMissionDossier([
      at(1, type, payload),
    ]);
    expect([
      artifacts.size,
      anomalies.length,
      latestSnapshot !== undefined,
      driftHistory.length,
    ]).toEqual(expected);
  });
});

test("a state without a namespace and a snapshot does not have those fields at all", () => {
  expect(Object.keys(reduceMissionDossier([])).sort()).toEqual(
    ["$typeName", "anomalies", "artifacts", "driftHistory", "eventCount", "parityStatus"].sort(),
  );
});

test("artifacts are in order of first appearance in the stream, not of arrival", () => {
  const events = [indexing(3, "c"), indexing(1, "a"), indexing(4, "a"), indexing(2, "b")];
  for (const given of [events, [...events].reverse()]) {
    expect([...reduceMissionDossier(given).artifacts.keys()]).toEqual(["a", "b", "c"]);
  }
});

test("a path that is superseded but never indexed is not an artifact", () => {
  const events = [at(1, "MissionDossierArtifactMissing", missing), indexing(2, "a", "b")];
  expect(Object.keys(stateToJson(reduceMissionDossier(events)).artifacts)).toEqual(["a"]);
});

test("paths that no event names are not kept", () => {
  const accumulator = new DossierAccumulator();
  accumulator.add(indexing(1, "a"));
  accumulator.add(indexing(2, "b", "c"));
  const { paths } = fromBinary(DossierCheckpointSchema, accumulator.toBinary());
  expect(paths.map(({ path }) => path)).toEqual(["a", "b", "c"]);
});
