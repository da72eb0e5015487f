import { describe, expect, test } from "vitest";
import { Lines, type Selection } from "../../src/pages/lines.js";
import type { Row, Table } from "../../src/report/report.js";

const ROWS: readonly Row[] = [
  ["b.md", "input", 3],
  ["a.md", "output", null],
  ["c.md", "input", 20],
];

const TABLE: Table = {
  id: "artifacts",
  title: "Artifacts",
  empty: "",
  columns: [
    { title: "Path", kind: "path" },
    { title: "Class", kind: "category" },
    { title: "Bytes", kind: "number" },
  ],
  rows: ROWS,
};

const ALL: Selection = {
  wanted: "",
  chosen: new Map(),
  range: undefined,
  sort: undefined,
  group: undefined,
};

function linesFor(selection: Partial<Selection>): readonly unknown[] {
  const { lines } = new Lines(TABLE).select({ ...ALL, ...selection });
  return lines.map((line) => ("group" in line ? `${line.group} ${line.count}` : line[0]));
}

describe("the lines of a table", () => {
  test("are its rows in their order", () => {
    expect(linesFor({})).toEqual(["b.md", "a.md", "c.md"]);
  });

  test.each([
    ["a text, in whatever case", { wanted: " OUT " }, ["a.md"]],
    ["a value of a column", { chosen: new Map([[1, "input"]]) }, ["b.md", "c.md"]],
    ["an absent value", { chosen: new Map([[2, "–"]]) }, ["a.md"]],
    ["a whole text", { range: { column: 0, from: "a.md", to: "a.md" } }, ["a.md"]],
    ["numbers in a range", { range: { column: 2, from: 3, to: 19 } }, ["b.md"]],
  ])("are filtered by %s", (_, selection, expected) => {
    expect(linesFor(selection)).toEqual(expected);
  });

  test("are sorted by text and by number, absent values last", () => {
    expect(linesFor({ sort: { column: 0, descending: false } })).toEqual(["a.md", "b.md", "c.md"]);
    expect(linesFor({ sort: { column: 2, descending: false } })).toEqual(["b.md", "c.md", "a.md"]);
    expect(linesFor({ sort: { column: 2, descending: true } })).toEqual(["c.md", "b.md", "a.md"]);
  });

  test("are grouped below a heading for each value", () => {
    expect(linesFor({ group: 1 })).toEqual(["input 2", "b.md", "c.md", "output 1", "a.md"]);
  });

  test("leave the table as it is", () => {
    linesFor({ sort: { column: 0, descending: true }, group: 1 });
    expect(TABLE.rows).toEqual(ROWS);
  });
});
