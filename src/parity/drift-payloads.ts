import {
  DRIFT_KINDS,
  type ArtifactIdentityJson,
  type DriftKind,
  type LocalNamespaceTupleJson,
  type MissionDossierParityDriftDetectedPayloadJson,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { namespaceJson } from "../dossier/namespace.js";
import { identityToJson } from "../dossier/state.js";
import { optionsIn } from "../event/errors/arguments.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import type { Difference, DifferenceKind, StateDiff } from "./diff.js";

/** The fields of drift payloads that a diff does not have. */
export type DriftFields = Pick<MissionDossierParityDriftDetectedPayloadJson, "detected_at"> & {
  /**
   * The namespace of the log that the events are for. Default: that of the diff. A log has
   * one namespace, so where the manifest version differs, it decides which log can have them.
   */
  readonly namespace?: LocalNamespaceTupleJson;
};

/**
 * The differences as payloads of `MissionDossierParityDriftDetected`, as wire JSON: one for
 * each drift kind that occurs, in the order of `DRIFT_KINDS`, with the artifacts that it is
 * about. Two states without a drift give no payload.
 *
 * A reclassified artifact is a mutated one, whose content hash is the same. An artifact that
 * only one side knows, and shows as superseded, is not a drift. Without a difference that changes
 * the parity hash, `expected_hash` and `actual_hash` are equal.
 *
 * @throws InvalidArgumentError when `detected_at` is not text, or when neither the diff nor
 * the caller has a namespace for the payloads.
 */
export function driftPayloads(
  diff: StateDiff,
  fields: DriftFields,
): MissionDossierParityDriftDetectedPayloadJson[] {
  if (!Array.isArray(Object(diff).differences)) {
    throw new InvalidArgumentError("diff", "a StateDiff", diff);
  }
  const { detected_at, namespace = diff.namespace && namespaceJson(diff.namespace) } =
    optionsIn(fields);
  if (typeof detected_at !== "string") {
    throw new InvalidArgumentError("detected_at", "a timestamp as text", detected_at);
  }
  return DRIFT_KINDS.flatMap((drift_kind) => {
    const differences = diff.differences.filter(({ kind }) => KINDS[kind] === drift_kind);
    if (differences.length === 0) {
      return [];
    }
    if (namespace === undefined) {
      throw new InvalidArgumentError("namespace", "the namespace of a mission", namespace);
    }
    const changed = differences.flatMap(identityIn);
    return {
      namespace: { ...namespace },
      expected_hash: diff.expectedHash,
      actual_hash: diff.actualHash,
      drift_kind,
      detected_at,
      ...(changed.length === 0 ? {} : { artifact_ids_changed: changed }),
    };
  });
}

/** The drift kind of each difference; `undefined` for a difference that is not a drift. */
const KINDS: { readonly [K in DifferenceKind]: DriftKind | undefined } = {
  manifest_version_changed: "manifest_version_changed",
  artifact_added: "artifact_added",
  artifact_removed: "artifact_removed",
  artifact_mutated: "artifact_mutated",
  artifact_reclassified: "artifact_mutated",
  superseded_artifact_added: undefined,
  superseded_artifact_removed: undefined,
  anomaly_introduced: "anomaly_introduced",
  anomaly_resolved: "anomaly_resolved",
};

/** The artifact that a difference is about, as `b` has it if it does. */
function identityIn(difference: Difference): ArtifactIdentityJson[] {
  switch (difference.kind) {
    case "manifest_version_changed":
      return [];
    case "anomaly_introduced":
      return [identityToJson(difference.b.expectedIdentity)];
    case "anomaly_resolved":
      return [identityToJson(difference.a.expectedIdentity)];
    case "artifact_removed":
    case "superseded_artifact_removed":
      return [identityToJson(difference.a.identity)];
    default:
      return [identityToJson(difference.b.identity)];
  }
}
