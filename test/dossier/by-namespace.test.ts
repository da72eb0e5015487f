import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  acceptsPayload,
  DOSSIER_EVENT_TYPES,
  type EventJson,
  InvalidArgumentError,
  InvalidEventError,
  isDossierEventType,
  type NamespaceScope,
  parseEvent,
  type ReduceReport,
  reduceByNamespace,
  reduceMissionDossier,
  reduceWithReport,
  stateToJsonString,
} from "../../src/index.js";
import { anyStream } from "../support/arbitrary-stream.js";
import {
  event as exampleEvent,
  indexed,
  missing,
  namespace,
  payloads,
  withValue,
} from "../support/examples.js";
import { runs } from "../support/runs.js";

/** An event of the examples, as wire JSON. */
function event(...given: Parameters<typeof exampleEvent>): EventJson {
  // It is built as a valid envelope.
  return exampleEvent(...given) as unknown as EventJson;
}

/** The event as one of the mission of another feature, if it has a namespace. */
function inMission(slug: string, given: EventJson): EventJson {
  const { payload } = given;
  return typeof payload === "object" && payload !== null && "namespace" in payload
    ? { ...given, payload: withValue(payload as JsonObject, "namespace.feature_slug", slug) }
    : given;
}

/** The mixed events of several missions, some of which share an id. */
const mixture: fc.Arbitrary<EventJson[]> = anyStream.chain((events) =>
  fc
    .array(fc.constantFrom("a", "b", "c"), { minLength: events.length, maxLength: events.length })
    .map((slugs) => events.map((given, index) => inMission(slugs[index] ?? "", given))),
);

type Placed = { readonly event: EventJson; readonly position: number };

/** The identity of an event's mission, computed independently of the code. */
function missionOf({ payload }: EventJson, scope: NamespaceScope): string | undefined {
  const given: unknown = (payload as { namespace?: unknown } | null | undefined)?.namespace;
  // The namespace is the only valid part of such an event.
  if (!acceptsPayload("MissionDossierArtifactMissing", { ...missing, namespace: given as never })) {
    return undefined;
  }
  const { step_id: step = null, ...fields } = given as Record<string, unknown>;
  const required = Object.keys(namespace).map((name) => fields[name]);
  return JSON.stringify(scope === "step" ? [...required, step] : required);
}

/** The dossier events of each mission, in order of first appearance, and those without one. */
function grouped(events: readonly EventJson[], scope: NamespaceScope) {
  const missions = new Map<string, Placed[]>();
  const unassigned: Placed[] = [];
  for (const [position, event] of events.entries()) {
    if (isDossierEventType(event.event_type)) {
      const mission = missionOf(event, scope);
      const group = mission === undefined ? unassigned : (missions.get(mission) ?? []);
      group.push({ event, position });
      if (mission !== undefined) {
        missions.set(mission, group);
      }
    }
  }
  return { missions: [...missions.values()], unassigned };
}

/**
 * A report whose positions count the events of one mission, converted to positions in the whole
 * stream.
 */
function inShort({ state, skipped, conflicts }: ReduceReport, placed?: readonly Placed[]) {
  const whole = (position: number): number | undefined =>
    placed === undefined ? position : placed[position]?.position;
  return {
    state: stateToJsonString(state),
    skipped: skipped.map((each) => ({ ...each, position: whole(each.position) })),
    conflicts: conflicts.map((each) => ({ ...each, position: whole(each.position) })),
  };
}

describe.each([{ scope: "mission" }, { scope: "step" }] as const)("in the scope $scope", (row) => {
  const namespaceScope = row.scope;

  test("each mission has the report of its events alone, in order of first appearance", () => {
    fc.assert(
      fc.property(mixture, (events) => {
        const { missions } = reduceByNamespace(events, { namespaceScope });
        const expected = grouped(events, namespaceScope).missions.map((placed) =>
          inShort(
            reduceWithReport(
              placed.map(({ event }) => event),
              { namespaceScope },
            ),
            placed,
          ),
        );
        expect(missions.map((report) => inShort(report))).toEqual(expected);
      }),
      { numRuns: runs(200) },
    );
  });

  test("the events of no readable namespace are listed, each with its place", () => {
    fc.assert(
      fc.property(mixture, (events) => {
        const { unassigned } = reduceByNamespace(events, { namespaceScope });
        const placed = grouped(events, namespaceScope).unassigned;
        const alone = reduceWithReport(
          placed.map(({ event }) => event),
          { namespaceScope },
        );
        expect(inShort(unassigned)).toEqual(inShort(alone, placed));
        const ids = (all: readonly { readonly eventId: string }[]) =>
          new Set(all.map(({ eventId }) => eventId));
        expect(ids(unassigned.skipped)).toEqual(ids(placed.map(({ event }) => parseEvent(event))));
      }),
      { numRuns: runs(150) },
    );
  });

  test("the order of the events affects only the order of the missions", () => {
    const shuffled = mixture.chain((events) =>
      fc.tuple(
        fc.constant(events),
        fc.shuffledSubarray(events, { minLength: events.length, maxLength: events.length }),
      ),
    );
    const states = (events: Iterable<EventJson>): string[] =>
      reduceByNamespace(events, { namespaceScope })
        .missions.map(({ state }) => stateToJsonString(state))
        .sort();
    fc.assert(
      fc.property(shuffled, ([events, others]) => {
        expect(states(others)).toEqual(states(events));
      }),
    );
  });

  test("messages give the same report as wire JSON", () => {
    fc.assert(
      fc.property(mixture, (events) => {
        const messages = reduceByNamespace(
          events.map((each) => parseEvent(each)),
          { namespaceScope },
        );
        const json = reduceByNamespace(events, { namespaceScope });
        expect(messages.missions.map(({ state }) => stateToJsonString(state))).toEqual(
          json.missions.map(({ state }) => stateToJsonString(state)),
        );
        expect(messages.unassigned).toEqual(json.unassigned);
      }),
    );
  });
});

const type = "MissionDossierArtifactIndexed";
const ofFeature = (slug: string) => withValue(indexed, "namespace.feature_slug", slug);

test("no events give no missions", () => {
  const { generations, ...unassigned } = reduceWithReport([]);
  const nothing = { missions: [], unassigned, diagnostics: [], generations };
  expect(reduceByNamespace([])).toEqual(nothing);
  expect(reduceByNamespace([event("SomethingElse", { namespace })])).toEqual(nothing);
});

test("the events of one mission give the same report as the reducer", () => {
  const events = DOSSIER_EVENT_TYPES.map((each) => event(each, payloads[each]));
  const { missions } = reduceByNamespace(events);
  expect(missions.map(({ state }) => stateToJsonString(state))).toEqual([
    stateToJsonString(reduceMissionDossier(events)),
  ]);
});

test("one id in two missions counts in both, and is not a conflict", () => {
  const id = { event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWA" };
  const events = ["b", "a", "b"].map((slug) => event(type, ofFeature(slug), id));
  const { missions } = reduceByNamespace(events);
  expect(
    missions.map(({ state, conflicts }) => [
      state.namespace?.featureSlug,
      state.eventCount,
      conflicts,
    ]),
  ).toEqual([
    ["b", 1, []],
    ["a", 1, []],
  ]);
});

test("one id in a mission and without a namespace counts in the mission, and is listed as unassigned", () => {
  const id = { event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWA" };
  const { missions, unassigned } = reduceByNamespace([
    event(type, withValue(indexed, "namespace", null), id),
    event(type, indexed, id),
  ]);
  expect(missions).toMatchObject([{ state: { eventCount: 1 }, skipped: [], conflicts: [] }]);
  expect(unassigned.skipped).toMatchObject([
    { position: 0, eventId: id.event_id, eventType: type },
  ]);
});

test("one id with two contents without a namespace is a conflict of the unassigned events", () => {
  const id = { event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWA" };
  const { unassigned } = reduceByNamespace([
    event(type, { a: 1 }, { ...id, lamport_clock: 1 }),
    event(type, { b: 2 }, { ...id, lamport_clock: 9 }),
  ]);
  expect(unassigned.skipped).toMatchObject([{ position: 0, eventId: id.event_id }]);
  expect(unassigned.conflicts).toEqual([{ position: 1, eventId: id.event_id }]);
});

test("one id with two contents within a mission is a conflict of that mission", () => {
  const id = { event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWA" };
  const { missions } = reduceByNamespace([
    event(type, ofFeature("a")),
    event(type, ofFeature("b"), id),
    event("SomethingElse", {}),
    event(type, withValue(ofFeature("b"), "artifact_id.path", "other"), id),
  ]);
  expect(missions).toMatchObject([
    { conflicts: [] },
    { conflicts: [{ position: 3, eventId: id.event_id }] },
  ]);
});

test.each([
  { field: "project_uuid", one: "a", other: "A" },
  { field: "feature_slug", one: "é", other: "e\u0301" },
  { field: "target_branch", one: "main", other: "main " },
  { field: "mission_key", one: "constructor", other: "__proto__" },
  { field: "manifest_version", one: "1", other: "01" },
])("namespaces are one mission only if every field agrees: $field", (row) => {
  const { field, one, other } = row;
  const events = [one, other, one].map((value) =>
    event(type, withValue(indexed, `namespace.${field}`, value)),
  );
  const { missions } = reduceByNamespace(events);
  expect(missions.map(({ state }) => state.eventCount)).toEqual([2, 1]);
});

test("the fields of a namespace cannot run together", () => {
  const of = (slug: string, branch: string) =>
    event(
      type,
      withValue(
        withValue(indexed, "namespace.feature_slug", slug),
        "namespace.target_branch",
        branch,
      ),
    );
  expect(
    reduceByNamespace([of("a,b", "c"), of("a", "b,c"), of('a","b', "c")]).missions,
  ).toHaveLength(3);
});

test("a mission whose every payload is rejected has a state with its namespace", () => {
  const { missions } = reduceByNamespace([event(type, { namespace })]);
  expect(missions).toMatchObject([
    { state: { eventCount: 1, namespace: { featureSlug: namespace.feature_slug } } },
  ]);
  expect(missions[0]?.skipped).toMatchObject([{ position: 0 }]);
});

test("the report is frozen", () => {
  const report = reduceByNamespace([event(type, indexed), event(type, {})]);
  const parts = [
    report,
    report.missions,
    report.unassigned,
    ...report.missions,
    ...report.unassigned.skipped,
  ];
  expect(parts.map((part) => Object.isFrozen(part))).toEqual(parts.map(() => true));
});

test("events are read once, from any iterable", () => {
  let isRead = false;
  function* once() {
    expect(isRead).toBe(false);
    isRead = true;
    yield event(type, ofFeature("a"));
    yield event(type, ofFeature("b"));
  }
  expect(reduceByNamespace(once()).missions).toHaveLength(2);
});

test("an invalid envelope of a dossier event throws, with its position", () => {
  const bad = event(type, indexed, { lamport_clock: -1 });
  const reduce = () => reduceByNamespace([event("SomethingElse", {}), event(type, indexed), bad]);
  expect(reduce).toThrow(InvalidEventError);
  expect(reduce).toThrow(expect.objectContaining({ position: 2 }));
});

test("there are no other scopes", () => {
  expect(() => reduceByNamespace([], { namespaceScope: "Step" as never })).toThrow(
    InvalidArgumentError,
  );
});
