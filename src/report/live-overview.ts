import { cautionsFor } from "./cautions.js";
import { type MissionSummary, missionsOverview } from "./missions-overview.js";
import type { Report } from "./report.js";
import { withCautions } from "./with-cautions.js";

/** The report on the missions of a server, whose pages have the addresses `/m/KEY`. */
export function liveOverview(missions: readonly MissionSummary[], generator: string): Report {
  const overview = missionsOverview(missions, ({ key }) => `/m/${key}`);
  const sum = (of: (counts: MissionSummary["counts"]) => number): number =>
    missions.reduce((all, { counts }) => all + of(counts), 0);
  const cautions = cautionsFor({
    skipped: sum(({ skipped }) => skipped),
    invalid: 0,
    conflicts: sum(({ conflicts }) => conflicts),
    misspelled: 0,
  });
  return {
    ...overview,
    verdict: withCautions(overview.verdict, cautions),
    facts: [],
    hashes: [],
    generator,
  };
}
