import {
  missionDossierState_DriftRecordOf,
  missionDossierState_SnapshotSummaryOf,
} from "../../gen/speckitty/dossier/v1/accepted.js";
import type { Contribution } from "../dossier/contribution.js";
import { DossierFold, type NamespaceRegister } from "../dossier/fold.js";
import type { DriftRecord, SnapshotSummary } from "../dossier/state.js";
import { bareHash } from "./content-hash.js";

/** The part of an event that a claim can depend on. Paths are places in a list. */
export type Statement =
  | {
      readonly kind: "artifact";
      readonly path: number;
      /** Without the name of an algorithm. */
      readonly hash: string;
      /** The path that it supersedes, or {@link NO_PATH}. */
      readonly superseded: number;
    }
  | { readonly kind: "anomaly" }
  | { readonly kind: "snapshot"; readonly snapshot: SnapshotSummary }
  | { readonly kind: "drift"; readonly drift: DriftRecord };

/** Stands for no path. */
export const NO_PATH = -1;

/**
 * Keeps the part of each event that a claim can depend on. The state of a dossier needs only the
 * latest of everything, but a claim is about the state at its own place in the stream.
 */
export class AuditFold extends DossierFold {
  /** By row; `undefined` where an event says nothing. */
  readonly statements: (Statement | undefined)[] = [];
  /** By row. */
  readonly namespaceOf: (NamespaceRegister | undefined)[] = [];
  /** Every path, in the order in which they were given. */
  readonly allPaths: string[] = [];
  private readonly places = new Map<string, number>();

  override requireRoom(paths: number, namespaces: number): void {
    super.requireRoom(this.allPaths.length + paths, namespaces);
  }

  override add(
    row: number,
    namespace: NamespaceRegister | undefined,
    contribution: Contribution | undefined,
  ): void {
    super.add(row, namespace, undefined);
    this.namespaceOf[row] = namespace;
    this.statements[row] = this.statementIn(contribution);
  }

  private statementIn(contribution: Contribution | undefined): Statement | undefined {
    switch (contribution?.kind) {
      case "artifact": {
        const { artifact, superseded } = contribution;
        return {
          kind: "artifact",
          path: this.placeOf(artifact.identity.path),
          hash: bareHash(artifact.content_ref.hash),
          superseded: superseded === undefined ? NO_PATH : this.placeOf(superseded),
        };
      }
      case "anomaly":
        return ANOMALY;
      case "snapshot":
        return {
          kind: "snapshot",
          snapshot: missionDossierState_SnapshotSummaryOf(contribution.snapshot),
        };
      case "drift":
        return { kind: "drift", drift: missionDossierState_DriftRecordOf(contribution.drift) };
      default:
        return undefined;
    }
  }

  private placeOf(path: string): number {
    const known = this.places.get(path);
    if (known !== undefined) {
      return known;
    }
    this.places.set(path, this.allPaths.length);
    return this.allPaths.push(path) - 1;
  }
}

const ANOMALY: Statement = { kind: "anomaly" };
