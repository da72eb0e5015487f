import type { RejectedEvent } from "../dossier/report.js";
import type { MissionDossierState } from "../dossier/state.js";
import type { ContractOptions } from "../event/generation/generation.js";
import { anomaliesTable, artifactsTable, driftsTable } from "./dossier-tables.js";
import { cautionsAbout, type InputFacts, leftOutTables } from "./left-out.js";
import { figuresOf, hashesOf, leftOutFigures, missionFacts } from "./mission-report.js";
import { STATUS_TONES, titleOf } from "./missions-overview.js";
import type { Report } from "./report.js";
import { Supersession } from "./supersession.js";
import { second, shownText } from "./tables.js";
import { withCautions } from "./with-cautions.js";

/** The facts about a mission in its stored accumulator. */
export type StoredMission = {
  readonly state: MissionDossierState;
  readonly skipped: readonly RejectedEvent[];
  /** Ids. */
  readonly conflicts: readonly string[];
};

/**
 * The report on a mission when only its state is known. Everything that needs the events is
 * left out: the timeline, chains of supersession, claims and diagnostics.
 */
export function stateReport(
  mission: StoredMission,
  generator: string,
  { contract }: ContractOptions = {},
): Report {
  const { state } = mission;
  const leftOut = {
    skipped: mission.skipped.map((event) => ({ ...event, position: 0 })),
    conflicts: mission.conflicts.map((eventId) => ({ eventId, position: 0 })),
    diagnostics: [],
  };
  const { parityStatus: label } = state;
  const verdict = { tone: STATUS_TONES[label] ?? "warn", label, reason: reasonFor(state) };
  return {
    title: titleOf(state.namespace?.featureSlug),
    subtitle: "Mission dossier, from its stored state",
    verdict: withCautions(verdict, cautionsAbout(leftOut, NO_PLACES)),
    facts: [
      ...missionFacts(state.namespace, { sources: [], contract }),
      {
        name: "left out",
        value: "timeline, chains of supersession, claims and events",
        note: "They need the log: mission-dossier reduce --format html",
      },
    ],
    hashes: hashesOf(state),
    figures: [...figuresOf(state), ...leftOutFigures(leftOut)],
    tables: [
      ...leftOutTables(leftOut, NO_PLACES),
      artifactsTable(state, new Supersession()),
      ...[anomaliesTable(state), driftsTable(state)].filter(({ rows }) => rows.length > 0),
    ],
    generator,
  };
}

const NO_PLACES: InputFacts = { sources: [], placeOf: () => null, invalid: 0 };

function reasonFor({ driftHistory, latestSnapshot }: MissionDossierState): string {
  const [first, ...others] = driftHistory;
  if (first !== undefined) {
    const more = others.length === 0 ? "" : `, and ${others.length} more`;
    const kind = shownText(first.driftKind);
    return `A drift was detected at ${shownText(second(first.detectedAt))}: ${kind}${more}.`;
  }
  return latestSnapshot === undefined
    ? "The mission has no snapshot and no drift, so nothing was compared."
    : `No drift was detected. The latest snapshot is of ${shownText(second(latestSnapshot.computedAt))}.`;
}
