import { readEach } from "../../src/event/envelope/read-event.js";
import { type EventJson, type GivenEvent, reduceWithReport } from "../../src/index.js";
import { missionReport } from "../../src/report/mission-report.js";
import { ObservedLog } from "../../src/report/observed-log.js";
import type { Report, Table } from "../../src/report/report.js";

/** The facts about an input of one file, each line of which is an event. */
export const INPUT = {
  sources: ["events.jsonl"],
  placeOf: (at = -1) => `line ${at + 1}`,
  invalid: 0,
};

/** The log of these events. */
export function observe(events: readonly GivenEvent[]): ObservedLog {
  const log = new ObservedLog();
  readEach(events, (event, position) => {
    if (event.kind !== "other") {
      log.add(event, position);
    }
  });
  return log;
}

/** The fixtures as events, which they are. */
export function eventsOf(stream: readonly object[]): readonly EventJson[] {
  return stream as readonly EventJson[];
}

/** The report on the mission of these events. */
export function reportOn(events: readonly EventJson[]): Report {
  return missionReport(reduceWithReport(events), observe(events), INPUT, "test");
}

/** A table of a report. */
export function tableIn(report: Report, id: string): Table {
  const table = report.tables.find((each) => each.id === id);
  if (table === undefined) {
    throw new Error(`The report has no table ${id}.`);
  }
  return table;
}
