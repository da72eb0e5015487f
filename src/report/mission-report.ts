import { namespaceJsonIn, type Namespace } from "../dossier/namespace.js";
import type { ReduceReport } from "../dossier/report.js";
import { isPresent, type MissionDossierState } from "../dossier/state.js";
import { bareHash } from "../parity/content-hash.js";
import { parityHash } from "../parity/parity-hash.js";
import { claimsTable, countOf } from "./claims.js";
import { counted } from "./counted.js";
import { anomaliesTable, artifactsTable, driftsTable } from "./dossier-tables.js";
import { cautionsAbout, type InputFacts, leftOutTables } from "./left-out.js";
import { STATUS_TONES, titleOf } from "./missions-overview.js";
import type { ObservedEvent, ObservedLog } from "./observed-log.js";
import type { Fact, Figure, Report, Verdict } from "./report.js";
import { shownText } from "./tables.js";
import { Supersession } from "./supersession.js";
import { timelineOf } from "./timeline.js";
import { withCautions } from "./with-cautions.js";

/** The report on one mission: its state, and the events that led to it. */
export function missionReport(
  reduced: ReduceReport,
  log: ObservedLog,
  input: InputFacts,
  generator: string,
): Report {
  const { state } = reduced;
  const events = log.events();
  const supersession = new Supersession();
  for (const event of events) {
    supersession.take(event);
  }
  const findings = log.findings();
  const { timeline, table } = timelineOf(events);
  const refuted = countOf(findings, "refuted");
  return {
    title: titleOf(state.namespace?.featureSlug),
    subtitle: "Mission dossier",
    verdict: withCautions(verdictOn(state, events), [
      ...cautionsAbout(reduced, input),
      ...(refuted === 0
        ? []
        : [`${refuted} of ${counted(findings.length, "claim")} refuted by the events before`]),
    ]),
    facts: missionFacts(state.namespace, input),
    hashes: hashesOf(state),
    figures: [...figuresOf(state), ...leftOutFigures(reduced)],
    ...(timeline === undefined ? {} : { timeline }),
    tables: [
      ...leftOutTables(reduced, input),
      artifactsTable(state, supersession),
      ...[anomaliesTable(state), driftsTable(state), claimsTable(findings, input)].filter(
        ({ rows }) => rows.length > 0,
      ),
      table,
    ],
    generator,
  };
}

/** The namespace of a mission and the files that it was read from. */
export function missionFacts(
  namespace: Namespace | undefined,
  { sources, contract }: Pick<InputFacts, "sources" | "contract">,
): Fact[] {
  const json = namespace === undefined ? {} : namespaceJsonIn(namespace, { contract });
  return [
    ...Object.entries(json).map(([name, value]) => ({ name, value: shownText(String(value)) })),
    ...(sources.length === 0 ? [] : [{ name: "read from", value: shownText(sources.join(", ")) }]),
  ];
}

/** Counts of the things that were left out, those that are not 0. */
export function leftOutFigures({
  skipped,
  conflicts,
}: Pick<ReduceReport, "skipped" | "conflicts">): Figure[] {
  return [
    { name: "skipped", count: skipped.length, tone: "warn" as const },
    { name: "conflicts", count: conflicts.length, tone: "warn" as const },
  ].filter(({ count }) => count > 0);
}

function verdictOn(
  state: MissionDossierState,
  events: readonly ObservedEvent[],
): Omit<Verdict, "cautions"> {
  const { parityStatus, driftHistory } = state;
  const tone = STATUS_TONES[parityStatus] ?? "warn";
  return { tone, label: parityStatus, reason: reasonFor() };

  function reasonFor(): string {
    const drift = events.find(({ kind }) => kind === "drift");
    if (drift !== undefined) {
      const others = driftHistory.length - 1;
      const more = others === 0 ? "" : `, and ${others} more`;
      return `A drift was detected at clock ${drift.clock}: ${drift.detail}${more}.`;
    }
    const snapshot = events.findLast(({ kind }) => kind === "snapshot");
    return snapshot === undefined
      ? "The log has no snapshot and no drift, so nothing was compared."
      : `No drift was detected. The latest snapshot is at clock ${snapshot.clock}.`;
  }
}

/** The parity hash of a state, and the one that its latest snapshot claims. */
export function hashesOf(state: MissionDossierState): Fact[] {
  const { latestSnapshot: latest } = state;
  const now = parityHash(state);
  const hashes = [{ name: "computed", value: now, note: "parity hash of the state" }];
  if (latest === undefined) {
    return hashes;
  }
  const claimed = bareHash(latest.snapshotHash);
  const agrees = bareHash(now) === claimed || parityHash(state, { rule: "hashes" }) === claimed;
  return [
    {
      name: "claimed",
      value: shownText(`${latest.algorithm}:${claimed}`),
      note: agrees
        ? "latest snapshot; it is that of the state"
        : "latest snapshot; the state has another",
    },
    ...hashes,
  ];
}

/** The counts of a state. */
export function figuresOf({
  artifacts,
  anomalies,
  driftHistory,
  eventCount,
}: MissionDossierState): Figure[] {
  const present = [...artifacts.values()].filter(isPresent).length;
  return [
    { name: "events", count: eventCount, tone: "plain" },
    { name: "artifacts", count: present, tone: "plain" },
    { name: "superseded", count: artifacts.size - present, tone: "plain" },
    { name: "anomalies", count: anomalies.length, tone: anomalies.length > 0 ? "warn" : "plain" },
    { name: "drifts", count: driftHistory.length, tone: driftHistory.length > 0 ? "bad" : "plain" },
  ];
}
