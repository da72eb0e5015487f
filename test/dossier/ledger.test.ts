import { describe, expect, test } from "vitest";
import {
  DossierAccumulator,
  type EventJson,
  NamespaceMixedStreamError,
  reduceWithReport,
  StrictError,
  stateToJsonString,
} from "../../src/index.js";
import { event, identity, indexed, namespace, snapshot } from "../support/examples.js";

const INDEXED = "MissionDossierArtifactIndexed";
const SNAPSHOT = "MissionDossierSnapshotComputed";
const other = { ...namespace, feature_slug: "021-audit-log" };

/** An event that has the sort key of all others with its clock. */
function at(clock: number, ...[type, payload]: Parameters<typeof event>): EventJson {
  // It is a valid envelope by how it is made.
  return event(type, payload, {
    event_id: clock.toString().padStart(26, "0"),
    lamport_clock: clock,
  }) as unknown as EventJson;
}

const rejected = { ...snapshot, artifact_count: -1 };

describe.each<[string, EventJson, EventJson]>([
  ["payloads", at(1, SNAPSHOT, snapshot), at(1, SNAPSHOT, { ...snapshot, anomaly_count: 7 })],
  ["namespaces", at(1, SNAPSHOT, snapshot), at(1, SNAPSHOT, { ...snapshot, namespace: other })],
  [
    "namespaces of rejected payloads",
    at(1, SNAPSHOT, rejected),
    at(1, SNAPSHOT, { ...rejected, namespace: other }),
  ],
  ["verdicts", at(1, SNAPSHOT, snapshot), at(1, SNAPSHOT, rejected)],
  [
    "rejected payloads",
    at(1, SNAPSHOT, rejected),
    at(1, SNAPSHOT, { ...rejected, anomaly_count: 7 }),
  ],
  ["event types", at(1, SNAPSHOT, snapshot), at(1, INDEXED, indexed)],
  ["event types of one payload", at(1, SNAPSHOT, rejected), at(1, INDEXED, rejected)],
])("two %s that have one sort key", (_what, first, second) => {
  test("are a conflict, in which the same one counts whichever comes first", () => {
    const outcomes = [
      [first, second],
      [second, first],
    ].map((given) => {
      const { state, skipped, conflicts } = reduceWithReport(given);
      expect(conflicts).toEqual([{ position: 1, eventId: first.event_id }]);
      return {
        state: stateToJsonString(state),
        skipped: skipped.map(({ position: _, ...others }) => others),
      };
    });
    expect(outcomes[1]).toEqual(outcomes[0]);
  });

  test("are each what it is when it comes once more", () => {
    for (const given of [first, second]) {
      expect(reduceWithReport([given, given]).conflicts).toEqual([]);
    }
  });
});

describe("what does not count takes no place in a checkpoint", () => {
  const late = { ...indexed, indexed_at: "later" };

  test.each([{ strict: false }, { strict: true }])("when it comes once more: %o", (options) => {
    const accumulator = new DossierAccumulator(options);
    accumulator.add(at(1, INDEXED, indexed));
    const before = accumulator.toBinary();
    expect(accumulator.add(at(1, INDEXED, indexed))).toEqual({ kind: "repeated" });
    expect(accumulator.toBinary()).toEqual(before);
  });

  test("when it comes later than the known content of its id", () => {
    const accumulator = new DossierAccumulator();
    const outranked = { ...at(1, INDEXED, late), lamport_clock: 9 };
    accumulator.add(at(1, INDEXED, indexed));
    accumulator.add(outranked);
    const before = accumulator.toBinary();
    expect(accumulator.add(outranked)).toMatchObject({ kind: "conflicting", counts: "known" });
    expect(accumulator.toBinary()).toEqual(before);
  });

  test("when strict mode refuses it", () => {
    const accumulator = new DossierAccumulator({ strict: true });
    accumulator.add(at(3, INDEXED, indexed));
    const before = accumulator.toBinary();
    const earlier = { ...at(3, INDEXED, indexed), lamport_clock: 1 };
    expect(() => accumulator.add(earlier)).toThrow(StrictError);
    expect(accumulator.toBinary()).toEqual(before);
  });

  test("when it is refused for its namespace once more", () => {
    const accumulator = new DossierAccumulator();
    accumulator.add(at(2, INDEXED, indexed));
    accumulator.add(at(3, INDEXED, indexed));
    const elsewhere = at(3, INDEXED, { ...indexed, namespace: other });
    const refuse = () => {
      const add = () => accumulator.add({ ...elsewhere, lamport_clock: 1 });
      expect(add).toThrow(NamespaceMixedStreamError);
      return accumulator.toBinary();
    };
    expect(refuse()).toEqual(refuse());
  });
});

test("a rejected payload that is refused takes nothing of the event before it", () => {
  const accumulator = new DossierAccumulator({ strict: true });
  const artifact = (path: string) => ({ ...indexed, artifact_id: { ...identity, path } });
  accumulator.add(at(1, INDEXED, artifact("a")));
  expect(() => accumulator.add(at(1, INDEXED, {}))).toThrow(StrictError);
  accumulator.add(at(2, INDEXED, artifact("b")));
  expect(
    [...accumulator.state().artifacts].map(([path, { identity }]) => [path, identity.path]),
  ).toEqual([
    ["a", "a"],
    ["b", "b"],
  ]);
});
