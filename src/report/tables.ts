import { excerpt } from "../event/errors/mission-dossier-error.js";
import { printable } from "./printable.js";
import type { Cell, Column, Row, Table, Tone } from "./report.js";

/** The tones of the event kinds, in tables and on the timeline. */
export const KIND_TONES: { readonly [kind: string]: Tone } = {
  missing: "warn",
  drift: "bad",
  skipped: "warn",
};

/**
 * Makes a table of rows whose texts may come from events. Columns in which no row has a value are
 * left out.
 */
export function tableOf(table: Omit<Table, "rows">, rows: Iterable<Row>): Table {
  const all = [...rows];
  const isUsed = table.columns.map(
    (_, column) => all.length === 0 || all.some((row) => row[column] !== null),
  );
  return {
    ...table,
    columns: table.columns.filter((_, column) => isUsed[column]),
    rows: all.map((row) => row.filter((_, column) => isUsed[column]).map(shown)),
  };
}

/** Text from an event, cut to a length that no real one reaches, and safe to print. */
export function shownText(text: string): string {
  return printable(excerpt(text, MAX_TEXT));
}

const MAX_TEXT = 1000;

function shown(cell: Cell): Cell {
  return typeof cell === "string" ? shownText(cell) : cell;
}

/** A timestamp to the second. Its field accepts any text, which stays as it is. */
export function second(timestamp: string): string {
  return timestamp.replace(
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?$/,
    (_, time: string, zone = "") => `${time}${zone === "+00:00" ? "Z" : zone}`,
  );
}

/** Columns that several tables have. */
export const COLUMNS = {
  path: { title: "Path", kind: "path" },
  hash: { title: "Hash", kind: "code" },
  event: { title: "Event", kind: "id" },
  place: { title: "Place", kind: "text" },
  clock: { title: "Clock", kind: "number" },
  time: { title: "Time", kind: "time" },
} as const satisfies { readonly [name: string]: Column };

/** At most `most` items of a list, evenly spaced, and its last item. */
export function thinned<T>(list: readonly T[], most: number): readonly T[] {
  const step = Math.ceil(list.length / most);
  return step <= 1
    ? list
    : list.filter((_, index) => index % step === 0 || index === list.length - 1);
}
