import type { Cell, Row, Table } from "../report/report.js";
import { cellText } from "./cell-text.js";

/** The rows of a table that are shown, and their order. */
export type Selection = {
  /** A text that a cell of each row contains, in whatever case. Empty for all rows. */
  readonly wanted: string;
  /** The value that each row has in a column. */
  readonly chosen: ReadonlyMap<number, string>;
  /** The values that the rows have in a column. */
  readonly range: Range | undefined;
  readonly sort: { readonly column: number; readonly descending: boolean } | undefined;
  /** The column by which the rows are grouped. */
  readonly group: number | undefined;
};

/** Numbers, or one text, of a column. Both ends are included. */
export type Range = {
  readonly column: number;
  readonly from: number | string;
  readonly to: number | string;
};

/** A heading of a group, or a row. */
export type Line = Row | Group;

/** The heading of a group. */
export type Group = { readonly group: string; readonly count: number };

/** The lines of a table, selected and in order. */
export class Lines {
  /** The texts that are searched, made when they are first needed. */
  private texts: readonly string[] | undefined;

  constructor(private readonly table: Table) {}

  /** The rows that a selection leaves, and the lines that show them. */
  select(selection: Selection): { readonly rows: readonly Row[]; readonly lines: readonly Line[] } {
    const rows = sorted(this.filtered(selection), selection);
    const { group } = selection;
    return { rows, lines: group === undefined ? rows : grouped(rows, group) };
  }

  private filtered({ wanted, chosen, range }: Selection): readonly Row[] {
    const { rows } = this.table;
    const text = wanted.trim().toLowerCase();
    if (text === "" && chosen.size === 0 && range === undefined) {
      return rows;
    }
    const texts = text === "" ? [] : this.searched();
    return rows.filter(
      (row, index) =>
        (text === "" || texts[index]?.includes(text)) &&
        [...chosen].every(([column, value]) => valueText(row[column]) === value) &&
        (range === undefined || isIn(range, row[range.column])),
    );
  }

  private searched(): readonly string[] {
    const { columns, rows } = this.table;
    this.texts ??= rows.map((row) =>
      row
        .map((cell, column) => cellText(columns[column]?.kind ?? "text", cell))
        // No text has a line feed, so that a match is within one cell.
        .join("\n")
        .toLowerCase(),
    );
    return this.texts;
  }
}

/** The text of a value by which rows are chosen and grouped. */
export function valueText(cell: Cell | undefined): string {
  return cellText("category", cell) || "–";
}

function isIn({ from, to }: Range, cell: Cell | undefined): boolean {
  return typeof cell === "number" && typeof from === "number" && typeof to === "number"
    ? cell >= from && cell <= to
    : cell === from;
}

function sorted(rows: readonly Row[], { sort }: Selection): readonly Row[] {
  if (sort === undefined) {
    return rows;
  }
  const { column, descending } = sort;
  return rows.toSorted((a, b) => order(a[column], b[column], descending ? -1 : 1));
}

function grouped(rows: readonly Row[], column: number): Line[] {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const value = valueText(row[column]);
    const members = groups.get(value) ?? [];
    members.push(row);
    groups.set(value, members);
  }
  return [...groups]
    .sort(([a], [b]) => order(a, b, 1))
    .flatMap(([group, members]): Line[] => [{ group, count: members.length }, ...members]);
}

/** Numbers come before texts. Absent values come last, however the others are sorted. */
function order(a: Cell | undefined, b: Cell | undefined, sign: 1 | -1): number {
  const [x, y] = [sortValue(a), sortValue(b)];
  if (x === undefined || y === undefined) {
    return Number(x === undefined) - Number(y === undefined);
  }
  if (typeof x !== typeof y) {
    return sign * (typeof x === "number" ? -1 : 1);
  }
  return x === y ? 0 : sign * (x < y ? -1 : 1);
}

function sortValue(cell: Cell | undefined): string | number | undefined {
  return typeof cell === "object" ? cell?.[0] : cell;
}
