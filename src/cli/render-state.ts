import {
  ARTIFACT_CLASSES,
  PARITY_STATUSES,
  type ParityStatus,
} from "../../gen/speckitty/dossier/v1/contract.js";
import type { Namespace } from "../dossier/namespace.js";
import type { ArtifactEntry, MissionDossierState } from "../dossier/state.js";
import { bareHash } from "../parity/content-hash.js";
import { parityHash } from "../parity/parity-hash.js";
import { second } from "../report/tables.js";
import { shortHash } from "./short-hash.js";
import { columns, deeper, flow, INDENT, indent, table } from "./table.js";
import { type Colors, counted, printable } from "./terminal-text.js";
import { textWidth } from "./text-width.js";

/**
 * A state as lines of text for people.
 *
 * @param width The width of the terminal, if it is one.
 */
export function stateLines(state: MissionDossierState, colors: Colors, width?: number): string[] {
  // Everything in a table is indented at least once.
  const below = deeper(width);
  const sections = [
    header(state, colors, below),
    artifacts(state, colors, below),
    section("Anomalies", state.anomalies.length, colors, anomalies(state, below)),
    snapshot(state, colors, below),
    section("Drift history", state.driftHistory.length, colors, drifts(state, below)),
  ];
  return sections.flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

/** The fields of a namespace, one a line. */
export function namespaceLines(namespace: Namespace, width?: number): string[] {
  return columns(
    [
      ["project", printable(namespace.projectUuid)],
      ["feature", printable(namespace.featureSlug)],
      ["branch", printable(namespace.targetBranch)],
      ["mission", printable(namespace.missionKey)],
      ["manifest", printable(namespace.manifestVersion)],
      ...(namespace.stepId === undefined ? [] : [["step", printable(namespace.stepId)]]),
    ],
    { width },
  );
}

function header(state: MissionDossierState, colors: Colors, width: number | undefined): string[] {
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
    state.namespace === undefined ? ["no namespace"] : namespaceLines(state.namespace, width);
  return [
    `${colors.bold("Mission dossier")}  ${badge}  ${counted(state.eventCount, "event")}`,
    ...indent(namespace),
  ];
}

function isStatus(status: string): status is ParityStatus {
  return PARITY_STATUSES.some((known) => known === status);
}

function artifacts(
  state: MissionDossierState,
  colors: Colors,
  width: number | undefined,
): string[] {
  const entries = [...state.artifacts];
  const rows = artifactRows(entries, deeper(width));
  const lines: string[] = [];
  for (const artifactClass of ARTIFACT_CLASSES) {
    const ofClass = rows.flatMap((lines, index) => {
      const entry = entries[index]?.[1];
      if (entry?.identity.artifactClass !== artifactClass) {
        return [];
      }
      return entry.superseded ? lines.map(colors.dim) : lines;
    });
    if (ofClass.length > 0) {
      lines.push(artifactClass, ...indent(ofClass));
    }
  }
  return section("Artifacts", entries.length, colors, lines);
}

/** The lines of each artifact: a row of a table or, in a narrow terminal, its path and the rest. */
function artifactRows(
  entries: readonly (readonly [string, ArtifactEntry])[],
  width: number | undefined,
): string[][] {
  const rows = table(
    entries.map(([path, entry]) => [printable(path), mark(entry), ...details(entry)]),
  );
  return width === undefined || rows.flat().every((line) => textWidth(line) <= width)
    ? rows
    : entries.map(([path, entry]) => [
        ...columns([[printable(path), mark(entry)]], { width }),
        ...indent(flow(details(entry), width - INDENT.length)),
      ]);
}

function mark({ superseded }: ArtifactEntry): string {
  return superseded ? "superseded" : "";
}

function details({ contentRef, indexedAt, stepId }: ArtifactEntry): string[] {
  return [
    shortHash(contentRef),
    contentRef.sizeBytes === undefined ? "" : `${contentRef.sizeBytes} bytes`,
    printable(second(indexedAt)),
    printable(stepId ?? ""),
  ];
}

function anomalies(state: MissionDossierState, width: number | undefined): string[] {
  return state.anomalies.flatMap((anomaly) => [
    ...columns([[anomaly.anomalyType, printable(anomaly.expectedIdentity.path)]], { width }),
    ...indent(
      columns(
        [
          ["class", anomaly.expectedIdentity.artifactClass],
          ["asked for by", printable(anomaly.manifestStep)],
          ["checked", printable(anomaly.checkedAt)],
          ...(anomaly.remediationHint === undefined
            ? []
            : [["hint", printable(anomaly.remediationHint)]]),
        ],
        { width: deeper(width) },
      ),
    ),
  ]);
}

function snapshot(state: MissionDossierState, colors: Colors, width: number | undefined): string[] {
  const latest = state.latestSnapshot;
  const title = colors.bold("Latest snapshot");
  const now = parityHash(state);
  if (latest === undefined) {
    return [`${title}  none`, ...indent(columns([["now", now]], { width }))];
  }
  const claimed = bareHash(latest.snapshotHash);
  const isAgreed = bareHash(now) === claimed || parityHash(state, { rule: "hashes" }) === claimed;
  const agreement = isAgreed
    ? colors.green("the two agree")
    : colors.yellow("the two differ: see mission-dossier audit");
  const counts = [
    counted(latest.artifactCount, "artifact"),
    latest.anomalyCount === 1 ? "1 anomaly" : `${latest.anomalyCount} anomalies`,
  ];
  return [
    `${title}  ${printable(latest.computedAt)}`,
    ...indent([
      counts.join(", "),
      // At 80 columns, there is just enough room for the hashes.
      ...columns(
        [
          ["hash", `${latest.algorithm}:${printable(claimed)}`],
          ["now", now],
        ],
        { width },
      ),
      `      ${agreement}`,
    ]),
  ];
}

function drifts(state: MissionDossierState, width: number | undefined): string[] {
  return state.driftHistory.flatMap((drift) => [
    ...columns([[drift.driftKind, printable(drift.detectedAt)]], { width }),
    ...indent(
      columns(
        [
          ["expected", printable(drift.expectedHash)],
          ["actual", printable(drift.actualHash)],
        ],
        { width: deeper(width) },
      ),
    ),
  ]);
}

function section(title: string, count: number, colors: Colors, lines: readonly string[]): string[] {
  return [`${colors.bold(title)}  ${count === 0 ? "none" : count}`, ...indent(lines)];
}
