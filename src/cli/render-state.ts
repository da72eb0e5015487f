import {
  ARTIFACT_CLASSES,
  PARITY_STATUSES,
  type ParityStatus,
} from "../../gen/speckitty/dossier/v1/contract.js";
import type { Namespace } from "../dossier/namespace.js";
import type { ArtifactEntry, MissionDossierState } from "../dossier/state.js";
import { type Colors, columns, counted, printable } from "./terminal-text.js";

/** A state as lines of text for people. */
export function stateLines(state: MissionDossierState, colors: Colors): string[] {
  const sections = [
    header(state, colors),
    artifacts(state, colors),
    section("Anomalies", state.anomalies.length, colors, anomalies(state)),
    snapshot(state, colors),
    section("Drift history", state.driftHistory.length, colors, drifts(state)),
  ];
  return sections.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

/** The fields of a namespace, one a line. */
export function namespaceLines(namespace: Namespace): string[] {
  return columns([
    ["project", printable(namespace.projectUuid)],
    ["feature", printable(namespace.featureSlug)],
    ["branch", printable(namespace.targetBranch)],
    ["mission", printable(namespace.missionKey)],
    ["manifest", printable(namespace.manifestVersion)],
    ...(namespace.stepId === undefined ? [] : [["step", printable(namespace.stepId)]]),
  ]);
}

function header(state: MissionDossierState, colors: Colors): string[] {
  const paint: { readonly [S in ParityStatus]: (text: string) => string } = {
    clean: colors.green,
    drifted: colors.red,
    unknown: colors.yellow,
  };
  const status = state.parityStatus;
  const badge = colors.bold(
    isStatus(status) ? paint[status](status.toUpperCase()) : printable(status),
  );
  const namespace =
    state.namespace === undefined ? ["no namespace"] : namespaceLines(state.namespace);
  return [
    `${colors.bold("Mission dossier")}  ${badge}  ${counted(state.eventCount, "event")}`,
    ...indent(namespace),
  ];
}

function isStatus(status: string): status is ParityStatus {
  return PARITY_STATUSES.some((known) => known === status);
}

function artifacts(state: MissionDossierState, colors: Colors): string[] {
  const entries = [...state.artifacts];
  const rows = columns(entries.map(([path, entry]) => artifactRow(path, entry)));
  const lines: string[] = [];
  for (const artifactClass of ARTIFACT_CLASSES) {
    const ofClass = rows.flatMap((row, index) => {
      const entry = entries[index]?.[1];
      if (entry?.identity.artifactClass !== artifactClass) {
        return [];
      }
      return [entry.superseded ? colors.dim(row) : row];
    });
    if (ofClass.length > 0) {
      lines.push(artifactClass, ...indent(ofClass));
    }
  }
  return section("Artifacts", entries.length, colors, lines);
}

function artifactRow(path: string, entry: ArtifactEntry): string[] {
  return [
    printable(path),
    entry.superseded ? "superseded" : "",
    hash(entry.contentRef.algorithm, entry.contentRef.hash),
    entry.contentRef.sizeBytes === undefined ? "" : `${entry.contentRef.sizeBytes} bytes`,
    printable(entry.indexedAt),
    printable(entry.stepId ?? ""),
  ];
}

function anomalies(state: MissionDossierState): string[] {
  return state.anomalies.flatMap((anomaly) => [
    `${anomaly.anomalyType}  ${printable(anomaly.expectedIdentity.path)}`,
    ...indent(
      columns([
        ["class", anomaly.expectedIdentity.artifactClass],
        ["asked for by", printable(anomaly.manifestStep)],
        ["checked", printable(anomaly.checkedAt)],
        ...(anomaly.remediationHint === undefined
          ? []
          : [["hint", printable(anomaly.remediationHint)]]),
      ]),
    ),
  ]);
}

function snapshot(state: MissionDossierState, colors: Colors): string[] {
  const latest = state.latestSnapshot;
  if (latest === undefined) {
    return [`${colors.bold("Latest snapshot")}  none`];
  }
  return [
    `${colors.bold("Latest snapshot")}  ${printable(latest.computedAt)}`,
    ...indent(
      columns([
        ["hash", `${latest.algorithm}:${printable(latest.snapshotHash)}`],
        ["artifacts", `${latest.artifactCount}`],
        ["anomalies", `${latest.anomalyCount}`],
      ]),
    ),
  ];
}

function drifts(state: MissionDossierState): string[] {
  return state.driftHistory.flatMap((drift) => [
    `${drift.driftKind}  ${printable(drift.detectedAt)}`,
    ...indent(
      columns([
        ["expected", printable(drift.expectedHash)],
        ["actual", printable(drift.actualHash)],
      ]),
    ),
  ]);
}

function section(title: string, count: number, colors: Colors, lines: readonly string[]): string[] {
  return [`${colors.bold(title)}  ${count === 0 ? "none" : count}`, ...indent(lines)];
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}

/** A hash, shortened for a table. */
function hash(algorithm: string, digits: string): string {
  return `${algorithm}:${printable(digits.slice(0, 12))}`;
}
