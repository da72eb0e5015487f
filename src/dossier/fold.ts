import type {
  DossierEventType,
  ParityStatus,
  PayloadJson,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { MissionDossierSnapshotComputedPayloadSchema } from "../../gen/speckitty/dossier/v1/payloads_pb.js";
import {
  MissionDossierState_AnomalyEntrySchema,
  MissionDossierState_ArtifactEntrySchema,
  MissionDossierState_DriftRecordSchema,
  MissionDossierState_SnapshotSummarySchema,
  MissionDossierStateSchema,
} from "../../gen/speckitty/dossier/v1/state_pb.js";
import type { ContributionJson } from "../../gen/speckitty/reducer/v1/contract.js";
import { messageFromJson } from "../event/codec/message-from-accepted-json.js";
import type { JsonMap } from "../event/json/json-object.js";
import { absentMeans } from "../event/model/absent-means.js";
import type { Namespace } from "./namespace.js";
import { EventList, type EventOrder, Registers } from "./registers.js";
import {
  type AnomalyEntry,
  type ArtifactEntry,
  type DriftRecord,
  freezeState,
  type MissionDossierState,
  type SnapshotSummary,
} from "./state.js";

/** What an event says about the dossier, if its event type says anything. */
export function contributionOf<T extends DossierEventType>(
  eventType: T,
  payload: JsonMap,
): ContributionJson | undefined {
  // The contract has accepted the payload as one of this event type.
  return contributions[eventType]?.(payload as unknown as PayloadJson[T]);
}

const contributions: {
  readonly [T in DossierEventType]?: (payload: PayloadJson[T]) => ContributionJson;
} = {
  MissionDossierArtifactIndexed: (payload) => ({
    artifact: {
      identity: payload.artifact_id,
      content_ref: payload.content_ref,
      indexed_at: payload.indexed_at,
      provenance: payload.provenance ?? null,
      step_id: payload.step_id ?? null,
    },
    superseded_path: payload.supersedes?.path ?? null,
  }),

  MissionDossierArtifactMissing: (payload) => ({
    anomaly: {
      anomaly_type: "missing_artifact",
      expected_identity: payload.expected_identity,
      manifest_step: payload.manifest_step,
      checked_at: payload.checked_at,
      remediation_hint: payload.remediation_hint ?? null,
    },
  }),

  MissionDossierSnapshotComputed: (payload) => ({
    snapshot: {
      snapshot_hash: payload.snapshot_hash,
      artifact_count: payload.artifact_count,
      anomaly_count: payload.anomaly_count,
      computed_at: payload.computed_at,
      algorithm: payload.algorithm ?? DEFAULT_ALGORITHM,
    },
  }),

  MissionDossierParityDriftDetected: (payload) => ({
    drift: {
      expected_hash: payload.expected_hash,
      actual_hash: payload.actual_hash,
      drift_kind: payload.drift_kind,
      detected_at: payload.detected_at,
    },
  }),
};

// The option of the field says it, and its literal is one of those that the field allows.
const DEFAULT_ALGORITHM = absentMeans(
  MissionDossierSnapshotComputedPayloadSchema.field.algorithm,
) as NonNullable<PayloadJson["MissionDossierSnapshotComputed"]["algorithm"]>;

/**
 * What the events add up to, in whatever order they come: of each path the first
 * event that indexed it, the last one that did and the last one that superseded
 * it, the last snapshot, and sets of all anomalies and drifts.
 */
export class DossierFold {
  private readonly artifacts: Registers;
  private readonly others: Registers;
  private readonly anomalies: EventList;
  private readonly drifts: EventList;
  /** Which paths the dossier has: by their index among all, their index here. */
  private readonly paths = new Map<number, number>();

  /** @param indexOfPath The index that a path is known by, in this dossier and others. */
  constructor(
    private readonly order: EventOrder,
    private readonly indexOfPath: (path: string) => number,
  ) {
    this.artifacts = new Registers(order);
    this.others = new Registers(order);
    this.anomalies = new EventList(order);
    this.drifts = new EventList(order);
  }

  /** The first event that has a namespace, if any has. */
  get firstPlaced(): number | undefined {
    return this.others.at(PLACED);
  }

  /**
   * Adds an event.
   *
   * @param isPlaced Whether it has a namespace.
   */
  add(event: number, isPlaced: boolean, contribution: ContributionJson | undefined): void {
    const clock = this.order.clockOf(event);
    if (isPlaced) {
      this.others.keepEarlier(PLACED, event, clock);
    }
    if (contribution === undefined) {
      return;
    }
    const { artifact, superseded_path, anomaly, snapshot, drift } = contribution;
    if (artifact) {
      const registers = this.registersOf(artifact.identity.path);
      this.artifacts.keepEarlier(registers + FIRST, event, clock);
      this.artifacts.keepLater(registers + LATEST, event, clock);
    }
    if (typeof superseded_path === "string") {
      const registers = this.registersOf(superseded_path);
      this.artifacts.keepLater(registers + SUPERSEDER, event, clock);
    }
    if (anomaly) {
      this.anomalies.add(event, clock);
    }
    if (snapshot) {
      this.others.keepLater(SNAPSHOT, event, clock);
    }
    if (drift) {
      this.drifts.add(event, clock);
    }
  }

  /**
   * The state that the events add up to.
   *
   * @param read Gives back what an event says.
   */
  state(
    namespace: Namespace | undefined,
    eventCount: number,
    read: (event: number) => ContributionJson,
  ): MissionDossierState {
    const snapshot = this.others.at(SNAPSHOT);
    return freezeState(
      {
        $typeName: MissionDossierStateSchema.typeName,
        ...(namespace !== undefined ? { namespace } : {}),
        anomalies: this.anomalies.inOrder().map((event) => anomalyEntry(read(event))),
        ...(snapshot !== undefined ? { latestSnapshot: snapshotSummary(read(snapshot)) } : {}),
        driftHistory: this.drifts.inOrder().map((event) => driftRecord(read(event))),
        parityStatus: this.parityStatus(),
        eventCount,
      },
      this.artifactsInOrder().map(({ latest, superseder }) => {
        // What has been indexed again is superseded no longer. An artifact that
        // supersedes its own path is indexed by the same event.
        const superseded = superseder !== undefined && this.order.compare(superseder, latest) > 0;
        const entry = artifactEntry(read(latest), superseded);
        return [entry.identity.path, entry];
      }),
    );
  }

  private artifactsInOrder(): ArtifactEvents[] {
    const found: ArtifactEvents[] = [];
    for (let registers = 0; registers < this.artifacts.length; registers += PATH_REGISTERS) {
      const first = this.artifacts.at(registers + FIRST);
      const latest = this.artifacts.at(registers + LATEST);
      if (first !== undefined && latest !== undefined) {
        found.push({ first, latest, superseder: this.artifacts.at(registers + SUPERSEDER) });
      }
    }
    return found.sort((a, b) => this.order.compare(a.first, b.first));
  }

  /** Where the registers of a path begin. */
  private registersOf(path: string): number {
    const known = this.indexOfPath(path);
    let own = this.paths.get(known);
    if (own === undefined) {
      own = this.paths.size;
      this.paths.set(known, own);
    }
    return own * PATH_REGISTERS;
  }

  private parityStatus(): ParityStatus {
    if (!this.drifts.isEmpty) {
      return "drifted";
    }
    return this.others.at(SNAPSHOT) === undefined ? "unknown" : "clean";
  }
}

/** The events that say what is known of the artifact at one path. */
type ArtifactEvents = {
  readonly first: number;
  readonly latest: number;
  readonly superseder: number | undefined;
};

/** The registers of a path, one after the other. */
const FIRST = 0;
const LATEST = 1;
const SUPERSEDER = 2;
const PATH_REGISTERS = 3;

/** The other registers. */
const PLACED = 0;
const SNAPSHOT = 1;

// The contract has accepted what is read here: required fields are there.

function artifactEntry({ artifact }: ContributionJson, superseded: boolean): ArtifactEntry {
  const json = { ...artifact, superseded };
  return messageFromJson(MissionDossierState_ArtifactEntrySchema, json) as ArtifactEntry;
}

function anomalyEntry({ anomaly }: ContributionJson): AnomalyEntry {
  return messageFromJson(MissionDossierState_AnomalyEntrySchema, anomaly) as AnomalyEntry;
}

function snapshotSummary({ snapshot }: ContributionJson): SnapshotSummary {
  return messageFromJson(MissionDossierState_SnapshotSummarySchema, snapshot) as SnapshotSummary;
}

function driftRecord({ drift }: ContributionJson): DriftRecord {
  return messageFromJson(MissionDossierState_DriftRecordSchema, drift) as DriftRecord;
}
