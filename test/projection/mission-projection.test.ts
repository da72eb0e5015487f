import type { JsonObject } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  DossierAccumulator,
  type EventJson,
  keyOfNamespace,
  namespaceKey,
  reduceByNamespace,
  stateToJsonString,
} from "../../src/index.js";
import { type LogRecord, readProjectedMission } from "../../src/projection/index.js";
import { anyStream } from "../support/arbitrary-stream.js";
import { event, indexed } from "../support/examples.js";
import { runs } from "../support/runs.js";
import { type Delivery, Simulation } from "./simulation.js";

const namespaces = ["a", "b"].map((feature_slug) => ({ ...indexed.namespace, feature_slug }));
const [mine = "", other = ""] = namespaces.map((namespace) => namespaceKey(eventIn(namespace)));

function eventIn(namespace: JsonObject): EventJson {
  // It is built as a valid envelope.
  return event("MissionDossierArtifactIndexed", {
    ...indexed,
    namespace,
  }) as unknown as EventJson;
}

const poison = fc.constantFrom<unknown>("{", "\ud800", { event_type: indexed }, [], 7);

/** One mission's log, poison among its records. An id may have several contents. */
function records(slug: string, foreign: JsonObject): fc.Arbitrary<LogRecord[]> {
  const own = anyStream.map((events) =>
    events.map(({ payload, ...rest }) => {
      const given = payload as JsonObject;
      const { namespace } = given;
      return typeof namespace === "object" && namespace !== null
        ? { ...rest, payload: { ...given, namespace: { ...namespace, feature_slug: slug } } }
        : { ...rest, payload: given };
    }),
  );
  const bad = fc.array(fc.oneof(poison, fc.constant(eventIn(foreign))), { maxLength: 3 });
  return fc
    .tuple(own, own, bad)
    .chain(([a, b, c]) => {
      const all: unknown[] = [...a, ...b.slice(0, 3), ...c];
      return fc.shuffledSubarray(all, { minLength: all.length });
    })
    .map((all) =>
      all.map((json, index) => ({
        seq: 3 * index + 2,
        bytes: new TextEncoder().encode(typeof json === "string" ? json : JSON.stringify(json)),
      })),
    );
}

type Scenario = {
  readonly logs: ReadonlyMap<string, readonly LogRecord[]>;
  readonly deliveries: readonly Delivery[];
  readonly faults: readonly number[];
};

const scenario: fc.Arbitrary<Scenario> = fc
  .tuple(records("a", namespaces[1] ?? {}), records("b", namespaces[0] ?? {}))
  .chain(([a, b]) => {
    const logs = new Map([
      [mine, a],
      [other, b],
    ]);
    const once = all(logs);
    return fc.record({
      logs: fc.constant(logs),
      deliveries: fc
        .tuple(fc.boolean(), fc.shuffledSubarray([...once, ...once], { minLength: once.length }))
        .map(([inOrder, some]) => (inOrder ? [...once, ...some] : [...some, ...once])),
      faults: fc.array(fc.nat(1000), { maxLength: 400, size: "max" }),
    });
  });

function all(logs: Scenario["logs"]): Delivery[] {
  return [...logs].flatMap(([mission, log]) => log.map((record) => ({ mission, record })));
}

/** The events of the log that belong to the mission, and the sequences of its poison. */
function judged(mission: string, log: readonly LogRecord[]) {
  const events: EventJson[] = [];
  const poisoned: number[] = [];
  for (const { seq, bytes } of log) {
    try {
      const json = JSON.parse(new TextDecoder().decode(bytes)) as EventJson;
      const { missions, unassigned } = reduceByNamespace([json]);
      const key = missions[0]?.state.namespace && keyOfNamespace(missions[0].state.namespace);
      if (unassigned.state.eventCount > 0 || (key !== undefined && key !== mission)) {
        poisoned.push(seq);
      } else {
        events.push(json);
      }
    } catch {
      poisoned.push(seq);
    }
  }
  return { events, poisoned };
}

function expectFold(run: Simulation, mission: string, log: readonly LogRecord[]): void {
  const versions = run.versions.get(mission) ?? [];
  const seqs = versions.map(({ bytes }) => readProjectedMission(bytes).seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  expect(run.storedSeq(mission)).toBe(log.at(-1)?.seq ?? 0);
  const { events, poisoned } = judged(mission, log);
  const letters = run.letters.filter((letter) => letter.mission === mission);
  expect(letters.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(poisoned);
  for (const { seq, bytes, violations } of letters) {
    expect(bytes).toEqual(log.find((record) => record.seq === seq)?.bytes);
    expect(violations).not.toEqual([]);
  }
  const stored = versions.at(-1);
  if (stored !== undefined) {
    const found = DossierAccumulator.fromBinary(readProjectedMission(stored.bytes).checkpoint);
    const [expected] = reduceByNamespace(events).missions;
    const state = expected?.state ?? new DossierAccumulator().state();
    expect(stateToJsonString(found.state())).toBe(stateToJsonString(state));
    const ids = (list: readonly { eventId: string }[] = []) => list.map(({ eventId }) => eventId);
    expect(ids(found.skipped)).toEqual(ids(expected?.skipped));
    expect(found.conflicts).toEqual(ids(expected?.conflicts).sort());
  }
}

describe("projections of a log, by several workers that crash, pause and see old data", () => {
  test("store the fold of the log, and only poison becomes a dead letter", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, fc.scheduler(), async ({ logs, deliveries, faults }, order) => {
        let used = 0;
        const choose = (below: number) => (below === 0 ? 0 : (faults[used++] ?? 0) % below);
        const run = new Simulation(logs, deliveries, choose, () =>
          order.schedule(Promise.resolve()),
        );
        await order.waitFor(Promise.all([run.work(), run.work(), run.work()]));
        expect(run.early).toEqual([]);
        for (const [mission, log] of logs) {
          expectFold(run, mission, log);
        }
        const again = new Simulation(
          logs,
          all(logs),
          () => 0,
          async () => {},
        );
        for (const [mission, versions] of run.versions) {
          again.versions.set(mission, versions);
        }
        again.letters.push(...run.letters);
        await again.work();
        expect([again.writes, again.letters.length]).toEqual([0, run.letters.length]);
      }),
      { numRuns: runs(300) },
    );
  });
});
