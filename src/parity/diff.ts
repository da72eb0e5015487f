import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import type { Namespace } from "../dossier/namespace.js";
import {
  type AnomalyEntry,
  type ArtifactEntry,
  isPresent,
  type MissionDossierState,
  requireState,
} from "../dossier/state.js";
import { deepFreeze } from "../event/json/immutable.js";
import { compareCodePoints } from "./code-points.js";
import { bareHash } from "./content-hash.js";
import { DifferentMissionsError } from "./different-missions.js";
import { parityHash } from "./parity-hash.js";

/**
 * One difference between two states, with the values of both sides. An artifact is
 * *present* when it is in the state and not superseded.
 */
export type Difference =
  /** The two sides were computed by different manifests. */
  | { readonly kind: "manifest_version_changed"; readonly a: string; readonly b: string }
  /** It is present in `b` only. `a` does not know the path, or shows it superseded. */
  | (OfPath & {
      readonly kind: "artifact_added";
      readonly a: ArtifactEntry | undefined;
      readonly b: ArtifactEntry;
    })
  /** It is present in `a` only. `b` does not know the path, or shows it superseded. */
  | (OfPath & {
      readonly kind: "artifact_removed";
      readonly a: ArtifactEntry;
      readonly b: ArtifactEntry | undefined;
    })
  /** It is present in both, with another content hash. */
  | (OfPath & {
      readonly kind: "artifact_mutated";
      readonly a: ArtifactEntry;
      readonly b: ArtifactEntry;
    })
  /** It is present in both, with one content hash, and has another class. */
  | (OfPath & {
      readonly kind: "artifact_reclassified";
      readonly a: ArtifactEntry;
      readonly b: ArtifactEntry;
    })
  /** Only `b` knows the path, and shows it superseded. */
  | (OfPath & {
      readonly kind: "superseded_artifact_added";
      readonly a: undefined;
      readonly b: ArtifactEntry;
    })
  /** Only `a` knows the path, and shows it superseded. */
  | (OfPath & {
      readonly kind: "superseded_artifact_removed";
      readonly a: ArtifactEntry;
      readonly b: undefined;
    })
  /** `b` has the anomaly, or has it once more. */
  | { readonly kind: "anomaly_introduced"; readonly a: undefined; readonly b: AnomalyEntry }
  /** `a` has the anomaly, or has it once more. */
  | { readonly kind: "anomaly_resolved"; readonly a: AnomalyEntry; readonly b: undefined };

/** The kind of a {@link Difference}. */
export type DifferenceKind = Difference["kind"];

type OfPath = { readonly path: string };

/** How two states differ, frozen. */
export type StateDiff = {
  /**
   * Whether the two agree: whether no artifact is added, removed or mutated. The other
   * differences leave the parity hash as it is.
   */
  readonly inParity: boolean;
  /** The parity hash of `a`, by the rule `"path-hash"`. */
  readonly expectedHash: string;
  /** The parity hash of `b`, by the same rule. */
  readonly actualHash: string;
  /** The namespace of `b`, or that of `a` if `b` has none. */
  readonly namespace: Namespace | undefined;
  /**
   * The manifest version, then the artifacts by path, then the anomalies by the path that
   * they expect, all by code point.
   */
  readonly differences: readonly Difference[];
};

/**
 * Compares two states of one mission: `a`, which is expected, and `b`, which was found.
 *
 * Times are not compared, since two replicas look at different times; nor are the
 * provenance, the steps, the snapshots and the drift history. Two anomalies are the
 * same if their type, expected identity and step are. They may repeat, so each is paired once.
 *
 * @throws DifferentMissionsError when the namespaces differ in more than the manifest
 * version and the step. A state without a namespace is of any mission.
 * @throws InvalidArgumentError when one of them is not a state.
 */
export function diffStates(a: MissionDossierState, b: MissionDossierState): StateDiff {
  requireState("a", a);
  requireState("b", b);
  requireOneMission(a.namespace, b.namespace);
  const differences = [...manifests(a, b), ...artifacts(a, b), ...anomalies(a, b)];
  return deepFreeze({
    inParity: !differences.some(changesParity),
    expectedHash: parityHash(a),
    actualHash: parityHash(b),
    namespace: b.namespace ?? a.namespace,
    differences,
  });
}

/** Whether a difference changes the parity hash. */
export function changesParity({ kind }: Difference): boolean {
  return kind === "artifact_added" || kind === "artifact_removed" || kind === "artifact_mutated";
}

function requireOneMission(a: Namespace | undefined, b: Namespace | undefined): void {
  const { fields, field: known } = LocalNamespaceTupleSchema;
  const ofMission = fields.filter(
    (field) => field !== known.manifestVersion && field !== known.stepId,
  );
  if (
    a &&
    b &&
    ofMission.some((field) => Reflect.get(a, field.localName) !== Reflect.get(b, field.localName))
  ) {
    throw new DifferentMissionsError(a, b);
  }
}

function manifests(a: MissionDossierState, b: MissionDossierState): Difference[] {
  const [before, after] = [a.namespace?.manifestVersion, b.namespace?.manifestVersion];
  return before === undefined || after === undefined || before === after
    ? []
    : [{ kind: "manifest_version_changed", a: before, b: after }];
}

function artifacts(a: MissionDossierState, b: MissionDossierState): Difference[] {
  return [...new Set([...a.artifacts.keys(), ...b.artifacts.keys()])]
    .sort(compareCodePoints)
    .flatMap((path) => artifactDifference(path, a.artifacts.get(path), b.artifacts.get(path)));
}

function artifactDifference(
  path: string,
  a: ArtifactEntry | undefined,
  b: ArtifactEntry | undefined,
): Difference[] {
  const before = isPresent(a) ? a : undefined;
  const after = isPresent(b) ? b : undefined;
  if (before && after) {
    if (bareHash(before.contentRef.hash) !== bareHash(after.contentRef.hash)) {
      return [{ kind: "artifact_mutated", path, a: before, b: after }];
    }
    return before.identity.artifactClass === after.identity.artifactClass
      ? []
      : [{ kind: "artifact_reclassified", path, a: before, b: after }];
  }
  if (after) {
    return [{ kind: "artifact_added", path, a, b: after }];
  }
  if (before) {
    return [{ kind: "artifact_removed", path, a: before, b }];
  }
  if (a && !b) {
    return [{ kind: "superseded_artifact_removed", path, a, b }];
  }
  return b && !a ? [{ kind: "superseded_artifact_added", path, a, b }] : [];
}

function anomalies(a: MissionDossierState, b: MissionDossierState): Difference[] {
  const [before, after] = [byKey(a.anomalies), byKey(b.anomalies)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .sort(compareCodePoints)
    .flatMap((key): Difference[] => {
      const [inA, inB] = [before.get(key) ?? [], after.get(key) ?? []];
      // The first ones are paired, so the latest ones are left.
      return [
        ...inA.slice(inB.length).map((each) => ({ ...RESOLVED, a: each })),
        ...inB.slice(inA.length).map((each) => ({ ...INTRODUCED, b: each })),
      ];
    });
}

const RESOLVED = { kind: "anomaly_resolved", b: undefined } as const;
const INTRODUCED = { kind: "anomaly_introduced", a: undefined } as const;

/** The anomalies grouped with those that are the same, by a text that begins with the path. */
function byKey(anomalies: readonly AnomalyEntry[]): Map<string, AnomalyEntry[]> {
  const groups = new Map<string, AnomalyEntry[]>();
  for (const anomaly of anomalies) {
    const { anomalyType, expectedIdentity: identity, manifestStep } = anomaly;
    const { path, missionKey, artifactClass, runId, wpId } = identity;
    const rest = [anomalyType, manifestStep, missionKey, artifactClass, runId, wpId];
    // No JSON has this character outside of a text, and in a text it is escaped.
    const key = `${path}\u0000${JSON.stringify(rest)}`;
    const group = groups.get(key) ?? [];
    group.push(anomaly);
    groups.set(key, group);
  }
  return groups;
}
