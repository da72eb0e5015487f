import { describe, expect, test } from "vitest";
import { DossierAccumulator } from "../../src/index.js";
import type { Report } from "../../src/report/report.js";
import { stateReport } from "../../src/report/state-report.js";
import { driftScenario, happyPath, type Json } from "../pages/streams.js";
import { eventsOf, tableIn } from "./support.js";

function reportFor(events: readonly Json[]): Report {
  const mission = new DossierAccumulator();
  for (const event of eventsOf(events)) {
    mission.add(event);
  }
  const stored = DossierAccumulator.fromBinary(mission.toBinary());
  const { skipped, conflicts } = stored;
  return stateReport({ state: stored.state(), skipped, conflicts }, "test");
}

describe("the report on a stored state", () => {
  test("has the tables of the state, and says what it leaves out", () => {
    const report = reportFor(driftScenario);
    expect(report.verdict).toMatchObject({
      tone: "bad",
      reason: "A drift was detected at 2026-04-17T15:45:44Z: anomaly_introduced.",
    });
    expect(report.tables.map(({ id }) => id)).toEqual(["artifacts", "anomalies", "drifts"]);
    expect(report.timeline).toBeUndefined();
    expect(report.facts.at(-1)?.value).toContain("timeline");
  });

  test("gives the latest snapshot, or says that nothing was compared", () => {
    expect(reportFor(happyPath).verdict.reason).toMatch(/^No drift .* of 2026-\S+Z\.$/);
    expect(reportFor(happyPath.slice(0, 1)).verdict.reason).toMatch(/nothing was compared/);
  });

  test("lists the skipped events and the conflicting ids, without their places", () => {
    const [first = {}, second = {}] = happyPath;
    const payload = { ...(first["payload"] as object), content_ref: {} };
    const broken = { ...first, event_id: "01KPE1X68TAAAAAAAAAAAAAAA1", payload };
    const later = { ...second, lamport_clock: 99 };
    const report = reportFor([...happyPath, broken, later]);
    expect(report.verdict).toMatchObject({ tone: "warn", label: "clean" });
    expect(report.verdict.cautions).toHaveLength(2);
    expect(tableIn(report, "skipped").columns.map(({ title }) => title)).not.toContain("Place");
    expect(tableIn(report, "conflicts").columns.map(({ title }) => title)).toEqual(["Event"]);
  });
});
