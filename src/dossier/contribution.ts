import {
  hashLocalNamespaceTuple,
  hashMissionDossierState_AnomalyEntry,
  hashMissionDossierState_ArtifactEntry,
  hashMissionDossierState_DriftRecord,
  hashMissionDossierState_SnapshotSummary,
} from "../../gen/speckitty/dossier/v1/accepted.js";
import type {
  DossierEventType,
  LocalNamespaceTupleJson,
  MissionDossierState_AnomalyEntryJson,
  MissionDossierState_ArtifactEntryJson,
  MissionDossierState_DriftRecordJson,
  MissionDossierState_SnapshotSummaryJson,
  PayloadJson,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { MissionDossierSnapshotComputedPayloadSchema } from "../../gen/speckitty/dossier/v1/payloads_pb.js";
import type { DossierEvent } from "../event/envelope/accepted-event.js";
import { canonicalJson } from "../event/json/canonical-json.js";
import { absentMeans } from "../event/model/absent-means.js";
import { Fingerprint } from "./fingerprint.js";

/** The part of the state that an event contributes, as wire JSON. */
export type Contribution =
  | {
      readonly kind: "artifact";
      readonly artifact: MissionDossierState_ArtifactEntryJson;
      /** The path whose artifact it replaces. */
      readonly superseded: string | undefined;
    }
  | { readonly kind: "anomaly"; readonly anomaly: MissionDossierState_AnomalyEntryJson }
  | { readonly kind: "snapshot"; readonly snapshot: MissionDossierState_SnapshotSummaryJson }
  | { readonly kind: "drift"; readonly drift: MissionDossierState_DriftRecordJson };

/**
 * The contribution of an event. `undefined` if the contract rejects its payload, or if its type
 * contributes nothing.
 */
export function contributionOf({
  kind,
  eventType,
  payload,
}: DossierEvent): Contribution | undefined {
  // The contract has accepted the payload as that of the event type.
  return kind === "accepted" ? contributions[eventType]?.(payload as never) : undefined;
}

const contributions: {
  readonly [T in DossierEventType]?: (payload: PayloadJson[T]) => Contribution;
} = {
  MissionDossierArtifactIndexed: (payload) => ({
    kind: "artifact",
    artifact: {
      identity: payload.artifact_id,
      content_ref: payload.content_ref,
      indexed_at: payload.indexed_at,
      provenance: payload.provenance ?? null,
      superseded: false,
      step_id: payload.step_id ?? null,
    },
    superseded: payload.supersedes?.path,
  }),

  MissionDossierArtifactMissing: (payload) => ({
    kind: "anomaly",
    anomaly: {
      anomaly_type: "missing_artifact",
      expected_identity: payload.expected_identity,
      manifest_step: payload.manifest_step,
      checked_at: payload.checked_at,
      remediation_hint: payload.remediation_hint ?? null,
    },
  }),

  MissionDossierSnapshotComputed: (payload) => ({
    kind: "snapshot",
    snapshot: {
      snapshot_hash: payload.snapshot_hash,
      artifact_count: payload.artifact_count,
      anomaly_count: payload.anomaly_count,
      computed_at: payload.computed_at,
      algorithm: payload.algorithm ?? DEFAULT_ALGORITHM,
    },
  }),

  MissionDossierParityDriftDetected: (payload) => ({
    kind: "drift",
    drift: {
      expected_hash: payload.expected_hash,
      actual_hash: payload.actual_hash,
      drift_kind: payload.drift_kind,
      detected_at: payload.detected_at,
    },
  }),
};

// It comes from an option of the field, and is one of the field's literals.
const DEFAULT_ALGORITHM = absentMeans(
  MissionDossierSnapshotComputedPayloadSchema.field.algorithm,
) as MissionDossierState_SnapshotSummaryJson["algorithm"];

/** The initial fingerprint of contents with this namespace, or without any. */
export function namespaceFingerprint(namespace: LocalNamespaceTupleJson | undefined): Fingerprint {
  const beginning = new Fingerprint();
  beginning.boolean(namespace !== undefined);
  if (namespace !== undefined) {
    hashLocalNamespaceTuple(namespace, beginning);
  }
  return beginning;
}

const fingerprint = new Fingerprint();

/**
 * Writes the fingerprint of an event's content: its namespace, its event type, and its
 * contribution to the state, or the whole payload if that is rejected.
 */
export function writeFingerprint(
  event: DossierEvent,
  namespace: Fingerprint,
  contribution: Contribution | undefined,
  words: Uint32Array,
  at: number,
): void {
  fingerprint.begin(namespace);
  fingerprint.text(event.eventType);
  switch (contribution?.kind) {
    case "artifact":
      hashMissionDossierState_ArtifactEntry(contribution.artifact, fingerprint);
      fingerprint.text(contribution.superseded);
      break;
    case "anomaly":
      hashMissionDossierState_AnomalyEntry(contribution.anomaly, fingerprint);
      break;
    case "snapshot":
      hashMissionDossierState_SnapshotSummary(contribution.snapshot, fingerprint);
      break;
    case "drift":
      hashMissionDossierState_DriftRecord(contribution.drift, fingerprint);
      break;
    case undefined:
      fingerprint.text(event.kind === "rejected" ? canonicalJson(event.payload) : undefined);
  }
  fingerprint.writeTo(words, at);
}
