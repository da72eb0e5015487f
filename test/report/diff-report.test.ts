import { describe, expect, test } from "vitest";
import { diffStates, type EventJson, reduceWithReport } from "../../src/index.js";
import { readEach } from "../../src/event/envelope/read-event.js";
import { DifferenceOrigins } from "../../src/parity/origins.js";
import { diffReport } from "../../src/report/diff-report.js";
import type { Report } from "../../src/report/report.js";
import { driftScenario, happyPath, type Json } from "../pages/streams.js";
import { eventsOf, observe, tableIn } from "./support.js";

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

  test("has a row for each kind of difference", () => {
    const [indexed = {}, second = {}, third = {}] = happyPath;
    const [, , , missing = {}] = driftScenario;
    const { namespace } = indexed["payload"] as Json;
    const changed = (event: Json, change: Json): Json => ({
      ...event,
      payload: { ...(event["payload"] as Json), namespace, ...change },
    });
    const ofClass = { artifact_id: { ...identityOf(second), artifact_class: "policy" } };
    const anotherManifest = { namespace: { ...(namespace as Json), manifest_version: "2" } };
    const a = [indexed, second, changed(third, { content_ref: { hash: "a", algorithm: "md5" } })];
    const b = [second, third, missing, ...happyPath.slice(4)].map((event) =>
      changed(event, { ...anotherManifest, ...(event === second ? ofClass : {}) }),
    );
    const rowsOf = (report: Report): unknown[] =>
      tableIn(report, "differences").rows.map(([kind, parity]) => `${kind}: ${parity}`);
    expect(rowsOf(compare(eventsOf(a), eventsOf(b)))).toEqual([
      "manifest version changed: kept",
      "artifact added: lost",
      "artifact removed: lost",
      "artifact removed: lost",
      "artifact mutated: lost",
      "anomaly introduced: kept",
    ]);
    expect(rowsOf(compare(eventsOf(b), eventsOf(a)))).toContain("anomaly resolved: kept");
    const reclassified = compare(eventsOf([second]), eventsOf([changed(second, ofClass)]));
    expect(rowsOf(reclassified)).toEqual(["artifact reclassified: kept"]);
    expect(reclassified.verdict.reason).toBe(
      "The artifacts of both are the same. 1 difference beside them changed no hash.",
    );
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

function identityOf(event: Json): Json {
  return (event["payload"] as Json)["artifact_id"] as Json;
}
