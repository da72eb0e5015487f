import type { DossierEventType, ParityStatus } from "../../gen/speckitty/dossier/v1/contract.js";
import { MissionDossierSnapshotComputedPayloadSchema } from "../../gen/speckitty/dossier/v1/payloads_pb.js";
import {
  MissionDossierState_AnomalyEntrySchema,
  MissionDossierState_ArtifactEntrySchema,
  MissionDossierState_DriftRecordSchema,
  MissionDossierState_SnapshotSummarySchema,
  MissionDossierStateSchema,
} from "../../gen/speckitty/dossier/v1/state_pb.js";
import { absentMeans, type ValidPayload } from "../event/registry.js";
import type { Namespace } from "./namespace.js";
import {
  type AnomalyEntry,
  type ArtifactEntry,
  type DriftRecord,
  freezeState,
  type MissionDossierState,
  type SnapshotSummary,
} from "./state.js";

/** The state of a dossier while it is being built. Payloads are added in order. */
export class DossierFold {
  readonly artifacts = new Map<string, ArtifactEntry>();
  readonly anomalies: AnomalyEntry[] = [];
  latestSnapshot: SnapshotSummary | undefined;
  readonly driftHistory: DriftRecord[] = [];

  /** Adds what a payload says. An event type that says nothing of the state adds nothing. */
  add<T extends DossierEventType>(eventType: T, payload: ValidPayload<T>): void {
    folds[eventType]?.(this, payload);
  }

  /** The finished state. */
  state(namespace: Namespace | undefined, eventCount: number): MissionDossierState {
    return freezeState(
      {
        $typeName: MissionDossierStateSchema.typeName,
        ...(namespace !== undefined ? { namespace } : {}),
        anomalies: this.anomalies,
        ...(this.latestSnapshot !== undefined ? { latestSnapshot: this.latestSnapshot } : {}),
        driftHistory: this.driftHistory,
        parityStatus: this.parityStatus(),
        eventCount,
      },
      this.artifacts,
    );
  }

  private parityStatus(): ParityStatus {
    if (this.driftHistory.length > 0) {
      return "drifted";
    }
    return this.latestSnapshot === undefined ? "unknown" : "clean";
  }
}

/** What each event type does to the state. */
const folds: {
  readonly [T in DossierEventType]?: (fold: DossierFold, payload: ValidPayload<T>) => void;
} = {
  MissionDossierArtifactIndexed(fold, payload) {
    const { artifacts } = fold;
    // Marked before it is replaced, so that an artifact which supersedes its own
    // path is not superseded itself.
    const replaced = payload.supersedes && artifacts.get(payload.supersedes.path);
    if (replaced !== undefined) {
      artifacts.set(replaced.identity.path, { ...replaced, superseded: true });
    }
    artifacts.set(payload.artifactId.path, {
      $typeName: MissionDossierState_ArtifactEntrySchema.typeName,
      identity: payload.artifactId,
      contentRef: payload.contentRef,
      indexedAt: payload.indexedAt,
      ...(payload.provenance !== undefined ? { provenance: payload.provenance } : {}),
      superseded: false,
      ...(payload.stepId !== undefined ? { stepId: payload.stepId } : {}),
    });
  },

  MissionDossierArtifactMissing(fold, payload) {
    fold.anomalies.push({
      $typeName: MissionDossierState_AnomalyEntrySchema.typeName,
      anomalyType: "missing_artifact",
      expectedIdentity: payload.expectedIdentity,
      manifestStep: payload.manifestStep,
      checkedAt: payload.checkedAt,
      ...(payload.remediationHint !== undefined
        ? { remediationHint: payload.remediationHint }
        : {}),
    });
  },

  MissionDossierSnapshotComputed(fold, payload) {
    fold.latestSnapshot = {
      $typeName: MissionDossierState_SnapshotSummarySchema.typeName,
      snapshotHash: payload.snapshotHash,
      artifactCount: payload.artifactCount,
      anomalyCount: payload.anomalyCount,
      computedAt: payload.computedAt,
      algorithm:
        payload.algorithm ??
        absentMeans(MissionDossierSnapshotComputedPayloadSchema.field.algorithm),
    };
  },

  MissionDossierParityDriftDetected(fold, payload) {
    fold.driftHistory.push({
      $typeName: MissionDossierState_DriftRecordSchema.typeName,
      expectedHash: payload.expectedHash,
      actualHash: payload.actualHash,
      driftKind: payload.driftKind,
      detectedAt: payload.detectedAt,
    });
  },
};
