import { describe, expect, test } from "vitest";
import { thinned } from "../../src/report/tables.js";
import { MAX_LISTED, timelineOf } from "../../src/report/timeline.js";
import { happyPath } from "../pages/streams.js";
import { eventsOf, observe } from "./support.js";

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
