import type { AuditReport } from "../parity/audit-report.js";
import { claimsTable, countOf } from "./claims.js";
import { cautionsAbout, type InputFacts, leftOutTables } from "./left-out.js";
import { leftOutFigures, missionFacts } from "./mission-report.js";
import { titleOf } from "./missions-overview.js";
import type { ObservedLog } from "./observed-log.js";
import type { Report, Verdict } from "./report.js";
import { timelineOf } from "./timeline.js";
import { withCautions } from "./with-cautions.js";

/** The report on the claims of a log. */
export function auditedReport(
  audit: AuditReport,
  log: ObservedLog,
  input: InputFacts,
  generator: string,
): Report {
  const { findings, eventCount } = audit;
  const { timeline, table } = timelineOf(log.events());
  const [refuted, uncheckable] = [countOf(findings, "refuted"), countOf(findings, "not_checkable")];
  return {
    title: titleOf(log.namespace?.featureSlug),
    subtitle: "Audit of a mission dossier",
    verdict: withCautions(verdictOn(), cautionsAbout(audit, input)),
    facts: missionFacts(log.namespace, input),
    hashes: [],
    figures: [
      { name: "events", count: eventCount, tone: "plain" },
      { name: "claims", count: findings.length, tone: "plain" },
      { name: "confirmed", count: countOf(findings, "confirmed"), tone: "plain" },
      { name: "refuted", count: refuted, tone: refuted > 0 ? "bad" : "plain" },
      { name: "not checkable", count: uncheckable, tone: uncheckable > 0 ? "warn" : "plain" },
      ...leftOutFigures(audit),
    ],
    ...(timeline === undefined ? {} : { timeline }),
    tables: [...leftOutTables(audit, input), claimsTable(findings, input), table],
    generator,
  };

  function verdictOn(): Omit<Verdict, "cautions"> {
    if (refuted > 0) {
      const reason = `${refuted} of ${findings.length} claims ${refuted === 1 ? "is" : "are"} refuted by the events before.`;
      return { tone: "bad", label: "refuted", reason };
    }
    if (findings.length === 0) {
      return { tone: "warn", label: "no claims", reason: "The log has no snapshot and no drift." };
    }
    return uncheckable > 0
      ? {
          tone: "warn",
          label: "not all checked",
          reason: `${uncheckable} of ${findings.length} claims cannot be checked; the others are confirmed.`,
        }
      : {
          tone: "good",
          label: "confirmed",
          reason: `All ${findings.length} claims match the events before them.`,
        };
  }
}
