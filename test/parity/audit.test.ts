import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { loadReplayStream } from "../../src/conformance/fixtures.js";
import {
  type AuditFinding,
  type AuditReport,
  auditEvents,
  diffStates,
  driftPayloads,
  type EventJson,
  InvalidArgumentError,
  InvalidEventError,
  NamespaceMixedStreamError,
  parityHash,
  reduceMissionDossier,
  reduceWithReport,
  StrictError,
} from "../../src/index.js";
import { auditStream } from "../../src/stream/index.js";
import { anyStream } from "../support/arbitrary-stream.js";
import { artifact, clocked, missingArtifact, stateOf } from "../support/artifacts.js";
import { drift, event, namespace, snapshot } from "../support/examples.js";
import { claimsOf, inOrder, naiveAudit } from "../support/naive-audit.js";
import { runs } from "../support/runs.js";

const SNAPSHOT = "MissionDossierSnapshotComputed";
const DRIFT = "MissionDossierParityDriftDetected";

/** The findings as text. */
function shown({ findings }: AuditReport): string[] {
  return findings.map((finding) => {
    const found = finding.verdict === "refuted" ? ` not ${finding.found}` : "";
    const reason = finding.verdict === "confirmed" ? "" : ` (${finding.reason})`;
    return `${finding.claim} ${finding.verdict}: ${finding.claimed}${found}${reason}`;
  });
}

function snapshotEvent(fields: object): EventJson {
  return event(SNAPSHOT, { ...snapshot, ...fields }) as unknown as EventJson;
}

function driftEvent(fields: object): EventJson {
  return event(DRIFT, { ...drift, ...fields }) as unknown as EventJson;
}

/** A snapshot whose claims are true after the events, except for the given fields. */
function trueSnapshot(before: readonly EventJson[], fields: object = {}): EventJson {
  return snapshotEvent({ ...claimsOf(stateOf(before)), ...fields });
}

const log = [artifact("a", "1"), artifact("b", "2", { supersedes: "a" }), missingArtifact("c", "")];
const hash = parityHash(stateOf(log));
const bare = hash.slice("sha256:".length);
const other = "ff".repeat(32);

describe("a snapshot's claims", () => {
  test.each<[string, object, string[]]>([
    [
      "are confirmed where they are true: of the artifacts, superseded ones too, and the anomalies",
      {},
      [
        `snapshot_hash confirmed: ${hash}`,
        "artifact_count confirmed: 2",
        "anomaly_count confirmed: 1",
      ],
    ],
    [
      "may have a hash without the algorithm",
      { snapshot_hash: bare, algorithm: "sha256" },
      [
        `snapshot_hash confirmed: ${bare}`,
        "artifact_count confirmed: 2",
        "anomaly_count confirmed: 1",
      ],
    ],
    [
      "are refuted with both values",
      { snapshot_hash: other, artifact_count: 1, anomaly_count: 0 },
      [
        `snapshot_hash refuted: ${other} not ${hash} (differs)`,
        "artifact_count refuted: 1 not 2 (differs)",
        "anomaly_count refuted: 0 not 1 (differs)",
      ],
    ],
    [
      "have a hash of another algorithm, which cannot be checked",
      { algorithm: "md5" },
      [
        `snapshot_hash not_checkable: ${hash} (other_algorithm)`,
        "artifact_count confirmed: 2",
        "anomaly_count confirmed: 1",
      ],
    ],
  ])("%s", (_what, fields, findings) => {
    expect(shown(auditEvents(clocked([...log, trueSnapshot(log, fields)])))).toEqual(findings);
  });

  test("are checked against the state at that point", () => {
    const first = trueSnapshot(log);
    const more = [...log, first, artifact("a", "1"), missingArtifact("d", "")];
    const second = trueSnapshot(more);
    const report = auditEvents(clocked([...more, second, artifact("e", "5")]));
    expect(report.findings.map(({ verdict }) => verdict)).toEqual(Array(6).fill("confirmed"));
    expect(report.findings.map(({ eventId, position }) => [eventId, position])).toEqual([
      ...Array(3).fill([first.event_id, 3]),
      ...Array(3).fill([second.event_id, 6]),
    ]);
  });

  test("of an empty dossier are checked too", () => {
    expect(shown(auditEvents([trueSnapshot([])]))).toEqual([
      "snapshot_hash confirmed: sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "artifact_count confirmed: 0",
      "anomaly_count confirmed: 0",
    ]);
  });

  test("are by the rule that the caller names", () => {
    const claimed = parityHash(stateOf(log), { rule: "hashes" });
    const events = clocked([...log, trueSnapshot(log, { snapshot_hash: claimed })]);
    expect(auditEvents(events, { rule: "hashes" }).findings[0]).toMatchObject({
      verdict: "confirmed",
    });
    expect(auditEvents(events).findings[0]).toMatchObject({ verdict: "refuted", found: hash });
  });

  test("are those of fixtures, too", () => {
    const report = auditEvents(loadReplayStream("stream-parity-order") as EventJson[]);
    expect(report.findings.map(({ verdict }) => verdict)).toEqual(Array(3).fill("confirmed"));
  });
});

describe("a drift's claims", () => {
  const later = [...log, trueSnapshot(log)];
  const grown = [...later, artifact("d", "4")];
  const there = parityHash(stateOf(grown));
  const wrong = [...log, trueSnapshot(log, { snapshot_hash: "aa" })];
  const md5 = [...log, trueSnapshot(log, { snapshot_hash: "aa", algorithm: "md5" })];
  test.each<[string, EventJson[], object, [string, string]]>([
    [
      "expect the snapshot before, and find another replica",
      later,
      { expected_hash: bare, actual_hash: other },
      [`confirmed: ${bare}`, `not_checkable: ${other} (other_replica)`],
    ],
    [
      "expect the state at that point",
      grown,
      { expected_hash: there, actual_hash: other },
      [`confirmed: ${there}`, `not_checkable: ${other} (other_replica)`],
    ],
    [
      "expect another replica, and find the state at that point",
      grown,
      { expected_hash: other, actual_hash: there },
      [`not_checkable: ${other} (other_replica)`, `confirmed: ${there}`],
    ],
    [
      "expect the snapshot before, and find the state at that point",
      grown,
      { expected_hash: hash, actual_hash: there },
      [`confirmed: ${hash}`, `confirmed: ${there}`],
    ],
    [
      "expect what a wrong snapshot claims",
      wrong,
      { expected_hash: "aa", actual_hash: other },
      ["confirmed: aa", `not_checkable: ${other} (other_replica)`],
    ],
    [
      "expect what a wrong snapshot should have claimed",
      wrong,
      { expected_hash: hash, actual_hash: other },
      [`confirmed: ${hash}`, `not_checkable: ${other} (other_replica)`],
    ],
    [
      "expect something else",
      later,
      { expected_hash: "bb", actual_hash: other },
      [`refuted: bb not ${hash} (differs)`, `not_checkable: ${other} (other_replica)`],
    ],
    [
      "expect something else than a snapshot of another algorithm",
      md5,
      { expected_hash: "bb", actual_hash: other },
      ["not_checkable: bb (other_algorithm)", `not_checkable: ${other} (other_replica)`],
    ],
    [
      "expect what a snapshot of another algorithm claims",
      md5,
      { expected_hash: "aa", actual_hash: other },
      ["confirmed: aa", `not_checkable: ${other} (other_replica)`],
    ],
    [
      "expect something before the first snapshot",
      log,
      { expected_hash: "bb", actual_hash: other },
      ["not_checkable: bb (no_snapshot)", `not_checkable: ${other} (other_replica)`],
    ],
    ...(["artifact_added", "artifact_removed"] as const).map(
      (drift_kind): [string, EventJson[], object, [string, string]] => [
        `find the expected hash, with ${drift_kind}`,
        later,
        { expected_hash: hash, actual_hash: bare, drift_kind },
        [`confirmed: ${hash}`, `refuted: ${bare} not ${hash} (no_drift)`],
      ],
    ),
    ...(["artifact_mutated", "anomaly_introduced"] as const).map(
      (drift_kind): [string, EventJson[], object, [string, string]] => [
        `find the expected hash, with ${drift_kind}`,
        later,
        { expected_hash: hash, actual_hash: bare, drift_kind },
        [`confirmed: ${hash}`, `confirmed: ${bare}`],
      ],
    ),
  ])("%s", (_what, before, fields, [expected, actual]) => {
    const report = auditEvents(clocked([...before, driftEvent(fields)]));
    expect(shown(report).slice(-2)).toEqual([`expected_hash ${expected}`, `actual_hash ${actual}`]);
  });

  test("are never refuted where they are the payloads of a diff, in the log of either side", () => {
    fc.assert(
      fc.property(trueLogs, fc.nat(), ([events], cut) => {
        const part = events.slice(0, cut % (events.length + 1));
        for (const [own, foreign, there] of [
          [events, part, false],
          [part, events, true],
        ] as const) {
          const [a, b] = [reduceMissionDossier(own), reduceMissionDossier(foreign)];
          const diff = there ? diffStates(a, b) : diffStates(b, a);
          const drifts = driftPayloads(diff, { detected_at: "", namespace }).map((payload) =>
            driftEvent(payload),
          );
          const { findings } = auditEvents(clocked([...own, ...drifts]));
          const mine = findings.filter(({ position }) => position >= own.length);
          expect(mine.filter(({ verdict }) => verdict === "refuted")).toEqual([]);
          expect(
            mine.filter(({ verdict }) => verdict === "confirmed").length,
          ).toBeGreaterThanOrEqual(drifts.length);
        }
      }),
      { numRuns: runs(100) },
    );
  });
});

/** A log of one mission whose snapshots are true, in order, and one that is out of order. */
const trueLogs = fc
  .tuple(anyStream, fc.infiniteStream(fc.nat()))
  .map(([given, numbers]): [EventJson[], EventJson[]] => {
    const next = (limit: number): number => (numbers.next().value ?? 0) % limit;
    const events: EventJson[] = [];
    for (const one of inOrder(given)) {
      events.push(one);
      const state = reduceMissionDossier(events);
      const isClaim =
        one.event_type === SNAPSHOT && reduceMissionDossier([one]).latestSnapshot !== undefined;
      if (isClaim) {
        const claims = { ...claimsOf(state), algorithm: "sha256" };
        events[events.length - 1] = { ...one, payload: { ...one.payload, ...claims } };
      }
    }
    const shuffled = [...events, ...events.filter(() => next(3) === 0)]
      .map((one) => ({ one, place: next(1000) }))
      .sort((a, b) => a.place - b.place)
      .map(({ one }) => one);
    return [events, shuffled];
  });

const withoutPosition = ({ findings }: AuditReport) =>
  findings.map(({ position: _, ...finding }) => finding);

describe("of any stream", () => {
  test("an audit finds what a naive one finds", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const report = auditEvents(events);
        expect(withoutPosition(report)).toEqual(naiveAudit(events));
        const { state, generations: _, ...leftOut } = reduceWithReport(events);
        expect(report).toMatchObject({ ...leftOut, eventCount: state.eventCount });
        for (const { eventId, position } of report.findings) {
          expect(String(events[position]?.event_id).replaceAll("-", "").toUpperCase()).toBe(
            eventId.replaceAll("-", "").toUpperCase(),
          );
        }
      }),
      { numRuns: runs(200) },
    );
  });

  test("with true and wrong claims, in any order, too, and while it is read", async () => {
    await fc.assert(
      fc.asyncProperty(trueLogs, fc.nat(), async ([, shuffled], wrong) => {
        const events = shuffled.map((one, index) =>
          index % 4 === wrong % 4 ? changed(one, "snapshot_hash") : one,
        );
        const report = auditEvents(events);
        expect(withoutPosition(report)).toEqual(naiveAudit(events));
        expect(await auditStream(asStream(events))).toEqual(report);
      }),
      { numRuns: runs(150) },
    );
  });

  test("true snapshots are all confirmed, and a changed claim is the only one refuted", () => {
    const claims = fc.constantFrom("snapshot_hash", "artifact_count", "anomaly_count");
    fc.assert(
      fc.property(trueLogs, claims, fc.nat(), ([events, shuffled], claim, which) => {
        const before = auditEvents(shuffled).findings;
        const ofSnapshots = before.filter((finding) => !isOfDrift(finding));
        expect(ofSnapshots.filter(({ verdict }) => verdict !== "confirmed")).toEqual([]);
        const snapshots = [...new Set(ofSnapshots.map(({ eventId }) => eventId))];
        const eventId = snapshots[which % snapshots.length];
        if (eventId === undefined) {
          return;
        }
        const wrong = shuffled.map((one) =>
          auditEvents([one]).findings[0]?.eventId === eventId ? changed(one, claim) : one,
        );
        const after = auditEvents(wrong).findings;
        expect(after.length).toBe(before.length);
        const differing = after.filter(
          (finding, index) => finding.verdict !== before[index]?.verdict,
        );
        expect(differing).toMatchObject([{ eventId, claim, verdict: "refuted" }]);
        expect(events.length).toBeGreaterThan(0);
      }),
      { numRuns: runs(150) },
    );
  });
});

function isOfDrift({ claim }: AuditFinding): boolean {
  return claim === "expected_hash" || claim === "actual_hash";
}

/** A snapshot with another claim; any other event as it is. */
function changed(one: EventJson, claim: string): EventJson {
  const { payload } = one as { payload?: { [name: string]: unknown } };
  const before = payload?.[claim];
  return one.event_type !== SNAPSHOT || before === undefined
    ? one
    : ({
        ...one,
        payload: { ...payload, [claim]: claim === "snapshot_hash" ? other : Number(before) + 1 },
      } as unknown as EventJson);
}

async function* asStream(events: readonly EventJson[]): AsyncGenerator<EventJson> {
  yield* events;
}

describe("an audit", () => {
  const elsewhere = { ...namespace, feature_slug: "elsewhere" };

  test("refuses events of two missions, by the order of the stream", () => {
    const [first, second] = clocked([snapshotEvent({}), snapshotEvent({ namespace: elsewhere })]);
    const mixture = [second, first] as EventJson[];
    expect(() => auditEvents(mixture)).toThrow(NamespaceMixedStreamError);
    expect(() => auditEvents(mixture)).toThrow(/Expected: .*014-rate-limits.* Got: .*elsewhere/);
  });

  test("takes the contents that count, where one of another mission lost", () => {
    const lost = { ...snapshotEvent({ namespace: elsewhere }), lamport_clock: 5 };
    const counts = { ...trueSnapshot([]), event_id: lost.event_id, lamport_clock: 4 };
    const report = auditEvents([lost, counts] as EventJson[]);
    expect(report.findings.map(({ verdict, position }) => `${verdict} ${position}`)).toEqual(
      Array(3).fill("confirmed 1"),
    );
    expect(report).toMatchObject({ eventCount: 1, conflicts: [{ eventId: lost.event_id }] });
  });

  test("compares steps in that scope", () => {
    const steps = [
      snapshotEvent({}),
      snapshotEvent({ namespace: { ...namespace, step_id: "plan" } }),
    ];
    expect(auditEvents(steps).findings.length).toBe(6);
    expect(() => auditEvents(steps, { namespaceScope: "step" })).toThrow(NamespaceMixedStreamError);
  });

  test("lists what it did not understand", () => {
    const bad = { ...artifact("x", "1"), payload: {} } as EventJson;
    const near = { ...artifact("x", "1"), event_type: "MissionDossierSnapshotComputd" };
    const report = auditEvents([bad, near as EventJson, trueSnapshot([])]);
    expect(report.skipped).toMatchObject([{ position: 0, eventId: bad.event_id }]);
    expect(report.diagnostics.map(({ code }) => code)).toEqual([
      "skipped_payload",
      "unknown_event_type",
    ]);
    expect(report.eventCount).toBe(2);
    expect(() => auditEvents([bad], { strict: true })).toThrow(StrictError);
  });

  test("refuses invalid envelopes and options", async () => {
    const invalid = { ...snapshotEvent({}), timestamp: "today" } as EventJson;
    expect(() => auditEvents([invalid])).toThrow(InvalidEventError);
    const errors: InvalidEventError[] = [];
    const onInvalidEvent = (error: InvalidEventError) => errors.push(error);
    const stream = asStream([invalid, trueSnapshot([])]);
    const report = await auditStream(stream, { onInvalidEvent });
    expect([errors.length, report.findings[0]?.position]).toEqual([1, 1]);
    expect(() => auditEvents([], { rule: "galaxy" as never })).toThrow(InvalidArgumentError);
    expect(() => auditEvents(undefined as never)).toThrow(InvalidArgumentError);
    await expect(auditStream([] as never)).rejects.toThrow(InvalidArgumentError);
  });
});
