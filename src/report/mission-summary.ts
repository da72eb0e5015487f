import { namespaceJsonIn } from "../dossier/namespace.js";
import { isPresent, type MissionDossierState } from "../dossier/state.js";
import type { ContractOptions } from "../event/generation/generation.js";
import type { MissionSummary } from "./missions-overview.js";

/** A mission in an overview of many. */
export function missionSummary(
  key: string,
  state: MissionDossierState,
  leftOut: { readonly skipped: readonly unknown[]; readonly conflicts: readonly unknown[] },
  options: ContractOptions = {},
): MissionSummary {
  const { namespace, artifacts, anomalies, driftHistory, parityStatus, eventCount } = state;
  const present = [...artifacts.values()].filter(isPresent).length;
  return {
    key,
    namespace: namespace === undefined ? null : namespaceJsonIn(namespace, options),
    parity_status: parityStatus,
    counts: {
      events: eventCount,
      artifacts: present,
      superseded: artifacts.size - present,
      anomalies: anomalies.length,
      drifts: driftHistory.length,
      skipped: leftOut.skipped.length,
      conflicts: leftOut.conflicts.length,
    },
  };
}
