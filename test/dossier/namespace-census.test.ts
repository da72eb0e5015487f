import { describe, expect, test } from "vitest";
import {
  DossierAccumulator,
  type EventJson,
  NamespaceMixedStreamError,
  type NamespaceScope,
  reduceMissionDossier,
  reduceWithReport,
} from "../../src/index.js";
import { event, namespace, snapshot } from "../support/examples.js";

const SNAPSHOT = "MissionDossierSnapshotComputed";
const other = { ...namespace, feature_slug: "021-audit-log" };

/** An event of a namespace, or of none that can be read. */
function at(clock: number, id: string, given: object | null = namespace): EventJson {
  const payload = { ...snapshot, namespace: given === null ? null : { ...given } };
  const fields = { lamport_clock: clock, event_id: id.repeat(26) };
  // It is a valid envelope by how it is made.
  return event(SNAPSHOT, payload, fields) as unknown as EventJson;
}

function accumulate(events: readonly EventJson[], namespaceScope: NamespaceScope = "mission") {
  const accumulator = new DossierAccumulator({ namespaceScope });
  for (const one of events) {
    accumulator.add(one);
  }
  return accumulator;
}

function mixedBy(call: () => unknown): NamespaceMixedStreamError {
  try {
    call();
  } catch (error) {
    if (error instanceof NamespaceMixedStreamError) {
      return error;
    }
    throw error;
  }
  throw new Error("no NamespaceMixedStreamError was thrown");
}

function slugs({ expected, got }: NamespaceMixedStreamError): string[] {
  return [expected.featureSlug, got.featureSlug];
}

describe("an event without a namespace", () => {
  const unplaced = at(0, "0", null);

  test("is never the one that the others differ from", () => {
    const events = [unplaced, at(1, "1"), at(2, "2", other), at(9, "9", null)];
    const expected = [namespace.feature_slug, other.feature_slug];
    for (const given of [events, [...events].reverse()]) {
      expect(slugs(mixedBy(() => reduceMissionDossier(given)))).toEqual(expected);
    }
    const accumulator = accumulate([unplaced, at(1, "1"), at(9, "9", null)]);
    expect(slugs(mixedBy(() => accumulator.add(at(2, "2", other))))).toEqual(expected);
    const merging = accumulate([unplaced, at(1, "1")]);
    expect(slugs(mixedBy(() => merging.merge(accumulate([unplaced, at(2, "2", other)]))))).toEqual(
      expected,
    );
  });

  test("gives way to one that has a namespace, and takes its place", () => {
    for (const [later, earlier, slug] of [
      [null, namespace, namespace.feature_slug],
      [namespace, null, undefined],
      [null, null, undefined],
    ] as const) {
      const events = [at(2, "1", later), at(1, "1", earlier)];
      const accumulator = accumulate(events);
      expect(accumulator.state().namespace?.featureSlug).toBe(slug);
      expect(reduceMissionDossier(events).namespace?.featureSlug).toBe(slug);
    }
    const accumulator = accumulate([at(2, "1"), at(1, "1", null)]);
    expect(accumulator.add(at(3, "3", other))).toEqual({ kind: "added" });
  });

  test("is welcome whatever the others are, and they to it", () => {
    const placed = accumulate([at(1, "1")]);
    placed.merge(accumulate([unplaced]));
    placed.merge(new DossierAccumulator());
    const merged = accumulate([unplaced]);
    merged.merge(accumulate([at(1, "1")]));
    for (const { eventCount } of [placed.state(), merged.state()]) {
      expect(eventCount).toBe(2);
    }
  });
});

describe("a namespace whose only event has given way", () => {
  // In the one of the two missions first, and then in the other one.
  const moved = [at(5, "5"), at(4, "5", other)];

  test("is one of the events no more, for what is added", () => {
    const accumulator = accumulate(moved);
    expect(slugs(mixedBy(() => accumulator.add(at(6, "6"))))).toEqual([
      other.feature_slug,
      namespace.feature_slug,
    ]);
    expect(accumulator.add(at(6, "6", other))).toEqual({ kind: "added" });
    expect(accumulator.state().namespace?.featureSlug).toBe(other.feature_slug);
  });

  test("is one of the events no more, for what is merged", () => {
    const accumulator = accumulate([at(1, "1")]);
    const before = accumulator.toBinary();
    expect(slugs(mixedBy(() => accumulator.merge(accumulate(moved))))).toEqual([
      namespace.feature_slug,
      other.feature_slug,
    ]);
    expect(accumulator.toBinary()).toEqual(before);
    const welcome = accumulate([at(1, "1", other)]);
    welcome.merge(accumulate(moved));
    expect(welcome.state().eventCount).toBe(2);
  });

  test("is one of the stream no more", () => {
    const events = [...moved, at(6, "6", other)];
    for (const given of [events, [...events].reverse()]) {
      expect(reduceMissionDossier(given).namespace?.featureSlug).toBe(other.feature_slug);
    }
  });

  test("has no step of its own", () => {
    const plan = { ...namespace, step_id: "plan" };
    const tasks = { ...namespace, step_id: "tasks" };
    const events = [at(5, "5", plan), at(6, "6", tasks), at(4, "5", tasks)];
    expect(accumulate(events).state().namespace?.stepId).toBe("tasks");
    expect(accumulate(events.slice(0, 2)).state().namespace?.stepId).toBeUndefined();
  });
});

test("a step that one of two events has left is still a step of the other", () => {
  const plan = { ...namespace, step_id: "plan" };
  const tasks = { ...namespace, step_id: "tasks" };
  const events = [at(2, "2", plan), at(3, "3", plan), at(1, "3", tasks)];
  expect(accumulate(events).state().namespace).toMatchObject({ featureSlug: plan.feature_slug });
  expect(accumulate(events).state().namespace?.stepId).toBeUndefined();
  expect(accumulate(events.slice(0, 2)).state().namespace?.stepId).toBe("plan");
});

test("an id that comes first in another mission is refused while others are there", () => {
  const accumulator = accumulate([at(2, "2"), at(3, "3")]);
  const before = accumulator.state();
  const error = mixedBy(() => accumulator.add(at(1, "3", other)));
  expect(slugs(error)).toEqual([other.feature_slug, namespace.feature_slug]);
  expect(accumulator.state()).toEqual(before);
  expect(accumulator.conflicts).toEqual([]);
});

test("the first two namespaces of a stream are the ones that are named", () => {
  const third = { ...namespace, feature_slug: "third" };
  const events = [at(3, "3", third), at(2, "2", other), at(1, "1"), at(4, "4")];
  for (const given of [events, [...events].reverse()]) {
    for (const reduce of [reduceMissionDossier, reduceWithReport]) {
      expect(slugs(mixedBy(() => reduce(given)))).toEqual([
        namespace.feature_slug,
        other.feature_slug,
      ]);
    }
  }
});

test.each([
  ["mission", undefined],
  ["step", "plan"],
] as const)("in the scope %s, the namespace of a state is frozen", (namespaceScope, step_id) => {
  const steps = namespaceScope === "mission" ? ["plan", "tasks"] : ["plan", "plan"];
  const events = steps.map((step, index) =>
    at(index, String(index), { ...namespace, step_id: step }),
  );
  const { namespace: common } = accumulate(events, namespaceScope).state();
  expect(common?.stepId).toBe(step_id);
  expect(Object.isFrozen(common)).toBe(true);
});
