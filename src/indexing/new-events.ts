import type {
  ArtifactIdentityJson,
  DossierEventType,
  EventJson,
  LocalNamespaceTupleJson,
  PayloadJson,
} from "../../gen/speckitty/dossier/v1/contract.js";
import type { EventJson as LaterEventJson } from "../../gen/speckitty/dossier/v3/contract.js";
import { type ArtifactEntry, identityToJson } from "../dossier/state.js";
import { createEvent } from "../event/envelope/create-event.js";
import type { Generation, WriteOptions } from "../event/generation/generation.js";
import type { Frozen } from "../event/json/immutable.js";
import { bareHash } from "../parity/content-hash.js";
import { parityHash } from "../parity/parity-hash.js";
import type { ClassRule } from "./classes.js";
import type { HashedFile } from "./hash-file.js";
import type { RecordedLog } from "./recorded-log.js";

/** Why an artifact is reported as missing. The `context_diagnostics` of the event have it. */
export type MissingReason = keyof typeof HINTS;

/** An artifact at a path, with its rule and its entry in the log. */
export type Artifact = {
  readonly path: string;
  readonly rule: ClassRule;
  /** The entry of the log at the path, or at the former path of a renamed file. */
  readonly entry: ArtifactEntry | undefined;
};

/** The emitter of events, and the generation of the contract to write them in. */
export type Emitter = WriteOptions<Generation> & {
  readonly nodeId: string;
  /** The build of the emitting program, which contract 3.0.0 asks for. */
  readonly buildId?: string | undefined;
};

/** The events of one run, which it adds to the log. They have one correlation id and one time. */
export class NewEvents {
  readonly all: Frozen<EventJson | LaterEventJson>[] = [];
  private readonly now = new Date().toISOString();

  constructor(
    private readonly log: RecordedLog,
    private readonly namespace: LocalNamespaceTupleJson,
    private readonly emitter: Emitter,
  ) {}

  /** @param superseded The artifact whose place it takes. */
  indexed(
    artifact: Artifact,
    { hash, algorithm, size }: Extract<HashedFile, { kind: "hashed" }>,
    superseded?: ArtifactEntry,
  ): void {
    const { step_id } = this.namespace;
    this.add("MissionDossierArtifactIndexed", {
      namespace: this.namespace,
      artifact_id: this.identityOf(artifact),
      content_ref: { hash, algorithm, size_bytes: Number(size) },
      indexed_at: this.now,
      ...(step_id == null ? {} : { step_id }),
      ...(superseded === undefined ? {} : { supersedes: identityToJson(superseded.identity) }),
    });
  }

  missing(artifact: Artifact, reason: MissingReason): void {
    const { path, rule, entry } = artifact;
    const word = this.log.wordOn(path);
    this.add("MissionDossierArtifactMissing", {
      namespace: this.namespace,
      expected_identity: entry ? identityToJson(entry.identity) : this.identityOf(artifact),
      // Nothing else in the contract can ask for an artifact.
      manifest_step: rule.manifest_step || entry?.stepId || "required_always",
      checked_at: this.now,
      ...(word === undefined ? {} : { last_known_ref: { source_event_ids: [word.eventId] } }),
      remediation_hint: HINTS[reason],
      context_diagnostics: { reason },
    });
  }

  /** Adds a snapshot of the log, unless its latest one says the same. */
  snapshot(): void {
    const state = this.log.state();
    const hash = parityHash(state);
    const { latestSnapshot } = state;
    const artifact_count = state.artifacts.size;
    const anomaly_count = state.anomalies.length;
    if (
      latestSnapshot === undefined ||
      bareHash(latestSnapshot.snapshotHash) !== bareHash(hash) ||
      latestSnapshot.artifactCount !== artifact_count ||
      latestSnapshot.anomalyCount !== anomaly_count
    ) {
      this.add("MissionDossierSnapshotComputed", {
        namespace: this.namespace,
        snapshot_hash: hash,
        artifact_count,
        anomaly_count,
        computed_at: this.now,
        algorithm: "sha256",
      });
    }
  }

  private add<T extends DossierEventType>(eventType: T, payload: PayloadJson[T]): void {
    const { project_uuid, feature_slug } = this.namespace;
    const correlation = this.all[0]?.correlation_id;
    const { nodeId, buildId, ...options } = this.emitter;
    const event = createEvent(
      eventType,
      payload,
      {
        aggregate_id: `mission/${feature_slug}`,
        project_uuid,
        ...this.log.envelope,
        ...(correlation === undefined ? {} : { correlation_id: correlation }),
        ...(buildId === undefined ? {} : { build_id: buildId }),
        node_id: nodeId,
        lamport_clock: this.log.clock.tick(),
      },
      options,
    );
    this.log.add(event);
    this.all.push(event);
  }

  private identityOf({ path, rule, entry }: Artifact): ArtifactIdentityJson {
    const wp_id = rule.wp_id ?? entry?.identity.wpId;
    return {
      mission_key: this.namespace.mission_key,
      path,
      artifact_class: rule.artifact_class,
      ...(wp_id === undefined ? {} : { wp_id }),
    };
  }
}

const HINTS = {
  absent: "Create the file, or no longer require it.",
  vanished: "Restore the file, or index the artifact that replaces it with supersedes.",
  unreadable: "Make the file readable, and index the folder again.",
  changing: "Index the folder again when no program writes to the file.",
} as const;
