import {
  missionDossierState_AnomalyEntryOf,
  missionDossierState_ArtifactEntryOf,
  missionDossierState_DriftRecordOf,
  missionDossierState_SnapshotSummaryOf,
} from "../../gen/speckitty/dossier/v1/accepted.js";
import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { TooLargeError } from "../event/errors/errors.js";
import { type Contribution, namespaceFingerprint } from "./contribution.js";
import { NO_ROW } from "./event-rows.js";
import type { Fingerprint } from "./fingerprint.js";
import {
  isSameNamespace,
  type Namespace,
  NamespaceMixedStreamError,
  type NamespaceScope,
  namespaceId,
  namespaceJson,
  namespaceOf,
} from "./namespace.js";
import {
  type AnomalyEntry,
  type ArtifactEntry,
  type DriftRecord,
  freezeState,
  type MissionDossierState,
  type SnapshotSummary,
} from "./state.js";

/** Orders two events, each known by its row, as for `Array.prototype.sort`. */
type RowOrder = (a: number, b: number) => number;

/** A piece of the state, and the row of its event. */
export type At<T> = { readonly row: number; readonly value: T };

/** The rows of the events that determine one path, or {@link NO_ROW}. */
type PathRegister = {
  first: number;
  latest: number;
  /** The artifact of the latest event, except `superseded`. */
  artifact: ArtifactEntry | undefined;
  superseder: number;
};

/** A namespace, and its first event or {@link NO_ROW}. */
export type NamespaceRegister = {
  readonly json: LocalNamespaceTupleJson;
  /** The initial fingerprint of its contents. */
  readonly fingerprint: Fingerprint;
  first: number;
};

/** One entry fewer than V8 allows in a `Map`. */
export const MAX_ENTRIES = 2 ** 24 - 1;

/**
 * The fold of events, added in any order (CONTRACT, section 5): for each path the first event
 * that indexed it, the latest, and the latest that superseded it; the latest snapshot; all
 * anomalies and drifts; and the first event of each namespace. The events themselves are not
 * kept.
 */
export class DossierFold {
  readonly namespaces = new Map<string, NamespaceRegister>();
  readonly paths = new Map<string, PathRegister>();
  snapshot: At<SnapshotSummary> | undefined;
  anomalies: At<AnomalyEntry>[] = [];
  drifts: At<DriftRecord>[] = [];
  // Most events have the namespace of the previous event.
  private lastNamespace: NamespaceRegister | undefined;

  constructor(
    private readonly scope: NamespaceScope,
    private readonly order: RowOrder,
  ) {}

  /** The register of a namespace. A new one is kept only when an event is added. */
  namespaceRegister(json: LocalNamespaceTupleJson): NamespaceRegister {
    if (this.lastNamespace && isSameNamespace(this.lastNamespace.json, json, "step")) {
      return this.lastNamespace;
    }
    const known = this.namespaces.get(namespaceId(json, "step"));
    if (known !== undefined) {
      this.lastNamespace = known;
      return known;
    }
    // A copy: the caller may change its own, and unknown fields are not kept.
    const copy = namespaceJson(namespaceOf(json));
    return { json: copy, fingerprint: namespaceFingerprint(copy), first: NO_ROW };
  }

  /**
   * Checks that there is room for the paths and namespaces of more events.
   *
   * @throws TooLargeError when there is too little.
   */
  requireRoom(paths: number, namespaces: number): void {
    if (Math.max(this.paths.size + paths, this.namespaces.size + namespaces) > MAX_ENTRIES) {
      throw new TooLargeError("16,777,215 paths, and as many namespaces");
    }
  }

  /** Adds an event, once. */
  add(
    row: number,
    namespace: NamespaceRegister | undefined,
    contribution: Contribution | undefined,
  ): void {
    if (namespace !== undefined) {
      this.addNamespace(row, namespace);
    }
    switch (contribution?.kind) {
      case "artifact": {
        const { artifact, superseded } = contribution;
        const register = this.registerOf(artifact.identity.path);
        register.first = this.earlier(register.first, row);
        if (this.isLater(row, register.latest)) {
          register.latest = row;
          register.artifact = missionDossierState_ArtifactEntryOf(artifact);
        }
        if (superseded !== undefined) {
          this.supersede(this.registerOf(superseded), row);
        }
        break;
      }
      case "anomaly": {
        const value = missionDossierState_AnomalyEntryOf(contribution.anomaly);
        this.anomalies.push({ row, value });
        break;
      }
      case "snapshot":
        if (this.isLater(row, this.snapshot?.row ?? NO_ROW)) {
          const value = missionDossierState_SnapshotSummaryOf(contribution.snapshot);
          this.snapshot = { row, value };
        }
        break;
      case "drift": {
        const value = missionDossierState_DriftRecordOf(contribution.drift);
        this.drifts.push({ row, value });
        break;
      }
    }
  }

  /**
   * Adds everything from another fold.
   *
   * @param rowOf Maps a row there to its row here; {@link NO_ROW} for an event already added
   * here.
   */
  merge(other: DossierFold, rowOf: (row: number) => number): void {
    for (const { json, first } of other.namespaces.values()) {
      const row = rowOf(first);
      if (row !== NO_ROW) {
        this.addNamespace(row, this.namespaceRegister(json));
      }
    }
    for (const [path, { first, latest, artifact, superseder }] of other.paths) {
      const register = this.registerOf(path);
      register.first = this.earlier(register.first, rowOf(first));
      if (this.isLater(rowOf(latest), register.latest)) {
        register.latest = rowOf(latest);
        register.artifact = artifact;
      }
      this.supersede(register, rowOf(superseder));
    }
    const { snapshot } = other;
    if (snapshot && this.isLater(rowOf(snapshot.row), this.snapshot?.row ?? NO_ROW)) {
      this.snapshot = { row: rowOf(snapshot.row), value: snapshot.value };
    }
    this.anomalies = [...this.anomalies, ...placed(other.anomalies, rowOf)];
    this.drifts = [...this.drifts, ...placed(other.drifts, rowOf)];
  }

  /** The rows whose removal would uncover values that were not kept. */
  *coveringRows(): Iterable<number> {
    for (const { first } of this.namespaces.values()) {
      yield first;
    }
    for (const { first, latest, superseder } of this.paths.values()) {
      yield first;
      yield latest;
      yield superseder;
    }
    yield this.snapshot?.row ?? NO_ROW;
  }

  /** Removes the anomalies and drifts of some rows, which cover no others. */
  takeOut(rows: ReadonlySet<number>): void {
    this.anomalies = this.anomalies.filter(({ row }) => !rows.has(row));
    this.drifts = this.drifts.filter(({ row }) => !rows.has(row));
  }

  /**
   * The state of the events.
   *
   * @throws NamespaceMixedStreamError when they belong to more than one namespace.
   */
  state(eventCount: number): MissionDossierState {
    const namespace = this.commonNamespace();
    const driftHistory = this.inOrder(this.drifts);
    const status = this.snapshot === undefined ? "unknown" : "clean";
    return freezeState(
      {
        $typeName: MissionDossierStateSchema.typeName,
        ...(namespace !== undefined ? { namespace } : {}),
        anomalies: this.inOrder(this.anomalies),
        ...(this.snapshot !== undefined ? { latestSnapshot: this.snapshot.value } : {}),
        driftHistory,
        parityStatus: driftHistory.length > 0 ? "drifted" : status,
        eventCount,
      },
      this.artifacts(),
    );
  }

  /** The error if the events belong to more than one namespace. */
  mixture(): NamespaceMixedStreamError | undefined {
    const [first, ...others] = this.namespacesInOrder();
    const other = others.find(
      ({ json }) => first && !isSameNamespace(first.json, json, this.scope),
    );
    return first && other
      ? new NamespaceMixedStreamError(namespaceOf(first.json), namespaceOf(other.json))
      : undefined;
  }

  private namespacesInOrder(): NamespaceRegister[] {
    return [...this.namespaces.values()].sort((a, b) => this.order(a.first, b.first));
  }

  /** The namespace of the first event that has one, without its step if several were seen. */
  private commonNamespace(): Namespace | undefined {
    const mixture = this.mixture();
    if (mixture !== undefined) {
      throw mixture;
    }
    const [first] = this.namespacesInOrder();
    if (first === undefined) {
      return undefined;
    }
    const namespace = namespaceOf(first.json);
    const steps = new Set(Array.from(this.namespaces.values(), ({ json }) => json.step_id ?? null));
    steps.delete(null);
    if (steps.size <= 1) {
      return namespace;
    }
    const { stepId: _, ...withoutStep } = namespace;
    return withoutStep;
  }

  private artifacts(): [string, ArtifactEntry][] {
    const indexed: { path: string; first: number; artifact: ArtifactEntry }[] = [];
    for (const [path, { first, latest, artifact, superseder }] of this.paths) {
      if (artifact !== undefined) {
        // An event that supersedes its own path also indexes it, so the path is not superseded.
        // A later event that indexes a path clears the mark.
        const superseded = this.isLater(superseder, latest);
        indexed.push({ path, first, artifact: { ...artifact, superseded } });
      }
    }
    return indexed
      .sort((a, b) => this.order(a.first, b.first))
      .map(({ path, artifact }) => [path, artifact]);
  }

  private inOrder<T>(entries: At<T>[]): T[] {
    return entries.sort((a, b) => this.order(a.row, b.row)).map(({ value }) => value);
  }

  private addNamespace(row: number, register: NamespaceRegister): void {
    if (register.first === NO_ROW) {
      this.namespaces.set(namespaceId(register.json, "step"), register);
    }
    register.first = this.earlier(register.first, row);
  }

  private supersede(register: PathRegister, row: number): void {
    register.superseder = this.isLater(row, register.superseder) ? row : register.superseder;
  }

  private registerOf(path: string): PathRegister {
    let register = this.paths.get(path);
    if (register === undefined) {
      register = { first: NO_ROW, latest: NO_ROW, artifact: undefined, superseder: NO_ROW };
      this.paths.set(path, register);
    }
    return register;
  }

  private isLater(row: number, other: number): boolean {
    return row !== NO_ROW && (other === NO_ROW || this.order(row, other) > 0);
  }

  private earlier(row: number, other: number): number {
    return other !== NO_ROW && (row === NO_ROW || this.order(other, row) < 0) ? other : row;
  }
}

function placed<T>(entries: readonly At<T>[], rowOf: (row: number) => number): At<T>[] {
  return entries
    .map(({ row, value }) => ({ row: rowOf(row), value }))
    .filter(({ row }) => row !== NO_ROW);
}
