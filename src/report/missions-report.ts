import type { NamespaceReport } from "../dossier/report.js";
import { cautionsAbout, type InputFacts, leftOutTables } from "./left-out.js";
import { missionSummary } from "./mission-summary.js";
import { missionsOverview } from "./missions-overview.js";
import type { Report } from "./report.js";
import { shownText } from "./tables.js";
import { withCautions } from "./with-cautions.js";

/**
 * The report on many missions, those that have drifted first.
 *
 * @param pages The names of their pages, without the extension.
 */
export function missionsReport(
  { missions, unassigned, diagnostics }: NamespaceReport,
  pages: readonly string[],
  input: InputFacts,
  generator: string,
): Report {
  const summaries = missions.map((mission, index) =>
    missionSummary(pages[index] ?? "", mission.state, mission),
  );
  const all = [...missions, unassigned];
  const everywhere = {
    skipped: all.flatMap(({ skipped }) => skipped),
    conflicts: all.flatMap(({ conflicts }) => conflicts),
    diagnostics,
  };
  const overview = missionsOverview(summaries, ({ key }) => `${encodeURIComponent(key)}.html`);
  return {
    ...overview,
    verdict: withCautions(overview.verdict, cautionsAbout(everywhere, input)),
    facts:
      input.sources.length === 0
        ? []
        : [{ name: "read from", value: shownText(input.sources.join(", ")) }],
    hashes: [],
    tables: [...overview.tables, ...leftOutTables({ ...unassigned, diagnostics }, input)],
    generator,
  };
}
