import type { ArtifactEntry, MissionDossierState } from "../dossier/state.js";
import { bareHash } from "../parity/content-hash.js";
import type { Table } from "./report.js";
import { COLUMNS, second, tableOf } from "./tables.js";
import type { Supersession } from "./supersession.js";

/** A table of the artifacts, with the chains by which they were superseded. */
export function artifactsTable(
  { artifacts }: MissionDossierState,
  supersession: Supersession,
): Table {
  const before = supersession.predecessors();
  return tableOf(
    {
      id: "artifacts",
      title: "Artifacts",
      empty: "No artifact was indexed.",
      columns: [
        COLUMNS.path,
        { title: "Class", kind: "category" },
        {
          title: "Standing",
          kind: "category",
          tones: { superseded: "warn" },
        },
        { title: "Supersession", kind: "text" },
        COLUMNS.hash,
        { title: "Bytes", kind: "number" },
        { title: "Indexed", kind: "time" },
        { title: "Step", kind: "category" },
        { title: "Work package", kind: "category" },
        { title: "Actor", kind: "category" },
        { title: "Commit", kind: "code" },
      ],
    },
    [...artifacts].map(([path, entry]) => [
      path,
      entry.identity.artifactClass,
      entry.superseded ? "superseded" : "present",
      chainText(path, supersession, before.get(path)),
      hashText(entry),
      entry.contentRef.sizeBytes === undefined ? null : Number(entry.contentRef.sizeBytes),
      second(entry.indexedAt),
      entry.stepId ?? null,
      entry.identity.wpId ?? null,
      actorText(entry),
      entry.provenance?.gitSha ?? null,
    ]),
  );
}

function hashText({ contentRef: { algorithm, hash } }: ArtifactEntry): string {
  return `${bareHash(hash)}${algorithm === "sha256" ? "" : ` (${algorithm})`}`;
}

/** How many links of a chain, and how many predecessors, are shown. */
const MAX_LINKS = 6;

function chainText(
  path: string,
  supersession: Supersession,
  before: readonly string[] = [],
): string | null {
  const chain = supersession.chainFrom(path, MAX_LINKS);
  const others = before.length > MAX_LINKS ? [`and ${before.length - MAX_LINKS} more`] : [];
  return (
    [
      ...(chain.length > 0 ? [`superseded by ${chain.join(" → ")}`] : []),
      ...(before.length > 0
        ? [`supersedes ${[...before.slice(0, MAX_LINKS), ...others].join(", ")}`]
        : []),
    ].join("; ") || null
  );
}

function actorText({ provenance }: ArtifactEntry): string | null {
  return [provenance?.actorKind, provenance?.actorId].filter(Boolean).join(" ") || null;
}

/** A table of the anomalies. */
export function anomaliesTable({ anomalies }: MissionDossierState): Table {
  return tableOf(
    {
      id: "anomalies",
      title: "Anomalies",
      empty: "No artifact is missing.",
      columns: [
        COLUMNS.path,
        { title: "Type", kind: "category", tones: { missing_artifact: "warn" } },
        { title: "Class", kind: "category" },
        { title: "Asked for by", kind: "category" },
        { title: "Checked", kind: "time" },
        { title: "Hint", kind: "text" },
      ],
    },
    anomalies.map(({ expectedIdentity, anomalyType, manifestStep, checkedAt, remediationHint }) => [
      expectedIdentity.path,
      anomalyType,
      expectedIdentity.artifactClass,
      manifestStep,
      second(checkedAt),
      remediationHint ?? null,
    ]),
  );
}

/** A table of the drifts. */
export function driftsTable({ driftHistory }: MissionDossierState): Table {
  return tableOf(
    {
      id: "drifts",
      title: "Drifts",
      empty: "No drift was detected.",
      columns: [
        { title: "Kind", kind: "category" },
        { title: "Expected hash", kind: "code" },
        { title: "Actual hash", kind: "code" },
        { title: "Detected", kind: "time" },
      ],
    },
    driftHistory.map(({ driftKind, expectedHash, actualHash, detectedAt }) => [
      driftKind,
      bareHash(expectedHash),
      bareHash(actualHash),
      second(detectedAt),
    ]),
  );
}
