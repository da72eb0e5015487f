import { create, type JsonObject } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  type EventJson,
  EventSchema,
  InvalidArgumentError,
  InvalidEventError,
  NamespaceMixedStreamError,
  type NamespaceScope,
  parseEvent,
  ReplayRequiredError,
  reduceByNamespace,
  reduceMissionDossier,
  reduceWithReport,
  stateToJson,
} from "../../src/index.js";
import {
  drift,
  envelope,
  event,
  identity,
  indexed,
  missing,
  namespace,
  snapshot,
  withValue,
} from "../support/examples.js";

const INDEXED = "MissionDossierArtifactIndexed";
const MISSING = "MissionDossierArtifactMissing";
const SNAPSHOT = "MissionDossierSnapshotComputed";
const DRIFT = "MissionDossierParityDriftDetected";

const emptyState = {
  namespace: null,
  artifacts: {},
  anomalies: [],
  latest_snapshot: null,
  drift_history: [],
  parity_status: "unknown",
  event_count: 0,
};

/** Events whose Lamport clocks follow the order in which they are given. */
function stream(...events: readonly JsonObject[]): EventJson[] {
  return events.map((json, index) => ({ ...json, lamport_clock: index }) as unknown as EventJson);
}

function reduce(...events: readonly JsonObject[]): ReturnType<typeof stateToJson> {
  return stateToJson(reduceMissionDossier(stream(...events)));
}

function indexing(path: string, more: JsonObject = {}): JsonObject {
  return event(INDEXED, { ...withValue(indexed, "artifact_id.path", path), ...more });
}

function superseding(path: string, superseded: string): JsonObject {
  return indexing(path, { supersedes: { ...identity, path: superseded } });
}

function superseded(state: ReturnType<typeof stateToJson>): string[] {
  return Object.entries(state.artifacts)
    .filter(([, entry]) => entry.superseded)
    .map(([path]) => path);
}

describe("events that count", () => {
  test("no events give the empty state", () => {
    expect(reduce()).toEqual(emptyState);
  });

  test("events of other types are skipped with any content, and are not counted", () => {
    const others = [
      event("WorkPackageMoved", { namespace: { ...namespace, feature_slug: "another" } }),
      { event_type: "NotAnEnvelopeOfOurs" },
      event("missiondossierartifactindexed", indexed),
      event(`${INDEXED} `, indexed),
      event("toString", indexed),
    ];
    expect(reduce(...others)).toEqual(emptyState);
    expect(reduce(...others, indexing("a")).event_count).toBe(1);
  });

  test("events are generated messages or wire JSON, in any iterable", () => {
    const json = stream(indexing("a"), event(SNAPSHOT, snapshot), event(DRIFT, drift));
    const messages = json.map((one) => parseEvent(one));
    const expected = stateToJson(reduceMissionDossier(json));
    expect(stateToJson(reduceMissionDossier(messages))).toEqual(expected);
    expect(stateToJson(reduceMissionDossier(new Set([...messages, ...json])))).toEqual(expected);
    expect(
      stateToJson(
        reduceMissionDossier(
          (function* () {
            yield* json;
          })(),
        ),
      ),
    ).toEqual(expected);
  });

  test("a message need not have fields with default values", () => {
    const { payload: _, ...rest } = parseEvent(event(INDEXED, indexed));
    const bare = create(EventSchema, { ...rest, eventId: rest.eventId.toLowerCase() });
    delete bare.schemaVersion;
    expect(reduceWithReport([bare])).toMatchObject({
      state: { eventCount: 1 },
      skipped: [{ eventId: rest.eventId }],
    });
  });

  test.each([
    ["null", null],
    ["a list", []],
    ["text", "text"],
    ["no event type", { ...envelope, event_type: undefined }],
    ["an event type that is not text", { ...envelope, event_type: 7 }],
    ["an empty event type", { ...envelope, event_type: "" }],
    ["a dossier event with a clock that is none", { ...envelope, lamport_clock: "soon" }],
    ["a dossier event with a bad timestamp", { ...envelope, timestamp: "yesterday" }],
  ])("%s is not a valid envelope, and throws with its position", (_name, bad) => {
    const events = [...stream(indexing("a")), bad as unknown as EventJson];
    expect(() => reduceMissionDossier(events)).toThrow(InvalidEventError);
    expect(() => reduceMissionDossier(events)).toThrow(expect.objectContaining({ position: 1 }));
  });

  test("a message with values of wrong types throws, too", () => {
    const bad = { ...parseEvent(envelope), aggregateId: 5 as unknown as string };
    expect(() => reduceMissionDossier([bad])).toThrow(InvalidEventError);
  });

  test("a message with a bad envelope throws, too", () => {
    const bad = { ...parseEvent(envelope), lamportClock: -1n };
    expect(() => reduceMissionDossier([bad])).toThrow(
      expect.objectContaining({
        position: 0,
        violations: [
          expect.objectContaining({
            field: "lamport_clock",
            violationType: "int64.gte",
            inputValue: -1,
          }),
        ],
      }),
    );
  });
});

describe("order", () => {
  const [first, last] = [
    { lamport_clock: 1, timestamp: "2026-01-01T00:00:00Z", event_id: "0".repeat(26) },
    { lamport_clock: 2, timestamp: "2026-01-02T00:00:00Z", event_id: "1".repeat(26) },
  ];

  test.each([
    ["lamport_clock", { ...last, lamport_clock: 1 }, { ...first, lamport_clock: 2 }],
    [
      "timestamp, as an instant",
      { ...last, lamport_clock: 1, timestamp: "2026-01-01T09:00:00+09:00" },
      { ...first, timestamp: "2026-01-01T00:00:00.000001Z" },
    ],
    ["event_id", first, { ...first, event_id: last.event_id }],
  ])("depends on %s", (_name, earlier, later) => {
    const events = [
      event(SNAPSHOT, { ...snapshot, snapshot_hash: "later" }, later),
      event(SNAPSHOT, { ...snapshot, snapshot_hash: "earlier" }, earlier),
    ] as unknown as EventJson[];
    for (const given of [events, [...events].reverse()]) {
      expect(reduceMissionDossier(given).latestSnapshot?.snapshotHash).toBe("later");
    }
  });
});

describe("duplicates", () => {
  test("two spellings of one id are one event, and the first in sort order counts", () => {
    const id = "a47275cb-634e-427c-abd3-3e5d17997d4e";
    const events = [
      event(SNAPSHOT, { ...snapshot, snapshot_hash: "second" }, { event_id: id, lamport_clock: 2 }),
      event(
        SNAPSHOT,
        { ...snapshot, snapshot_hash: "first" },
        { event_id: id.replaceAll("-", "").toUpperCase(), lamport_clock: 1 },
      ),
    ] as unknown as EventJson[];
    const state = reduceMissionDossier(events);
    expect(state.eventCount).toBe(1);
    expect(state.latestSnapshot?.snapshotHash).toBe("first");
  });

  test("which of two events with one id and one sort key counts does not depend on their order", () => {
    const twins = ["b", "a", "c"].map((snapshot_hash) =>
      event(SNAPSHOT, { ...snapshot, snapshot_hash }, { event_id: envelope.event_id }),
    ) as unknown as EventJson[];
    const states = [twins, [...twins].reverse(), [...twins.slice(1), ...twins.slice(0, 1)]].map(
      (given) => reduceMissionDossier(given).latestSnapshot?.snapshotHash,
    );
    expect(new Set(states).size).toBe(1);
  });

  test("an event of another type does not take the id away from a dossier event", () => {
    const events = [
      event("WorkPackageMoved", {}, { event_id: envelope.event_id, lamport_clock: 0 }),
      event(INDEXED, indexed, { event_id: envelope.event_id, lamport_clock: 1 }),
    ] as unknown as EventJson[];
    expect(reduceMissionDossier(events).artifacts.size).toBe(1);
  });
});

describe("the namespace", () => {
  const inStep = (step_id: string | null, more: JsonObject = {}): JsonObject =>
    event(INDEXED, { ...indexed, namespace: { ...namespace, step_id, ...more } });

  test.each(Object.keys(namespace))("differs when %s differs", (field) => {
    const other = event(INDEXED, withValue(indexed, `namespace.${field}`, "another"));
    for (const scope of ["mission", "step"] satisfies NamespaceScope[]) {
      expect(() =>
        reduceMissionDossier(stream(indexing("a"), other), { namespaceScope: scope }),
      ).toThrow(NamespaceMixedStreamError);
    }
  });

  test("the error has both namespaces, in its message and as properties", () => {
    const other = { ...namespace, feature_slug: "021-audit-log", step_id: "plan" };
    const events = stream(indexing("a"), event(MISSING, { ...missing, namespace: other }));
    const error = catchMixed(() => reduceMissionDossier([...events].reverse()));
    expect(error.message).toBe(
      `Namespace mismatch in dossier event stream. Expected: ${JSON.stringify(namespace)}. Got: ${JSON.stringify(other)}.`,
    );
    expect(error.expected).toMatchObject({ featureSlug: namespace.feature_slug });
    expect(error.got).toMatchObject({ featureSlug: "021-audit-log", stepId: "plan" });
    expect(error.differsInStepOnly).toBe(false);
    expect(error.name).toBe("NamespaceMixedStreamError");
  });

  test("steps are one mission in the scope mission, but not in the scope step", () => {
    const events = stream(inStep("plan"), inStep("tasks"));
    expect(reduceMissionDossier(events).namespace).toMatchObject({
      featureSlug: "014-rate-limits",
    });
    expect(reduceMissionDossier(events, { namespaceScope: "mission" }).eventCount).toBe(2);
    const error = catchMixed(() => reduceMissionDossier(events, { namespaceScope: "step" }));
    expect(error.message).toMatch(
      /^Namespace mismatch.*\. Got: .*"step_id":"tasks"}\. .*"mission"/,
    );
    expect(error.differsInStepOnly).toBe(true);
  });

  test.each(["Step", "", "toString"])("there is no scope %o", (namespaceScope) => {
    // @ts-expect-error The compiler rejects it.
    expect(() => reduceMissionDossier([], { namespaceScope })).toThrow(InvalidArgumentError);
  });

  test("the scope step tells an absent step from an empty one", () => {
    expect(() =>
      reduceMissionDossier(stream(inStep(null), inStep("")), { namespaceScope: "step" }),
    ).toThrow(NamespaceMixedStreamError);
  });

  test("the scope step hints at the other scope only when nothing but the step differs", () => {
    const events = stream(inStep("plan"), inStep("tasks", { feature_slug: "another" }));
    const error = catchMixed(() => reduceMissionDossier(events, { namespaceScope: "step" }));
    expect(error.message).not.toContain('scope "mission"');
  });

  test.each([
    [["plan", "plan"], "plan"],
    [["plan", null], "plan"],
    [["plan", "tasks"], null],
    [["plan", "tasks", "plan"], null],
    [["", "plan"], null],
    [[null, null], null],
    [[null, "plan"], null],
  ])("of events from the steps %j has the step %j", (steps, expected) => {
    expect(reduce(...steps.map((step) => inStep(step))).namespace?.step_id).toBe(expected);
  });

  test.each([
    ["missing", { ...indexed, namespace: null }],
    ["malformed", withValue(indexed, "namespace.project_uuid", "")],
    ["not an object", { ...indexed, namespace: "014-rate-limits" }],
    ["of a wrong step_id", withValue(indexed, "namespace.step_id", 7)],
  ])("of an event is %s: the event counts but takes no part", (_name, payload) => {
    const { state, skipped } = reduceWithReport(stream(event(INDEXED, payload), indexing("a")));
    expect(state.eventCount).toBe(2);
    expect([...state.artifacts.keys()]).toEqual(["a"]);
    expect(skipped).toHaveLength(1);
    expect(state.namespace?.featureSlug).toBe(namespace.feature_slug);
    expect(stateToJson(reduceMissionDossier(stream(event(INDEXED, payload))))).toEqual({
      ...emptyState,
      event_count: 1,
    });
  });

  test("of an event takes part even if the rest of its payload is invalid", () => {
    const invalid = { ...indexed, artifact_id: null };
    const state = reduce(event(INDEXED, invalid));
    expect(state.namespace).toMatchObject({ feature_slug: namespace.feature_slug });
    const other = withValue(invalid, "namespace.feature_slug", "another");
    expect(() => reduceMissionDossier(stream(indexing("a"), event(INDEXED, other)))).toThrow(
      NamespaceMixedStreamError,
    );
  });

  test("of the first event in sort order is the expected one, even if it is invalid", () => {
    const first = event(INDEXED, {
      namespace: { ...namespace, feature_slug: "first" },
      indexed_at: null,
    });
    const error = catchMixed(() => reduceMissionDossier(stream(first, indexing("a"))));
    expect(error.expected.featureSlug).toBe("first");
  });

  test("of a duplicate that does not count plays no part", () => {
    const twice = { ...event(INDEXED, withValue(indexed, "namespace.feature_slug", "another")) };
    const kept = indexing("a", {});
    const events = stream(kept, { ...twice, event_id: kept["event_id"] ?? "" });
    expect(reduceMissionDossier(events).eventCount).toBe(1);
  });

  function catchMixed(call: () => unknown): NamespaceMixedStreamError {
    try {
      call();
    } catch (error) {
      if (error instanceof NamespaceMixedStreamError) {
        return error;
      }
    }
    throw new Error("no NamespaceMixedStreamError was thrown");
  }
});

describe("indexed artifacts", () => {
  test("become entries with the values of the event", () => {
    const provenance = { source_event_ids: ["x"], actor_kind: "llm" };
    expect(reduce(indexing("a", { provenance, step_id: "plan" })).artifacts).toEqual({
      a: {
        identity: { ...identity, path: "a", run_id: null, wp_id: null },
        content_ref: { ...indexed.content_ref, size_bytes: null, encoding: null },
        indexed_at: indexed.indexed_at,
        provenance: {
          source_event_ids: ["x"],
          git_sha: null,
          git_ref: null,
          actor_id: null,
          actor_kind: "llm",
          revised_at: null,
        },
        superseded: false,
        step_id: "plan",
      },
    });
    expect(reduce(indexing("a")).artifacts["a"]).toMatchObject({ provenance: null, step_id: null });
  });

  test("replace the earlier entry of their path, and keep its place", () => {
    const state = reduce(
      indexing("b"),
      indexing("a"),
      indexing("b", { indexed_at: "later", step_id: "tasks" }),
    );
    expect(Object.keys(state.artifacts)).toEqual(["b", "a"]);
    expect(state.artifacts["b"]).toMatchObject({ indexed_at: "later", step_id: "tasks" });
  });

  test("mark the artifacts that they supersede", () => {
    const state = reduce(indexing("a"), indexing("b"), superseding("c", "a"));
    expect(superseded(state)).toEqual(["a"]);
    expect(state.artifacts["a"]).toMatchObject({ indexed_at: indexed.indexed_at });
  });

  test.each<[string, JsonObject[], string[]]>([
    ["their own path: not superseded", [indexing("a"), superseding("a", "a")], []],
    ["their own path, seen first: not superseded", [superseding("a", "a")], []],
    ["a path never seen: nothing", [superseding("a", "b")], []],
    ["a path seen only later: nothing", [superseding("a", "b"), indexing("b")], []],
    [
      "each other in a chain",
      [indexing("a"), superseding("b", "a"), superseding("c", "b")],
      ["a", "b"],
    ],
    ["a path indexed again: no longer", [indexing("a"), superseding("b", "a"), indexing("a")], []],
    [
      "a path indexed again and superseded again",
      [indexing("a"), superseding("b", "a"), indexing("a"), superseding("c", "a")],
      ["a"],
    ],
    [
      "each other: the earlier one",
      [indexing("a"), indexing("b"), superseding("a", "b"), superseding("b", "a")],
      ["a"],
    ],
  ])("that supersede %s", (_name, events, expected) => {
    expect(superseded(reduce(...events))).toEqual(expected);
  });

  test("a path is data, and artifacts keep the order of first appearance", () => {
    const paths = [
      "z",
      "10",
      "__proto__",
      "constructor",
      "9",
      "toString",
      "1",
      "😀",
      "x".repeat(10_000),
      "e\u0301",
      "é",
    ];
    const { artifacts } = reduceMissionDossier(stream(...paths.map((path) => indexing(path))));
    expect([...artifacts.keys()]).toEqual(paths);
    expect(artifacts.get("__proto__")?.identity.path).toBe("__proto__");
    expect(artifacts.has("hasOwnProperty")).toBe(false);
    const again = reduceMissionDossier(
      stream(indexing("__proto__"), superseding("1", "__proto__")),
    );
    expect(again.artifacts.get("__proto__")?.superseded).toBe(true);
    expect(Reflect.get({}, "identity")).toBeUndefined();
  });
});

test("missing artifacts become anomalies, and repeats are all kept", () => {
  const hinted = { ...missing, remediation_hint: "Write it.", last_known_ref: { git_sha: "abc" } };
  const state = reduce(event(MISSING, missing), event(MISSING, missing), event(MISSING, hinted));
  const anomaly = {
    anomaly_type: "missing_artifact",
    expected_identity: { ...identity, run_id: null, wp_id: null },
    manifest_step: "required_always",
    checked_at: missing.checked_at,
    remediation_hint: null,
  };
  expect(state.anomalies).toEqual([
    anomaly,
    anomaly,
    { ...anomaly, remediation_hint: "Write it." },
  ]);
  expect(state.parity_status).toBe("unknown");
});

test("the latest snapshot is the last one, with sha256 as the default algorithm", () => {
  const one = event(SNAPSHOT, { ...snapshot, algorithm: "md5" });
  const two = event(SNAPSHOT, { ...snapshot, snapshot_hash: "two", artifact_count: 0 });
  const expected = {
    snapshot_hash: "two",
    artifact_count: 0,
    anomaly_count: 0,
    computed_at: snapshot.computed_at,
    algorithm: "sha256",
  };
  expect(reduce(one, two).latest_snapshot).toEqual(expected);
  expect(reduce(two, one).latest_snapshot).toMatchObject({ algorithm: "md5", artifact_count: 1 });
});

test("drifts are recorded in order", () => {
  const second = { ...drift, drift_kind: "artifact_added", artifact_ids_changed: [identity] };
  expect(reduce(event(DRIFT, drift), event(DRIFT, second)).drift_history).toEqual([
    {
      expected_hash: drift.expected_hash,
      actual_hash: drift.actual_hash,
      drift_kind: "artifact_mutated",
      detected_at: drift.detected_at,
    },
    {
      expected_hash: drift.expected_hash,
      actual_hash: drift.actual_hash,
      drift_kind: "artifact_added",
      detected_at: drift.detected_at,
    },
  ]);
});

test.each([
  ["nothing but artifacts and anomalies", [event(MISSING, missing), indexing("a")], "unknown"],
  ["a snapshot", [event(SNAPSHOT, snapshot)], "clean"],
  ["a snapshot with anomalies", [event(SNAPSHOT, { ...snapshot, anomaly_count: 3 })], "clean"],
  ["a drift", [event(DRIFT, drift)], "drifted"],
  ["a drift after a snapshot", [event(SNAPSHOT, snapshot), event(DRIFT, drift)], "drifted"],
  ["a drift before a snapshot", [event(DRIFT, drift), event(SNAPSHOT, snapshot)], "drifted"],
  ["a snapshot that is invalid", [event(SNAPSHOT, { ...snapshot, anomaly_count: -1 })], "unknown"],
])("the status after %s", (_name, events, status) => {
  expect(reduce(...events).parity_status).toBe(status);
});

describe("skipped events", () => {
  test("are counted and listed: position, id, type, every violation", () => {
    const bad = {
      ...withValue(indexed, "artifact_id.artifact_class", "paperwork"),
      indexed_at: null,
    };
    const id = "a47275cb634e427cabd33e5d17997d4e";
    const events = stream(
      event("WorkPackageMoved", {}),
      event(INDEXED, bad, { event_id: id }),
      indexing("a"),
    );
    const { state, skipped } = reduceWithReport(events);
    expect(state.eventCount).toBe(2);
    expect([...state.artifacts.keys()]).toEqual(["a"]);
    expect(Object.isFrozen(skipped) && Object.isFrozen(skipped[0])).toBe(true);
    // Strictly equal: an unknown defect is an absent field, not an undefined one.
    expect(skipped).toStrictEqual([
      {
        position: 1,
        eventId: "a47275cb-634e-427c-abd3-3e5d17997d4e",
        eventType: INDEXED,
        violations: [
          expect.objectContaining({ field: "artifact_id.artifact_class", inputValue: "paperwork" }),
          expect.objectContaining({ field: "indexed_at", violationType: "required" }),
        ],
      },
    ]);
  });

  test("are listed in the order of the stream, with their position in the input", () => {
    const bad = [3, 1, 2].map((clock) =>
      event(SNAPSHOT, { ...snapshot, artifact_count: -1 }, { lamport_clock: clock }),
    ) as unknown as EventJson[];
    expect(reduceWithReport(bad).skipped.map(({ position }) => position)).toEqual([1, 2, 0]);
  });
});

describe("events of several missions", () => {
  const of = (feature_slug: string, lamport_clock: number, event_id: string) => ({
    ...event(INDEXED, { ...indexed, namespace: { ...namespace, feature_slug } }),
    event_id,
    lamport_clock,
  });
  const id = (digit: number) => `00000000-0000-0000-0000-00000000000${digit}`;

  test("are named in the order of the stream, whichever comes first", () => {
    const events = [of("c", 3, id(3)), of("b", 2, id(2)), of("a", 1, id(1))];
    for (const reduce of [reduceMissionDossier, reduceWithReport]) {
      expect(() => reduce(events as unknown as EventJson[])).toThrow(
        expect.objectContaining({
          expected: expect.objectContaining({ featureSlug: "a" }),
          got: expect.objectContaining({ featureSlug: "b" }),
        }),
      );
    }
  });

  test("are of one if the content of the other does not count", () => {
    const events = [of("a", 1, id(1)), of("b", 9, id(2)), of("a", 2, id(2))];
    for (const reduce of [reduceMissionDossier, reduceWithReport]) {
      expect(() => reduce(events as unknown as EventJson[])).not.toThrow();
    }
  });
});

test("events without a second content of an id are read once", () => {
  const events = stream(indexing("a"), indexing("b"), indexing("a"));
  for (const reduce of [reduceMissionDossier, reduceWithReport, reduceByNamespace]) {
    let readings = 0;
    const counted = {
      [Symbol.iterator]: () => {
        readings++;
        return events.values();
      },
    };
    reduce(counted);
    expect(readings).toBe(1);
  }
});

describe("events that must be read a second time", () => {
  const [later, earlier] = [indexing("a"), indexing("b")].map((json, index) => ({
    ...json,
    event_id: "a47275cb-634e-427c-abd3-3e5d17997d4e",
    lamport_clock: 2 - index,
  }));
  const events = [later, earlier] as unknown as EventJson[];

  test("are kept while they are read from a generator", () => {
    const state = reduceMissionDossier(events);
    expect([...state.artifacts.keys()]).toEqual(["b"]);
    expect(reduceMissionDossier(events.values())).toEqual(state);
    expect(reduceByNamespace(events.values())).toEqual(reduceByNamespace(events));
  });

  test("are an error if some are missing the second time", () => {
    for (const reduce of [reduceMissionDossier, reduceWithReport, reduceByNamespace]) {
      const iterator = events.values();
      expect(() => reduce({ [Symbol.iterator]: () => iterator })).toThrow(ReplayRequiredError);
    }
  });
});
