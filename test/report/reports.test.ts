import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reduceStream } from "../../src/dossier/reduce-stream.js";
import type { GivenEvent } from "../../src/event/envelope/accepted-event.js";
import { readEach } from "../../src/event/envelope/read-event.js";
import {
  auditEvents,
  diffStates,
  type EventJson,
  reduceByNamespace,
  reduceWithReport,
} from "../../src/index.js";
import { DifferenceOrigins } from "../../src/parity/origins.js";
import { auditedReport } from "../../src/report/audited-report.js";
import { diffReport } from "../../src/report/diff-report.js";
import { missionReport } from "../../src/report/mission-report.js";
import { missionsReport } from "../../src/report/missions-report.js";
import { Observation, ObservedLog } from "../../src/report/observed-log.js";
import { PLACEHOLDER, reportPage } from "../../src/report/page.js";
import type { Report, Table } from "../../src/report/report.js";
import { Supersession } from "../../src/report/supersession.js";
import { thinned } from "../../src/report/tables.js";
import { MAX_LISTED, timelineOf } from "../../src/report/timeline.js";
import { driftScenario, happyPath, hostileStream } from "../pages/streams.js";
import { withCautions } from "../../src/report/with-cautions.js";
import { anyStream } from "../support/arbitrary-stream.js";
import { runs } from "../support/runs.js";

const INPUT = { sources: ["events.jsonl"], placeOf: (at = -1) => `line ${at + 1}`, invalid: 0 };

function observe(events: readonly EventJson[]): ObservedLog {
  const log = new ObservedLog();
  readEach(events, (event, position) => {
    if (event.kind !== "other") {
      log.add(event, position);
    }
  });
  return log;
}

/** The fixtures are events. */
function eventsOf(stream: readonly object[]): readonly EventJson[] {
  return stream as readonly EventJson[];
}

function reportOn(events: readonly EventJson[]): Report {
  return missionReport(reduceWithReport(events), observe(events), INPUT, "test");
}

function tableIn(report: Report, id: string): Table {
  const table = report.tables.find((each) => each.id === id);
  expect(table, id).toBeDefined();
  return table as Table;
}

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
    expect(report.verdict.cautions[0]).toBe(
      "15 events skipped, because the contract rejects the payload",
    );
  });

  test("names each id that came with two contents", () => {
    const [first = {}, ...others] = happyPath;
    const events = eventsOf([first, ...others, { ...first, lamport_clock: 99 }]);
    const report = reportOn(events);
    expect(tableIn(report, "conflicts").rows).toEqual([["line 7", first["event_id"]]]);
    expect(report.verdict.cautions).toContain("1 id with two contents");
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
      ["drifted", ["021-audit-log", "page-1"]],
      ["clean", ["014-rate-limits", "page-0"]],
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

describe("a timeline", () => {
  test("lists all rare events of a long log, and a sample of the others", () => {
    const [first] = observe(eventsOf(happyPath)).events();
    const events = Array.from({ length: MAX_LISTED + 1 }, (_, clock) => ({
      ...(first as Exclude<typeof first, undefined>),
      clock,
      kind: clock % 1000 === 0 ? ("drift" as const) : ("indexed" as const),
    }));
    const { table } = timelineOf(events);
    expect(table.rows.length).toBeLessThanOrEqual(MAX_LISTED);
    expect(table.rows.filter(([kind]) => kind === "drift")).toHaveLength(101);
    expect(table.note).toContain("100001 events");
  });
});

test("a list is thinned evenly, and keeps its end", () => {
  expect(thinned([0, 1, 2, 3, 4, 5, 6, 7], 3)).toEqual([0, 3, 6, 7]);
  expect(thinned([0, 1, 2], 3)).toEqual([0, 1, 2]);
});

describe("an observation", () => {
  async function* once(): AsyncGenerator<GivenEvent> {
    yield* eventsOf(happyPath);
  }

  test("forgets the events of the time before", async () => {
    const observation = new Observation();
    let from = 0;
    const events = observation.of({
      async *[Symbol.asyncIterator]() {
        yield* eventsOf(happyPath.slice(from++));
      },
    });
    await reduceStream(events);
    expect(observation.log().events()).toHaveLength(6);
    await reduceStream(events);
    expect(observation.log().events()).toHaveLength(5);
  });

  test("leaves events that can be read only once as they are", () => {
    const observed = new Observation().of(once());
    expect(observed[Symbol.asyncIterator]()).toBe(observed);
  });
});

describe("the report on a comparison", () => {
  const side = (events: readonly EventJson[]) => ({
    name: "log",
    state: reduceWithReport(events).state,
    events: observe(events).events(),
    doubts: [],
  });
  const compare = (a: readonly EventJson[], b: readonly EventJson[]): Report => {
    const diff = diffStates(side(a).state, side(b).state);
    const origins = new DifferenceOrigins(diff);
    for (const [name, events] of [
      ["a", a],
      ["b", b],
    ] as const) {
      readEach(events, (event) => event.kind !== "other" && origins.take(name, event));
    }
    return diffReport(diff, origins, { a: side(a), b: side(b) }, "test");
  };

  test("shows the event with which the replicas came apart", () => {
    const report = compare(eventsOf(happyPath), eventsOf(happyPath.slice(0, 4)));
    expect(report.verdict.reason).toBe(
      "2 artifacts differ. They came apart with the event at clock 10 of A.",
    );
    expect(report.timeline?.apart).toMatchObject({ from: null, to: { clock: 10 } });
    expect(tableIn(report, "events").rows.map(([lane]) => lane)).toEqual([
      ...Array(4).fill("both"),
      "only A",
      "only A",
    ]);
  });

  test("shows an event that says something else on each side twice", () => {
    const [first = {}] = happyPath;
    const payload = first["payload"] as object;
    const other = {
      ...first,
      payload: { ...payload, content_ref: { hash: "0", algorithm: "md5" } },
    };
    const report = compare(eventsOf([first]), eventsOf([other]));
    expect(tableIn(report, "events").rows.map(([lane]) => lane)).toEqual(["only A", "only B"]);
    expect(report.timeline?.apart).toMatchObject({ to: { clock: 5 } });
  });

  test("counts the artifacts of each side by its own events", () => {
    const report = compare(eventsOf(happyPath.slice(0, 1)), eventsOf(happyPath.slice(0, 3)));
    expect(report.timeline?.counts.points.map(([, , ...counts]) => counts)).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
    ]);
  });

  test("says that two equal replicas are in parity", () => {
    const report = compare(eventsOf(happyPath), eventsOf(happyPath));
    expect(report.verdict).toMatchObject({ tone: "good", label: "in parity" });
    expect(tableIn(report, "differences").rows).toEqual([]);
  });

  test("has no timeline where only the states are known", () => {
    const { state } = side(eventsOf(happyPath));
    const known = { name: "state", state, events: [], doubts: ["1 payload skipped"] };
    const diff = diffStates(state, state);
    const report = diffReport(diff, new DifferenceOrigins(diff), { a: known, b: known }, "test");
    expect(report.timeline).toBeUndefined();
    expect(report.verdict.cautions).toContain("A: 1 payload skipped");
  });
});

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

  test("says that a log without claims proves nothing", () => {
    const events = eventsOf(happyPath.slice(0, 1));
    const report = auditedReport(auditEvents(events), observe(events), INPUT, "test");
    expect(report.verdict).toMatchObject({ tone: "warn", label: "no claims" });
  });
});

describe("a page", () => {
  const TEMPLATE = `<script type="application/json">${PLACEHOLDER}</script>`;

  test("holds any report, which no text in it can end", () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("</script>", "<!--", "<script", "$&", PLACEHOLDER, "\u2028"),
    );
    fc.assert(
      fc.property(fc.array(text), (texts) => {
        const report = { ...reportOn([]), title: texts.join("") };
        const page = reportPage(TEMPLATE, report);
        const inside = page.slice(TEMPLATE.indexOf(PLACEHOLDER), -"</script>".length);
        expect(inside).not.toContain("<");
        expect(JSON.parse(inside)).toEqual(JSON.parse(JSON.stringify(report)));
      }),
      { numRuns: runs(500) },
    );
  });
});
