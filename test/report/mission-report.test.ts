import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { auditEvents, reduceWithReport } from "../../src/index.js";
import { missionReport } from "../../src/report/mission-report.js";
import { Supersession } from "../../src/report/supersession.js";
import { withCautions } from "../../src/report/with-cautions.js";
import { anyStream } from "../support/arbitrary-stream.js";
import { runs } from "../support/runs.js";
import { timelineOf } from "../../src/report/timeline.js";
import { driftScenario, happyPath, hostileStream, type Json } from "../pages/streams.js";
import { eventsOf, INPUT, observe, reportOn, tableIn } from "./support.js";

describe("the report on a mission", () => {
  test("says that it has drifted, and between which events", () => {
    const { verdict, timeline } = reportOn(eventsOf(driftScenario));
    expect(verdict).toEqual({
      tone: "bad",
      label: "drifted",
      reason: "A drift was detected at clock 10: anomaly_introduced.",
      cautions: ["1 of 5 claims refuted by the events before"],
    });
    expect(timeline?.apart).toMatchObject({ from: { clock: 8 }, to: { clock: 10 } });
  });

  test("takes the first drift and the snapshot before it, whatever comes later", () => {
    const [, , snapshot = {}] = driftScenario;
    const later = { ...snapshot, event_id: "01KPE1X68TAAAAAAAAAAAAAAA1", lamport_clock: 20 };
    const { timeline } = reportOn(eventsOf([...driftScenario, later]));
    expect(timeline?.apart).toMatchObject({ from: { clock: 8 }, to: { clock: 10 } });
  });

  test("says that nothing was compared where there is no snapshot", () => {
    expect(reportOn(eventsOf(happyPath.slice(0, 2))).verdict).toMatchObject({
      tone: "warn",
      label: "unknown",
    });
  });

  test("is no good verdict as long as there is a caution", () => {
    const [first = {}, , , snapshot = {}] = happyPath;
    const clean = {
      ...snapshot,
      payload: { ...(snapshot["payload"] as object), artifact_count: 1 },
    };
    const broken = { ...first, event_id: "01KPE1X68TAAAAAAAAAAAAAAA1", payload: {} };
    const { verdict } = reportOn(eventsOf([first, clean, broken]));
    expect(verdict).toMatchObject({ tone: "warn", label: "clean" });
    expect(withCautions({ tone: "good", label: "", reason: "" }, []).tone).toBe("good");
  });

  test("cautions against records that are no events, and misspelled event types", () => {
    const [first = {}] = happyPath;
    const events = eventsOf([{ ...first, event_type: "MissionDossierArtifactIndxed" }]);
    const input = { ...INPUT, invalid: 2 };
    const { verdict } = missionReport(reduceWithReport(events), observe(events), input, "test");
    expect(verdict.cautions).toEqual([
      "2 invalid records skipped",
      "1 event type nearly one of the contract's",
    ]);
  });

  test("cuts a long chain", () => {
    const [first = {}] = happyPath;
    const events = Array.from({ length: 9 }, (_, index) => {
      const payload = first["payload"] as Json;
      const at = (path: number) => ({ ...(payload["artifact_id"] as Json), path: `${path}` });
      const event = {
        ...first,
        event_id: `01KPE1X68TAAAAAAAAAAAAAAA${index}`,
        lamport_clock: index,
      };
      return {
        ...event,
        payload: { ...payload, artifact_id: at(index), supersedes: at(index - 1) },
      };
    });
    const { rows } = tableIn(reportOn(eventsOf(events)), "artifacts");
    expect(rows[0]?.[3]).toBe("superseded by 1 → 2 → 3 → 4 → 5 → 6 → …");
  });

  test("shows the chain by which an artifact was superseded", () => {
    const { rows } = tableIn(reportOn(eventsOf(happyPath)), "artifacts");
    const folder = "kitty-specs/014-rate-limits";
    expect(rows.map(([path, , standing, chain]) => [path, standing, chain])).toEqual([
      [`${folder}/spec.md`, "present", null],
      [`${folder}/plan.md`, "superseded", `superseded by ${folder}/plan-v2.md`],
      [`${folder}/tasks.md`, "present", null],
      [`${folder}/plan-v2.md`, "present", `supersedes ${folder}/plan.md`],
    ]);
  });

  test("ends a chain where the path was indexed once more", () => {
    const [, plan = {}] = happyPath;
    const again = { ...plan, event_id: "01KPE1X68TAAAAAAAAAAAAAAA1", lamport_clock: 20 };
    const { columns, rows } = tableIn(reportOn(eventsOf([...happyPath, again])), "artifacts");
    expect(rows[1]?.[2]).toBe("present");
    // Nothing is superseded, so that no column is left for it.
    expect(columns.map(({ title }) => title)).not.toContain("Supersession");
  });

  test("gives the claimed hash beside the computed one", () => {
    const [claimed, computed] = reportOn(eventsOf(happyPath)).hashes;
    expect(claimed?.note).toBe("latest snapshot; the state has another");
    expect(computed?.value).toMatch(/^sha256:11586/);
  });

  test("lists each broken rule of a skipped event, and makes it a caution", () => {
    const events = hostileStream()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const report = reportOn(events);
    const { rows } = tableIn(report, "skipped");
    expect(rows[0]?.slice(2, 4)).toEqual([
      "MissionDossierArtifactIndexed",
      "content_ref.algorithm",
    ]);
    expect(report.verdict.cautions[0]).toBe("15 payloads skipped that the contract rejects");
  });

  test("names each id that came with two contents", () => {
    const [first = {}, ...others] = happyPath;
    const events = eventsOf([first, ...others, { ...first, lamport_clock: 99 }]);
    const report = reportOn(events);
    expect(tableIn(report, "conflicts").rows).toEqual([["line 7", first["event_id"]]]);
    expect(report.verdict.cautions).toContain("1 id with more than one content");
  });

  test("lists diagnostics that do not keep an event from counting", () => {
    const [first = {}] = happyPath;
    const report = reportOn(eventsOf([{ ...first, colour: "red" }]));
    expect(tableIn(report, "diagnostics").rows[0]?.slice(0, 4)).toEqual([
      "line 1",
      first["event_id"],
      "unknown_field",
      "colour",
    ]);
  });

  test("has only texts that are safe to print, cut to a length", () => {
    const events = hostileStream()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const texts: string[] = [];
    JSON.stringify(reportOn(events), (_, value) => {
      if (typeof value === "string") {
        texts.push(value);
      }
      return value;
    });
    expect(texts.filter((text) => /[\p{Cc}\u202e\u2028]/u.test(text))).toEqual([]);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThan(1100);
  });

  test("counts as the reducer does, for any stream", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        const { state } = reduceWithReport(events);
        const log = observe(events);
        const supersession = new Supersession();
        for (const event of log.events()) {
          supersession.take(event);
        }
        const superseded = [...state.artifacts].filter(([, entry]) => entry.superseded);
        expect(log.events()).toHaveLength(state.eventCount);
        const clocks = log.events().map(({ clock }) => clock);
        expect(clocks).toEqual(clocks.toSorted((a, b) => a - b));
        expect(supersession.known).toBe(state.artifacts.size);
        expect(supersession.count).toBe(superseded.length);
        for (const [path] of superseded) {
          expect(supersession.chainFrom(path, 99).length).toBeGreaterThan(0);
        }
        expect(log.findings()).toEqual(auditEvents(events).findings);
        const [, , ...counts] = timelineOf(log.events()).timeline?.counts.points.at(-1) ?? [0, 0];
        expect(counts.at(-1) ?? 0).toBe(state.anomalies.length);
      }),
      { numRuns: runs(300) },
    );
  });
});
