import type {
  MissionDossierState_DriftRecordJson,
  MissionDossierState_SnapshotSummaryJson,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { MissionDossierSnapshotComputedPayloadSchema } from "../../gen/speckitty/dossier/v1/payloads_pb.js";
import type { DriftRecord, SnapshotSummary } from "../dossier/state.js";
import { absentMeans } from "../event/model/absent-means.js";
import { bareHash } from "./content-hash.js";

/** The field of a payload that claims something. */
export type Claim =
  | keyof Pick<
      MissionDossierState_SnapshotSummaryJson,
      "snapshot_hash" | "artifact_count" | "anomaly_count"
    >
  | keyof Pick<MissionDossierState_DriftRecordJson, "expected_hash" | "actual_hash">;

/** The verdict on one claim, with the claimed value. */
export type ClaimVerdict =
  | { readonly claim: Claim; readonly verdict: "confirmed"; readonly claimed: string | number }
  | {
      readonly claim: Claim;
      readonly verdict: "refuted";
      readonly claimed: string | number;
      /** The value that the events before it give. */
      readonly found: string | number;
      readonly reason: RefutedReason;
    }
  | {
      readonly claim: Claim;
      readonly verdict: "not_checkable";
      readonly claimed: string | number;
      readonly reason: UncheckableReason;
    };

/** Why a claim is refuted. */
export type RefutedReason =
  /** The claimed value differs from `found`. */
  | "differs"
  /** It equals `expected_hash`, but an artifact that was added or removed changes the hash. */
  | "no_drift";

/** Why a claim cannot be checked. */
export type UncheckableReason =
  /** The snapshot, or the one before the drift, has an algorithm other than SHA-256. */
  | "other_algorithm"
  /** No snapshot before the drift has a hash to compare it with. */
  | "no_snapshot"
  /** It is about another replica, whose state is not in the stream. */
  | "other_replica";

/** The state of a dossier at one point of a stream, as far as claims are about it. */
export type StateThere = {
  /** Its parity hash, which is computed when it is asked for. */
  hash(): string;
  readonly artifactCount: number;
  readonly anomalyCount: number;
};

/** A snapshot that was judged. */
export type JudgedSnapshot = {
  readonly claimed: string;
  /** The parity hash of the state there; `undefined` if the snapshot has another algorithm. */
  readonly computed: string | undefined;
};

/** Judges the claims of a snapshot by the state at its point of the stream. */
export function judgeSnapshot(
  { snapshotHash, artifactCount, anomalyCount, algorithm }: SnapshotSummary,
  there: StateThere,
): { readonly verdicts: readonly ClaimVerdict[]; readonly judged: JudgedSnapshot } {
  const computed = algorithm === parityAlgorithm() ? there.hash() : undefined;
  return {
    verdicts: [
      computed === undefined
        ? uncheckable("snapshot_hash", snapshotHash, "other_algorithm")
        : held("snapshot_hash", snapshotHash, computed, isSameHash(snapshotHash, computed)),
      held("artifact_count", artifactCount, there.artifactCount),
      held("anomaly_count", anomalyCount, there.anomalyCount),
    ],
    judged: { claimed: snapshotHash, computed },
  };
}

/** Judges the claims of a drift by the snapshot before it, and the state at its point. */
export function judgeDrift(
  { expectedHash, actualHash, driftKind }: DriftRecord,
  there: StateThere,
  snapshot: JudgedSnapshot | undefined,
): readonly ClaimVerdict[] {
  // The dossier of this stream may be the one that was expected, or the one that was found.
  const isOwn = (hash: string): boolean =>
    (snapshot !== undefined && isSameHash(hash, snapshot.claimed)) ||
    (snapshot?.computed !== undefined && isSameHash(hash, snapshot.computed)) ||
    isSameHash(hash, there.hash());
  const isActualOwn = isOwn(actualHash);
  const comesOrGoes = driftKind === "artifact_added" || driftKind === "artifact_removed";
  return [
    judgeExpected(expectedHash, isOwn, isActualOwn, snapshot),
    comesOrGoes && isSameHash(actualHash, expectedHash)
      ? refuted("actual_hash", actualHash, expectedHash, "no_drift")
      : isActualOwn
        ? confirmed("actual_hash", actualHash)
        : uncheckable("actual_hash", actualHash, "other_replica"),
  ];
}

function judgeExpected(
  expectedHash: string,
  isOwn: (hash: string) => boolean,
  isActualOwn: boolean,
  snapshot: JudgedSnapshot | undefined,
): ClaimVerdict {
  if (isOwn(expectedHash)) {
    return confirmed("expected_hash", expectedHash);
  }
  if (isActualOwn) {
    return uncheckable("expected_hash", expectedHash, "other_replica");
  }
  if (snapshot === undefined) {
    return uncheckable("expected_hash", expectedHash, "no_snapshot");
  }
  return snapshot.computed === undefined
    ? uncheckable("expected_hash", expectedHash, "other_algorithm")
    : refuted("expected_hash", expectedHash, snapshot.computed, "differs");
}

/** The algorithm of every parity hash: the one of a snapshot that names none. */
function parityAlgorithm(): unknown {
  return absentMeans(MissionDossierSnapshotComputedPayloadSchema.field.algorithm);
}

function isSameHash(a: string, b: string): boolean {
  return bareHash(a) === bareHash(b);
}

function held<T extends string | number>(
  claim: Claim,
  claimed: T,
  found: T,
  isTrue = claimed === found,
): ClaimVerdict {
  return isTrue ? confirmed(claim, claimed) : refuted(claim, claimed, found, "differs");
}

function confirmed(claim: Claim, claimed: string | number): ClaimVerdict {
  return { claim, verdict: "confirmed", claimed };
}

function refuted(
  claim: Claim,
  claimed: string | number,
  found: string | number,
  reason: RefutedReason,
): ClaimVerdict {
  return { claim, verdict: "refuted", claimed, found, reason };
}

function uncheckable(
  claim: Claim,
  claimed: string | number,
  reason: UncheckableReason,
): ClaimVerdict {
  return { claim, verdict: "not_checkable", claimed, reason };
}
