import { describe, expect, test } from "vitest";
import { auditedReport } from "../../src/report/audited-report.js";
import { auditEvents, type EventJson } from "../../src/index.js";
import { driftScenario, happyPath, type Json } from "../pages/streams.js";
import { eventsOf, INPUT, observe, tableIn } from "./support.js";

/** The parity hash of a state without artifacts. */
const EMPTY_HASH = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

describe("the report on an audit", () => {
  test("begins with the refuted claims", () => {
    const events = eventsOf(happyPath);
    const report = auditedReport(auditEvents(events), observe(events), INPUT, "test");
    expect(report.verdict).toMatchObject({ tone: "bad", label: "refuted" });
    expect(tableIn(report, "claims").rows.map(([verdict]) => verdict)).toEqual([
      ...Array(2).fill("refuted"),
      ...Array(4).fill("confirmed"),
    ]);
    expect(report.title).toBe("014-rate-limits");
  });

  test("says whether all claims could be checked", () => {
    const [, , snapshot = {}, , drift = {}] = driftScenario;
    const claiming = (hash: string, algorithm: string): readonly EventJson[] => {
      const claims = { snapshot_hash: hash, artifact_count: 0, anomaly_count: 0, algorithm };
      return eventsOf([{ ...snapshot, payload: { ...(snapshot["payload"] as Json), ...claims } }]);
    };
    const verdictOn = (events: readonly EventJson[]): string =>
      auditedReport(auditEvents(events), observe(events), INPUT, "test").verdict.label;
    expect(verdictOn(claiming(EMPTY_HASH, "sha256"))).toBe("confirmed");
    expect(verdictOn(claiming("0", "md5"))).toBe("not all checked");
    expect(verdictOn(eventsOf([drift]))).toBe("not all checked");
  });

  test("says that a log without claims proves nothing", () => {
    const events = eventsOf(happyPath.slice(0, 1));
    const report = auditedReport(auditEvents(events), observe(events), INPUT, "test");
    expect(report.verdict).toMatchObject({ tone: "warn", label: "no claims" });
  });
});
