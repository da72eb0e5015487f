import type { AuditFinding } from "../parity/audit-report.js";
import { bareHash } from "../parity/content-hash.js";
import type { InputFacts } from "./left-out.js";
import type { Table } from "./report.js";
import { COLUMNS, tableOf } from "./tables.js";

/** A table of the claims of snapshots and drifts, the refuted ones first. */
export function claimsTable(findings: readonly AuditFinding[], { placeOf }: InputFacts): Table {
  const order = (["refuted", "not_checkable", "confirmed"] as const).flatMap((verdict) =>
    findings.filter((finding) => finding.verdict === verdict),
  );
  return tableOf(
    {
      id: "claims",
      title: "Claims",
      note: "Each claim of a snapshot or a drift, checked against the events before it.",
      empty: "No event makes a claim.",
      columns: [
        {
          title: "Verdict",
          kind: "category",
          tones: { confirmed: "good", refuted: "bad", "not checkable": "warn" },
        },
        { title: "Claim", kind: "category" },
        { title: "Claimed", kind: "code" },
        { title: "Computed", kind: "code" },
        { title: "Reason", kind: "text" },
        COLUMNS.place,
        COLUMNS.event,
      ],
    },
    order.map((finding) => [
      finding.verdict.replace("_", " "),
      finding.claim,
      shownValue(finding.claimed),
      finding.verdict === "not_checkable"
        ? null
        : shownValue(finding.verdict === "refuted" ? finding.found : finding.claimed),
      finding.verdict === "confirmed" ? null : REASONS[finding.reason],
      placeOf(finding.position),
      finding.eventId,
    ]),
  );
}

/** Hashes with and without the name of an algorithm are compared, so they are shown alike. */
function shownValue(value: string | number): string | number {
  return typeof value === "string" ? bareHash(value) : value;
}

/** Why a claim is not confirmed, for people. */
export const REASONS: {
  readonly [R in Exclude<AuditFinding, { readonly verdict: "confirmed" }>["reason"]]: string;
} = {
  differs: "the events before it give another value",
  no_drift: "it is the expected hash, so there is no drift",
  other_algorithm: "the snapshot's algorithm is not sha256",
  no_snapshot: "no snapshot stands before the drift",
  other_replica: "the hash is of another replica, whose events are not here",
};

/** How many findings have a verdict. */
export function countOf(
  findings: readonly AuditFinding[],
  verdict: AuditFinding["verdict"],
): number {
  return findings.filter((finding) => finding.verdict === verdict).length;
}
