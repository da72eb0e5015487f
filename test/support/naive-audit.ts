import {
  type AuditFinding,
  type EventJson,
  type MissionDossierState,
  parityHash,
  parseEvent,
  reduceMissionDossier,
} from "../../src/index.js";
import { fingerprintOf } from "./fingerprint-of.js";
import { naiveOrder } from "./naive-reducer.js";

/** The events that count, in the order of the stream. */
export function inOrder(events: readonly EventJson[]): EventJson[] {
  return naiveOrder(events, (a, b) => (fingerprintOf(a) < fingerprintOf(b) ? -1 : 1));
}

/** The claims of snapshots that are true of a state. */
export function claimsOf(state: MissionDossierState) {
  return {
    snapshot_hash: parityHash(state),
    artifact_count: state.artifacts.size,
    anomaly_count: state.anomalies.length,
  };
}

/**
 * CONTRACT, section 11, and docs/parity.md, as they stand there: reduces the events before
 * each claim again, and compares.
 */
export function naiveAudit(given: readonly EventJson[]): Omit<AuditFinding, "position">[] {
  const events = inOrder(given);
  let snapshot: { claimed: string; computed: string | undefined } | undefined;
  return events.flatMap((event, index): Omit<AuditFinding, "position">[] => {
    const state = reduceMissionDossier(events.slice(0, index + 1));
    const before = reduceMissionDossier(events.slice(0, index));
    const { eventId } = parseEvent(event);
    const hash = parityHash(state);
    const finding = (claim: AuditFinding["claim"], rest: object) =>
      ({ eventId, claim, ...rest }) as Omit<AuditFinding, "position">;
    if (event.event_type === "MissionDossierSnapshotComputed") {
      const claims = state.latestSnapshot;
      if (claims === undefined || isSkipped(event)) {
        return [];
      }
      const { snapshotHash: claimed, algorithm } = claims;
      snapshot = { claimed, computed: algorithm === "sha256" ? hash : undefined };
      const counts = claimsOf(state);
      return [
        snapshot.computed === undefined
          ? finding("snapshot_hash", not(claimed, "other_algorithm"))
          : finding("snapshot_hash", verdict(claimed, hash, bare(claimed) === bare(hash))),
        finding("artifact_count", verdict(claims.artifactCount, counts.artifact_count)),
        finding("anomaly_count", verdict(claims.anomalyCount, counts.anomaly_count)),
      ];
    }
    const drift = state.driftHistory[before.driftHistory.length];
    if (drift === undefined) {
      return [];
    }
    const own = [hash, snapshot?.claimed, snapshot?.computed].flatMap((each) =>
      each === undefined ? [] : [bare(each)],
    );
    const { expectedHash: expected, actualHash: actual, driftKind } = drift;
    const isActualOwn = own.includes(bare(actual));
    const same = bare(expected) === bare(actual);
    return [
      finding(
        "expected_hash",
        own.includes(bare(expected))
          ? { verdict: "confirmed", claimed: expected }
          : isActualOwn
            ? not(expected, "other_replica")
            : snapshot === undefined
              ? not(expected, "no_snapshot")
              : snapshot.computed === undefined
                ? not(expected, "other_algorithm")
                : verdict(expected, snapshot.computed),
      ),
      finding(
        "actual_hash",
        same && (driftKind === "artifact_added" || driftKind === "artifact_removed")
          ? { verdict: "refuted", claimed: actual, found: expected, reason: "no_drift" }
          : isActualOwn
            ? { verdict: "confirmed", claimed: actual }
            : not(actual, "other_replica"),
      ),
    ];
  });
}

function isSkipped(event: EventJson): boolean {
  return reduceMissionDossier([event]).latestSnapshot === undefined;
}

function verdict<T extends string | number>(claimed: T, found: T, isTrue = claimed === found) {
  return isTrue
    ? { verdict: "confirmed", claimed }
    : { verdict: "refuted", claimed, found, reason: "differs" };
}

function not(claimed: string, reason: string) {
  return { verdict: "not_checkable", claimed, reason };
}

function bare(hash: string): string {
  return hash.replace(/^(sha256|sha512|md5):/, "");
}
