import type { DescMessage } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { PAYLOAD_SCHEMAS } from "../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { PAYLOAD_SCHEMAS as LATER_PAYLOAD_SCHEMAS } from "../../gen/speckitty/dossier/v3/contract.js";
import { EventSchema as LaterEventSchema } from "../../gen/speckitty/dossier/v3/event_pb.js";
import {
  NotAReplayStreamError,
  UnknownFixtureCategoryError,
  UnknownFixtureError,
} from "../../src/conformance/errors.js";
import {
  FIXTURE_CATEGORIES,
  type FixtureCase,
  listReplayStreams,
  loadFixtures,
  loadReducerOutput,
  loadReplayStream,
} from "../../src/conformance/fixtures.js";
import { generationOfFixture } from "../../src/conformance/manifest.js";
import { checkModel, readModel } from "../../src/event/model/read-model.js";
import {
  generationOf,
  NamespaceMixedStreamError,
  reduceByNamespace,
  reduceWithReport,
  stateToJson,
  stateToJsonString,
} from "../../src/index.js";
import { schemaAccepts } from "../support/schemas.js";

const cases = FIXTURE_CATEGORIES.flatMap((category) => loadFixtures(category));

/** A JSON Schema can rule out neither lone surrogates nor deep nesting. */
const ONLY_THE_MODEL_REJECTS = [
  "boundary-text-lone-surrogate",
  "boundary-unknown-field-lone-surrogate",
  "boundary-unknown-field-33-deep",
];

/** The verdicts of the two layers, each by itself, in the generation of the case. */
function verdicts(fixture: FixtureCase): { model: boolean; schema: boolean } {
  const { eventType, payload } = fixture;
  const [envelopes, payloads] =
    generationOfFixture(fixture) === "3.0.0"
      ? [LaterEventSchema, LATER_PAYLOAD_SCHEMAS]
      : [EventSchema, PAYLOAD_SCHEMAS];
  const desc: DescMessage = eventType === "Event" ? envelopes : payloads[eventType];
  const isPayload = eventType !== "Event";
  return {
    model: readModel(desc, payload, { isPayload, isExact: true }).kind === "valid",
    schema: schemaAccepts(desc, payload),
  };
}

test("the categories are the first folders of the fixtures", () => {
  expect(FIXTURE_CATEGORIES).toEqual(["dossier", "boundary", "streams", "generations"]);
});

test("the dossier category has the 13 cases of the contract, with its verdicts", () => {
  const table = loadFixtures("dossier").map(({ id, expectedValid, eventType, minVersion }) => [
    id,
    expectedValid ? "valid" : "invalid",
    eventType.replace("MissionDossier", ""),
    minVersion,
  ]);
  expect(table).toHaveLength(13);
  expect(table).toEqual([
    ["dossier-artifact-indexed-valid", "valid", "ArtifactIndexed", "2.4.0"],
    ["dossier-artifact-indexed-supersedes", "valid", "ArtifactIndexed", "2.4.0"],
    ["dossier-artifact-indexed-with-provenance", "valid", "ArtifactIndexed", "2.4.0"],
    ["dossier-artifact-missing-required-always", "valid", "ArtifactMissing", "2.4.0"],
    ["dossier-artifact-missing-required-by-step", "valid", "ArtifactMissing", "2.4.0"],
    ["dossier-snapshot-computed-clean", "valid", "SnapshotComputed", "2.4.0"],
    ["dossier-snapshot-computed-with-anomalies", "valid", "SnapshotComputed", "2.4.0"],
    ["dossier-parity-drift-artifact-added", "valid", "ParityDriftDetected", "2.4.0"],
    ["dossier-parity-drift-artifact-mutated", "valid", "ParityDriftDetected", "2.4.0"],
    ["dossier-namespace-collision-coverage", "valid", "ArtifactIndexed", "2.4.0"],
    ["dossier-parity-drift-namespace-mismatch", "invalid", "ParityDriftDetected", "2.4.0"],
    ["dossier-artifact-indexed-missing-path", "invalid", "ArtifactIndexed", "2.4.0"],
    ["dossier-artifact-indexed-invalid-class", "invalid", "ArtifactIndexed", "2.4.0"],
  ]);
});

describe("each case of the dossier category shows what the contract lists for it", () => {
  const payloadOf = (name: string): unknown =>
    loadFixtures("dossier").find(({ id }) => id === `dossier-${name}`)?.payload;

  test.each([
    ["artifact-indexed-valid", { artifact_id: { artifact_class: "input" } }],
    ["artifact-missing-required-always", { manifest_step: "required_always" }],
    ["snapshot-computed-clean", { anomaly_count: 0 }],
    ["parity-drift-artifact-added", { drift_kind: "artifact_added" }],
    ["parity-drift-artifact-mutated", { drift_kind: "artifact_mutated" }],
  ])("%s", (name, part) => {
    expect(payloadOf(name)).toMatchObject(part);
  });

  test("artifact-indexed-valid is minimal, and about spec.md", () => {
    expect(Object.keys(Object(payloadOf("artifact-indexed-valid")))).toEqual([
      "namespace",
      "artifact_id",
      "content_ref",
      "indexed_at",
    ]);
    expect(payloadOf("artifact-indexed-valid")).toHaveProperty(
      "artifact_id.path",
      expect.stringMatching(/\/spec\.md$/),
    );
  });

  test("artifact-indexed-supersedes replaces its own path", () => {
    const payload = Object(payloadOf("artifact-indexed-supersedes"));
    expect(payload.supersedes.path).toBe(payload.artifact_id.path);
  });

  test("artifact-indexed-with-provenance has every field of a provenance, and a step", () => {
    const payload = Object(payloadOf("artifact-indexed-with-provenance"));
    expect(Object.keys(payload.provenance)).toHaveLength(6);
    expect(payload.step_id).toEqual(expect.any(String));
  });

  test("namespace-collision-coverage differs from the first case in feature_slug only", () => {
    const { namespace } = Object(payloadOf("namespace-collision-coverage"));
    const first = Object(payloadOf("artifact-indexed-valid")).namespace;
    expect(namespace).not.toEqual(first);
    expect({ ...namespace, feature_slug: first.feature_slug }).toEqual(first);
  });
});

describe.each(cases)("$id", (fixture) => {
  test(fixture.expectedValid ? "both layers accept it" : "both layers reject it", () => {
    const { id, expectedValid } = fixture;
    const schema = expectedValid || ONLY_THE_MODEL_REJECTS.includes(id);
    expect(verdicts(fixture)).toEqual({ model: expectedValid, schema });
  });
});

test("the layers differ on no other case", () => {
  const differing = cases.filter((fixture) => {
    const { model, schema } = verdicts(fixture);
    return model !== schema;
  });
  expect(differing.map(({ id }) => id)).toEqual(ONLY_THE_MODEL_REJECTS);
});

test("the boundary category has more than 45 cases, both valid and invalid", () => {
  const boundary = loadFixtures("boundary");
  expect(boundary.length).toBeGreaterThan(45);
  expect(boundary.filter(({ expectedValid }) => expectedValid).length).toBeGreaterThan(20);
  expect(boundary.filter(({ expectedValid }) => !expectedValid).length).toBeGreaterThan(20);
});

test("every case differs from every other, in its payload and in its notes", () => {
  const payloads = cases.map(({ eventType, payload }) => JSON.stringify([eventType, payload]));
  expect(new Set(payloads).size).toBe(cases.length);
  const about = cases.map(({ eventType, notes }) => `${eventType} ${notes}`);
  expect(about.filter((words, index) => about.indexOf(words) !== index)).toEqual([]);
});

test("a case is frozen all the way down", () => {
  const [first] = loadFixtures("dossier");
  expect(Object.isFrozen(first)).toBe(true);
  expect(Object.isFrozen(Object(first?.payload).namespace)).toBe(true);
});

describe.each(listReplayStreams().map((id) => [id] as const))("%s", (id) => {
  const events = loadReplayStream(id);
  const expected = loadReducerOutput(id);

  // The expected states were derived from section 5 of the contract, not with this reducer.
  test("gives the expected state, field by field and in order", () => {
    const { state } = reduceWithReport(events);
    expect(stateToJson(state)).toEqual(JSON.parse(expected));
    expect(`${stateToJsonString(state, 2)}\n`).toBe(expected);
  });

  test("gives the same state in any order, and with every event twice", () => {
    for (const other of [events.toReversed(), [...events, ...events], events.toSorted(byId)]) {
      expect(`${stateToJsonString(reduceWithReport(other).state, 2)}\n`).toBe(expected);
    }
  });

  test("has only envelopes that both layers accept", () => {
    for (const event of events) {
      expect(readModel(EventSchema, event)).toMatchObject({ kind: "valid" });
      // Real producers of 3.0.0 send no build id, or an empty one.
      const isAccepted =
        generationOf(event) === "3.0.0"
          ? schemaAccepts(LaterEventSchema, { ...event, build_id: "b1" })
          : schemaAccepts(EventSchema, event);
      expect(isAccepted).toBe(true);
    }
  });

  test("gives a state that both layers accept", () => {
    expect(schemaAccepts(MissionDossierStateSchema, JSON.parse(expected))).toBe(true);
    const read = readModel(MissionDossierStateSchema, JSON.parse(expected));
    expect(read.kind).toBe("valid");
    if (read.kind === "valid") {
      expect(checkModel(MissionDossierStateSchema, read.message).kind).toBe("valid");
    }
  });
});

function byId(a: { event_id: string }, b: { event_id: string }): number {
  return a.event_id < b.event_id ? -1 : 1;
}

test("the happy path is six events and ends clean, the drift scenario five and ends drifted", () => {
  const ends = ["dossier-replay-happy-path", "dossier-replay-drift-scenario"].map((id) => {
    const events = loadReplayStream(id);
    const { state, skipped } = reduceWithReport(events);
    expect(skipped).toEqual([]);
    return [
      events.map(({ event_type }) => event_type.replace("MissionDossier", "")).join(" "),
      state.parityStatus,
    ];
  });
  expect(ends).toEqual([
    [
      "ArtifactIndexed ArtifactIndexed ArtifactIndexed SnapshotComputed ArtifactIndexed SnapshotComputed",
      "clean",
    ],
    [
      "ArtifactIndexed ArtifactIndexed SnapshotComputed ArtifactMissing ParityDriftDetected",
      "drifted",
    ],
  ]);
});

test("the dossier category has two streams, the others more than eight", () => {
  const others = listReplayStreams().filter((id) => !id.startsWith("dossier-"));
  expect(listReplayStreams().length - others.length).toBe(2);
  expect(others.length).toBeGreaterThan(8);
});

test("the streams end in every status, and some have skipped or duplicate events", () => {
  const reports = listReplayStreams().map((id) => {
    const events = loadReplayStream(id);
    return { events, ...reduceWithReport(events) };
  });
  expect(new Set(reports.map(({ state }) => state.parityStatus))).toEqual(
    new Set(["clean", "drifted", "unknown"]),
  );
  expect(reports.some(({ skipped }) => skipped.length > 0)).toBe(true);
  expect(
    reports.some(({ events, state }) => {
      const dossierEvents = events.filter(({ event_type }) => event_type in PAYLOAD_SCHEMAS);
      return state.eventCount < dossierEvents.length;
    }),
  ).toBe(true);
});

test("two missions whose namespaces run together are two", () => {
  const sides = ["left", "right"].map((side) => `stream-fields-run-together-${side}`);
  const events = sides.flatMap((id) => loadReplayStream(id));
  const [left, right] = sides.map((id) => JSON.parse(loadReducerOutput(id)));
  expect(Object.values(left.namespace).join("")).toBe(Object.values(right.namespace).join(""));
  expect(() => reduceWithReport(events)).toThrow(NamespaceMixedStreamError);
  const { missions } = reduceByNamespace(events);
  expect(missions.map(({ state }) => stateToJson(state))).toEqual([left, right]);
});

describe("errors of loading", () => {
  test("an unknown category is rejected with a list of the known ones", () => {
    const error = thrownBy(() => loadFixtures("dosier"));
    expect(error).toBeInstanceOf(UnknownFixtureCategoryError);
    expect(error).toMatchObject({
      category: "dosier",
      knownCategories: FIXTURE_CATEGORIES,
      message: 'Unknown fixture category "dosier". Known: dossier, boundary, streams, generations.',
    });
  });

  test.each([
    ["loadReplayStream", loadReplayStream],
    ["loadReducerOutput", loadReducerOutput],
  ])("%s distinguishes an unknown id from one of another kind of fixture", (_name, load) => {
    const unknown = thrownBy(() => load("dossier-replay-sad-path"));
    expect(unknown).toBeInstanceOf(UnknownFixtureError);
    expect(unknown).toMatchObject({
      id: "dossier-replay-sad-path",
      knownStreams: listReplayStreams(),
      message: expect.stringMatching(
        /^Unknown fixture "dossier-replay-sad-path"\. Known streams: dossier-replay-happy-path, /,
      ),
    });
    const payload = thrownBy(() => load("dossier-artifact-indexed-valid"));
    expect(payload).toBeInstanceOf(NotAReplayStreamError);
    expect(payload).toMatchObject({
      id: "dossier-artifact-indexed-valid",
      kind: "payload",
      message: expect.stringContaining("is a single payload, not a stream"),
    });
    const output = thrownBy(() => load("dossier-replay-happy-path-state"));
    expect(output).toBeInstanceOf(NotAReplayStreamError);
    expect(output).toMatchObject({
      kind: "reducer_output",
      message: expect.stringContaining("is the expected state of a stream, not a stream"),
    });
  });

  function thrownBy(call: () => unknown): unknown {
    try {
      call();
    } catch (error) {
      return error;
    }
    throw new Error("nothing was thrown");
  }
});
