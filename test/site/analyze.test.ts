import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { analyze } from "../../src/site/worker/analyze.js";
import { readRecord } from "../../src/site/worker/read-record.js";
import { DRIFT_SCENARIO, HAPPY_PATH } from "../cli/command.js";

const happyPath = readFileSync(HAPPY_PATH, "utf8");
const driftScenario = readFileSync(DRIFT_SCENARIO, "utf8");

describe("an input is analyzed:", () => {
  test("each record has a verdict, at its place", async () => {
    const { records, places, troubled, rejectedCount } = await analyze(
      new Blob([`\n{"event_type":"X"}\nnot JSON\n${happyPath}`]),
      "log",
      () => {},
    );
    expect(records.rows.map(([line, verdict]) => [line, verdict])).toEqual([
      [2, "rejected"],
      [3, "not JSON"],
      ...[4, 5, 6, 7, 8, 9].map((line) => [line, "accepted"]),
    ]);
    expect(troubled.map(({ place }) => place.line)).toEqual([2, 3]);
    expect(places.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(rejectedCount).toBe(2);
  });

  test("a mission's report counts the records that were left out", async () => {
    const { missions } = await analyze(new Blob([`1\nnot JSON\n${happyPath}`]), "log", () => {});
    expect(missions.map(({ report }) => report.verdict)).toMatchObject([
      { label: "clean", tone: "warn", cautions: ["2 invalid records skipped", expect.anything()] },
    ]);
  });

  test("of several missions, those that drifted are first", async () => {
    const { missions } = await analyze(new Blob([happyPath + driftScenario]), "log", () => {});
    expect(missions.map(({ report }) => [report.title, report.verdict.label])).toEqual([
      ["021-audit-log", "drifted"],
      ["014-rate-limits", "clean"],
    ]);
  });

  test("it is read to its end, and progress is reported", async () => {
    const blob = new Blob([happyPath]);
    const read: number[] = [];
    await analyze(blob, "log", (bytes) => read.push(bytes));
    expect(read.at(-1)).toBe(blob.size);
  });
});

test("one record of an input is read by its line, or its item of an array", async () => {
  const event = JSON.parse(driftScenario.split("\n")[1] ?? "");
  const array = new Blob([`[{},\n${JSON.stringify(event)}]`]);
  for (const [blob, number] of [
    [new Blob([driftScenario]), 2],
    [array, 2],
  ] as const) {
    const record = await readRecord(blob, number);
    expect(JSON.parse(record?.text ?? "")).toEqual(event);
    expect(record?.problems).toEqual([]);
  }
  expect(await readRecord(array, 3)).toBe(undefined);
});
