import type { Cell, ColumnKind } from "../report/report.js";

/** The text of a cell, which filters search. */
export function cellText(kind: ColumnKind, cell: Cell | undefined): string {
  if (cell === null || cell === undefined) {
    return "";
  }
  if (typeof cell === "object") {
    return cell[0];
  }
  if (typeof cell === "number") {
    return kind === "time" ? timeText(cell) : numberText(cell);
  }
  return cell;
}

/** A number, for people. */
export function numberText(number: number): string {
  return counted.format(number);
}

const counted = new Intl.NumberFormat("en");

function timeText(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime())
    ? String(time)
    : date.toISOString().replace("T", " ").replace(".000Z", "Z");
}
