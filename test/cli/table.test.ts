import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columns, flow, table } from "../../src/cli/table.js";
import { textWidth } from "../../src/cli/text-width.js";

describe("columns", () => {
  const long = "x".repeat(100);
  test.each([
    { of: "no rows", rows: [], expected: [] },
    {
      of: "cells of different width",
      rows: [
        ["a", "bb", "c"],
        ["aaa", "b", "c"],
      ],
      expected: ["a    bb  c", "aaa  b   c"],
    },
    { of: "rows of different length", rows: [["a"], ["bb", "c"]], expected: ["a", "bb  c"] },
    {
      of: "empty last cells",
      rows: [
        ["a", ""],
        ["bb", "c"],
      ],
      expected: ["a", "bb  c"],
    },
    {
      of: "a column that is empty in every row",
      rows: [
        ["", "a", "", "b"],
        ["", "c", "", "d"],
      ],
      expected: ["a  b", "c  d"],
    },
    {
      of: "one very long cell",
      rows: [
        [long, "a"],
        ["x", "b"],
      ],
      expected: [`${long}  a`, `x${" ".repeat(71)}  b`],
    },
    {
      of: "characters that take two cells, or none",
      rows: [
        ["語", "1"],
        ["😀", "2"],
        ["⚠\ufe0f", "3"],
        ["e\u0301e\u0301", "4"],
        ["ab", "5"],
        ["👨\u200d👩", "6"],
        ["한", "7"],
        ["Ａ", "8"],
      ],
      expected: [
        "語  1",
        "😀  2",
        "⚠\ufe0f  3",
        "e\u0301e\u0301  4",
        "ab  5",
        "👨\u200d👩  6",
        "한  7",
        "Ａ  8",
      ],
    },
    {
      of: "characters that are one cell wide and not ASCII",
      rows: [
        ["éß", "1"],
        ["ｱｲ", "2"],
        ["ab", "3"],
      ],
      expected: ["éß  1", "ｱｲ  2", "ab  3"],
    },
  ])("aligns $of", ({ rows, expected }) => {
    expect(columns(rows)).toEqual(expected);
  });
});

test("a very long text is wide, whatever it is made of", () => {
  const [line = ""] = columns([["語".repeat(1_000_000), "next"]]);
  expect(line.endsWith("語  next")).toBe(true);
});

describe("on a terminal", () => {
  test("leaves a table alone that fits", () => {
    const rows = [
      ["a", "bb"],
      ["aaa", "b".repeat(100)],
    ];
    expect(columns(rows, { width: 105 })).toEqual(["a    bb", `aaa  ${"b".repeat(100)}`]);
  });

  test("wraps the widest column between words, and within words that are too long", () => {
    const rows = [
      ["indexed_at", "must be a date and time of RFC 3339, for example", "[string.pattern]"],
      ["path", "x".repeat(25), "[string.min_len]"],
    ];
    expect(table(rows, { width: 50 })).toEqual([
      [
        "indexed_at  must be a date and    [string.pattern]",
        "            time of RFC 3339,",
        "            for example",
      ],
      ["path        xxxxxxxxxxxxxxxxxxxx  [string.min_len]", "            xxxxx"],
    ]);
  });

  test("breaks words only if the terminal is too narrow for them", () => {
    const rows = [["payload.artifact_id.artifact_class", "must be in the list", "[string.in]"]];
    expect(columns(rows, { width: 60 })).toEqual([
      "payload.artifact_id.artifact_class  must be in   [string.in]",
      "                                    the list",
    ]);
    expect(columns(rows, { width: 40 })).toEqual([
      "payload.artifact_  must be   [string.in]",
      "id.artifact_class  in the",
      "                   list",
    ]);
  });

  test("colors text, and not the space between columns", () => {
    const paint = (text: string, column: number): string => (column === 0 ? `<${text}>` : text);
    const rows = [
      ["a", "bbbb bbb bbbb"],
      ["aaa", ""],
    ];
    expect(columns(rows, { width: 13, paint })).toEqual(["<a>    bbbb bbb", "     bbbb", "<aaa>"]);
  });

  test("cuts what would fill screens", () => {
    const lines = columns([["x".repeat(1_000_000)]], { width: 100 });
    expect(lines.length).toBeLessThan(25);
    expect(lines.at(-1)).toContain("…");
  });

  test("is never wider than the terminal, and loses no text", () => {
    const cell = fc.string({ unit: fc.constantFrom("a", "b", " ", "語", "😀"), maxLength: 60 });
    const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 4 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 28, max: 90 }), (given, width) => {
        const lines = table(given, { width });
        expect(Math.max(0, ...lines.flat().map(textWidth))).toBeLessThanOrEqual(width);
        for (const [index, row] of given.entries()) {
          expect(charactersOf(lines[index] ?? [])).toEqual(charactersOf(row));
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** How often each character occurs in texts, except for spaces. */
function charactersOf(texts: readonly string[]): readonly string[] {
  return [...texts.join("").replaceAll(" ", "")].sort();
}

describe("cells that flow", () => {
  test.each([
    { cells: ["aaa", "", "bbb", "ccc"], width: 8, expected: ["aaa  bbb", "ccc"] },
    { cells: ["aaa", "bbb"], width: 7, expected: ["aaa", "bbb"] },
    { cells: ["語語", "語"], width: 8, expected: ["語語  語"] },
    { cells: ["", ""], width: 8, expected: [] },
    { cells: ["aaaaaaaaaa", "b"], width: 8, expected: ["aaaaaaaa", "aa  b"] },
  ])("$cells in $width", ({ cells, width, expected }) => {
    expect(flow(cells, width)).toEqual(expected);
  });
});
