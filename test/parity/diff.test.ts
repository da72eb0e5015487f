import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  acceptsPayload,
  createEvent,
  type Difference,
  DifferentMissionsError,
  diffStates,
  driftPayloads,
  type EventJson,
  InvalidArgumentError,
  type MissionDossierState,
  parityHash,
  parseState,
  reduceMissionDossier,
  type StateDiff,
  stateToJson,
} from "../../src/index.js";
import { anyStream } from "../support/arbitrary-stream.js";
import { artifact, missingArtifact, stateOf } from "../support/artifacts.js";
import { envelope, namespace } from "../support/examples.js";
import { runs } from "../support/runs.js";

const DRIFT = "MissionDossierParityDriftDetected";
const detected_at = "2026-03-02T09:14:10Z";

/** The differences as text, with the values of both sides. */
function shown({ differences }: StateDiff): string[] {
  return differences.map((difference) => {
    const path = "path" in difference ? `${difference.path} ` : "";
    return `${difference.kind} ${path}${valueText(difference.a)} ${valueText(difference.b)}`;
  });
}

function valueText(value: Difference["a"]): string {
  if (value === undefined || typeof value === "string") {
    return value ?? "-";
  }
  if ("checkedAt" in value) {
    return `${value.expectedIdentity.path}@${value.manifestStep}@${value.checkedAt}`;
  }
  const { identity, contentRef, superseded } = value;
  return `${identity.artifactClass}:${contentRef.hash}${superseded ? " (superseded)" : ""}`;
}

const replaced = artifact("new", "2", { supersedes: "old" });

describe("a diff names", () => {
  test.each<[string, EventJson[], EventJson[], boolean, string[]]>([
    ["nothing in empty states", [], [], true, []],
    [
      "an artifact that b alone has",
      [],
      [artifact("x", "1")],
      false,
      ["artifact_added x - input:1"],
    ],
    [
      "an artifact that a alone has",
      [artifact("x", "1")],
      [],
      false,
      ["artifact_removed x input:1 -"],
    ],
    [
      "an artifact that the other side shows superseded",
      [artifact("old", "1"), artifact("new", "2")],
      [artifact("old", "1"), replaced],
      false,
      ["artifact_removed old input:1 input:1 (superseded)"],
    ],
    [
      "another hash under one path, whatever the class",
      [artifact("x", "1")],
      [artifact("x", "2", { artifactClass: "output" })],
      false,
      ["artifact_mutated x input:1 output:2"],
    ],
    [
      "another class of one hash, with the name of an algorithm before it or without",
      [artifact("x", "1")],
      [artifact("x", "sha256:1", { artifactClass: "output" })],
      true,
      ["artifact_reclassified x input:1 output:sha256:1"],
    ],
    [
      "a superseded artifact that the other side does not know",
      [artifact("new", "2")],
      [artifact("old", "1"), replaced],
      true,
      ["superseded_artifact_added old - input:1 (superseded)"],
    ],
    [
      "nothing where both show it superseded, whatever the hash",
      [artifact("old", "0"), replaced],
      [artifact("old", "1"), replaced],
      true,
      [],
    ],
    [
      "the anomalies that one side has more often, the latest ones, and not their times",
      [missingArtifact("x", "1"), missingArtifact("y", "1"), missingArtifact("y", "2")],
      [missingArtifact("y", "3"), missingArtifact("z", "1", "plan")],
      true,
      [
        "anomaly_resolved x@required_always@1 -",
        "anomaly_resolved y@required_always@2 -",
        "anomaly_introduced - z@plan@1",
      ],
    ],
    [
      "artifacts by code point, then anomalies",
      [missingArtifact("0", "1")],
      ["😀", "～", "a\u0001", "a"].map((path) => artifact(path, "1")),
      false,
      [
        ...["a", "a\u0001", "～", "😀"].map((path) => `artifact_added ${path} - input:1`),
        "anomaly_resolved 0@required_always@1 -",
      ],
    ],
  ])("%s", (_what, a, b, inParity, differences) => {
    const diff = diffStates(stateOf(a), stateOf(b));
    expect(shown(diff)).toEqual(differences);
    expect(diff).toMatchObject({
      inParity,
      expectedHash: parityHash(stateOf(a)),
      actualHash: parityHash(stateOf(b)),
    });
    expect(diff.expectedHash === diff.actualHash).toBe(inParity);
  });

  test("another manifest version first, and is of the namespace of b", () => {
    const a = stateOf([artifact("x", "1")]);
    const b = stateOf(
      [artifact("y", "1")].map((event) => withNamespace(event, { manifest_version: "2" })),
    );
    const diff = diffStates(a, b);
    expect(shown(diff)).toEqual([
      "manifest_version_changed 1 2",
      "artifact_removed x input:1 -",
      "artifact_added y - input:1",
    ]);
    expect(diff.namespace).toMatchObject({ manifestVersion: "2" });
    expect(diffStates(b, stateOf([])).namespace).toMatchObject({ manifestVersion: "2" });
  });

  test("no step", () => {
    const a = stateOf([withNamespace(artifact("x", "1"), { step_id: "plan" })]);
    const b = stateOf([withNamespace(artifact("x", "1"), { step_id: "tasks" })]);
    expect(diffStates(a, b)).toMatchObject({ inParity: true, differences: [] });
  });
});

test.each(["project_uuid", "feature_slug", "target_branch", "mission_key"])(
  "states with another %s cannot be compared",
  (field) => {
    const a = stateOf([artifact("x", "1")]);
    const b = stateOf([withNamespace(artifact("x", "1"), { [field]: "other" })]);
    expect(() => diffStates(a, b)).toThrow(DifferentMissionsError);
    expect(() => diffStates(a, b)).toThrow(
      /^The states are of two missions\. Expected: \{"project/,
    );
  },
);

test("a diff cannot be changed", () => {
  const { differences } = diffStates(stateOf([]), stateOf([artifact("x", "1")]));
  expect(Object.isFrozen(differences)).toBe(true);
  expect(Object.isFrozen(differences[0])).toBe(true);
});

test("anything but a state cannot be compared", () => {
  expect(() => diffStates(stateOf([]), undefined as never)).toThrow(InvalidArgumentError);
  expect(() => diffStates(null as never, stateOf([]))).toThrow(InvalidArgumentError);
});

/** Two states of one mission that have most of their events in common. */
const twoStates = fc
  .tuple(anyStream, fc.infiniteStream(fc.nat(5)))
  .map(([events, choices]): [MissionDossierState, MissionDossierState] => {
    const places = events.map(() => choices.next().value ?? 0);
    return [
      reduceMissionDossier(events.filter((_, index) => places[index] !== 0)),
      reduceMissionDossier(events.filter((_, index) => places[index] !== 1)),
    ];
  });

describe("of any two states of a mission", () => {
  test("each is in parity with itself", () => {
    fc.assert(
      fc.property(twoStates, ([state]) => {
        const diff = diffStates(state, state);
        expect(diff).toMatchObject({ inParity: true, differences: [] });
        expect(driftPayloads(diff, { detected_at })).toEqual([]);
        expect(diffStates(state, parseState(stateToJson(state))).differences).toEqual([]);
      }),
      { numRuns: runs(150) },
    );
  });

  test("no artifact is named as added, removed or mutated exactly when the hashes agree", () => {
    fc.assert(
      fc.property(twoStates, ([a, b]) => {
        const { differences, inParity } = diffStates(a, b);
        const named = differences.filter(({ kind }) =>
          ["artifact_added", "artifact_removed", "artifact_mutated"].includes(kind),
        );
        expect(named.length === 0).toBe(parityHash(a) === parityHash(b));
        expect(inParity).toBe(named.length === 0);
      }),
      { numRuns: runs(200) },
    );
  });

  test("the diff the other way round is its mirror image", () => {
    fc.assert(
      fc.property(twoStates, ([a, b]) => {
        const there = diffStates(a, b);
        const back = diffStates(b, a);
        expect(back.differences).toEqual(there.differences.map(mirrored));
        expect(back.inParity).toBe(there.inParity);
        expect(back.expectedHash).toBe(there.actualHash);
        expect(back.actualHash).toBe(there.expectedHash);
      }),
      { numRuns: runs(200) },
    );
  });

  test("the contract accepts the payloads of the diff", () => {
    fc.assert(
      fc.property(twoStates, ([a, b]) => {
        const diff = diffStates(a, b);
        const payloads = driftPayloads(diff, { detected_at, namespace });
        for (const payload of payloads) {
          expect(acceptsPayload(DRIFT, payload)).toBe(true);
        }
        expect(new Set(payloads.map(({ drift_kind }) => drift_kind)).size).toBe(payloads.length);
        expect(payloads.length === 0).toBe(
          diff.differences.every(({ kind }) => kind.startsWith("superseded")),
        );
      }),
      { numRuns: runs(200) },
    );
  });
});

describe("drift payloads", () => {
  const a = stateOf([
    ...[artifact("x", "1"), artifact("y", "1"), artifact("z", "1"), artifact("c", "1")],
    ...[missingArtifact("m", "1"), missingArtifact("m", "1")],
  ]);
  const b = stateOf(
    [
      ...[artifact("w", "1"), artifact("x", "2"), artifact("y", "1")],
      ...[artifact("c", "1", { artifactClass: "output" }), missingArtifact("n", "1")],
    ].map((event) => withNamespace(event, { manifest_version: "2" })),
  );
  const diff = diffStates(a, b);

  test("are one for each drift kind, in the order of the literals, with the artifacts", () => {
    const payloads = driftPayloads(diff, { detected_at });
    expect(
      payloads.map(({ drift_kind, artifact_ids_changed }) => [
        drift_kind,
        artifact_ids_changed?.map(({ path, artifact_class }) => `${path} ${artifact_class}`),
      ]),
    ).toEqual([
      ["artifact_added", ["w input"]],
      ["artifact_removed", ["z input"]],
      ["artifact_mutated", ["c output", "x input"]],
      ["anomaly_introduced", ["n input"]],
      ["anomaly_resolved", ["m input", "m input"]],
      ["manifest_version_changed", undefined],
    ]);
    for (const payload of payloads) {
      expect(payload).toMatchObject({
        namespace: { ...namespace, manifest_version: "2" },
        expected_hash: parityHash(a),
        actual_hash: parityHash(b),
        detected_at,
      });
      expect(() => createEvent(DRIFT, payload, envelope)).not.toThrow();
    }
  });

  test("are in a copy of the namespace that the caller names", () => {
    const own = { ...namespace, step_id: "plan" };
    const namespaces = driftPayloads(diff, { detected_at, namespace: own }).map(
      (payload) => payload.namespace,
    );
    expect(new Set([own, ...namespaces]).size).toBe(7);
    for (const each of namespaces) {
      expect(each).toEqual(own);
    }
  });

  test("need a time, and a namespace if there are any", () => {
    expect(() => driftPayloads(diff, {} as never)).toThrow("detected_at must be");
    const { namespace: _, ...json } = stateToJson(a);
    const nameless = diffStates(parseState(json), stateOf([]));
    expect(nameless.namespace).toBeUndefined();
    expect(() => driftPayloads(nameless, { detected_at })).toThrow("namespace must be");
    expect(driftPayloads(diffStates(stateOf([]), stateOf([])), { detected_at })).toEqual([]);
  });
});

function mirrored(difference: Difference): object {
  const { kind, a, b, ...rest } = difference;
  return { ...rest, kind: MIRROR[kind] ?? kind, a: b, b: a };
}

const MIRROR: { readonly [kind: string]: Difference["kind"] } = {
  artifact_added: "artifact_removed",
  artifact_removed: "artifact_added",
  superseded_artifact_added: "superseded_artifact_removed",
  superseded_artifact_removed: "superseded_artifact_added",
  anomaly_introduced: "anomaly_resolved",
  anomaly_resolved: "anomaly_introduced",
};

function withNamespace(event: EventJson, fields: object): EventJson {
  const { payload } = event as unknown as { payload: { namespace: object } };
  return {
    ...event,
    payload: { ...payload, namespace: { ...payload.namespace, ...fields } },
  } as unknown as EventJson;
}
