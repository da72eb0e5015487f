import { describe, expect, test } from "vitest";
import { type EventJson, reduceByNamespace } from "../../src/index.js";
import { missionsReport } from "../../src/report/missions-report.js";
import type { Report } from "../../src/report/report.js";
import { driftScenario, happyPath } from "../pages/streams.js";
import { eventsOf, INPUT, tableIn } from "./support.js";

describe("the report on many missions", () => {
  const reportFor = (events: readonly EventJson[]): Report => {
    const report = reduceByNamespace(events);
    const pages = report.missions.map((_, index) => `page-${index}`);
    return missionsReport(report, pages, INPUT, "test");
  };

  test("begins with those that drifted, each with the name of its page", () => {
    const report = reportFor(eventsOf([...happyPath, ...driftScenario]));
    expect(report.verdict.reason).toBe("Drifts were detected in 1 of 2 missions.");
    expect(tableIn(report, "missions").rows.map(([status, mission]) => [status, mission])).toEqual([
      ["drifted", ["021-audit-log", "page-1.html"]],
      ["clean", ["014-rate-limits", "page-0.html"]],
    ]);
  });

  test("has those of one status in the order of their slugs", () => {
    const [first = {}] = happyPath;
    const payload = first["payload"] as { namespace: object };
    const events = ["b", "10", "a", "B"].map((feature_slug, index) => ({
      ...first,
      event_id: `01KPE1X68TAAAAAAAAAAAAAAA${index}`,
      payload: { ...payload, namespace: { ...payload.namespace, feature_slug } },
    }));
    const { rows } = tableIn(reportFor(eventsOf(events)), "missions");
    expect(rows.map(([, mission]) => (mission as readonly string[])[0])).toEqual([
      "10",
      "B",
      "a",
      "b",
    ]);
  });

  test("is no good verdict if a mission has skipped an event", () => {
    const [first = {}] = happyPath;
    const broken = { ...first, event_id: "01KPE1X68TAAAAAAAAAAAAAAA1" };
    const payload = { ...(first["payload"] as object), content_ref: {} };
    const report = reportFor(eventsOf([...happyPath, { ...broken, payload }]));
    expect(report.verdict).toMatchObject({ tone: "warn", label: "clean" });
    expect(report.verdict.cautions).toHaveLength(1);
  });

  test("lists the events that are of no mission", () => {
    const [first = {}] = happyPath;
    const report = reportFor(eventsOf([{ ...first, payload: {} }]));
    expect(report.verdict).toMatchObject({ tone: "warn", label: "unknown" });
    expect(tableIn(report, "skipped").rows.length).toBeGreaterThan(0);
  });
});
