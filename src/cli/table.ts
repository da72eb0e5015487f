import { isAscii } from "../report/printable.js";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import { segments, textWidth } from "./text-width.js";

/** How a table is laid out. */
export type TableOptions = {
  /** The width of the terminal, in cells. Without it, nothing is wrapped. */
  readonly width?: number | undefined;
  /** Colors the text of a cell in a column, counted from 0. */
  readonly paint?: (text: string, column: number) => string;
};

/**
 * Rows of text as columns of equal width, two spaces apart. A column that is empty in every
 * row takes no space. Where the rows are wider than the terminal, the widest columns are made
 * narrower, and their text is wrapped, between words if possible.
 *
 * @returns The lines, of which a row has one or more.
 */
export function columns(rows: readonly (readonly string[])[], options?: TableOptions): string[] {
  return table(rows, options).flat();
}

/**
 * Rows of a name and a value, such as a hash, as columns. If a value would have to be broken, each
 * comes on a line of its own, below its name.
 */
export function namedValues(
  rows: readonly (readonly [name: string, value: string])[],
  width: number | undefined,
): string[] {
  const lines = columns(rows);
  return width === undefined || lines.every((line) => textWidth(line) <= width)
    ? lines
    : rows.flatMap(([name, value]) => [name, ...indent(wrapped(value, width - INDENT.length))]);
}

/** Like {@link columns}, with the lines of each row on their own. */
export function table(
  rows: readonly (readonly string[])[],
  { width, paint = (text) => text }: TableOptions = {},
): string[][] {
  const widths = columnWidths(rows, width);
  return rows.map((row) => {
    const cells = row.map((cell, column) => ({
      column,
      lines: width === undefined ? [cell] : wrapped(cell, widths[column] ?? 0),
    }));
    const height = Math.max(1, ...cells.map(({ lines }) => lines.length));
    return Array.from({ length: height }, (_, index) => {
      const shown = cells
        .filter(({ column }) => widths[column] !== 0)
        .map(({ column, lines }) => ({ column, text: lines[index] ?? "" }));
      while (shown.at(-1)?.text === "") {
        shown.pop();
      }
      return shown
        .map(({ column, text }, place) => {
          const isLast = place === shown.length - 1;
          const gap = isLast
            ? ""
            : " ".repeat(Math.max(0, (widths[column] ?? 0) - textWidth(text)));
          return `${text === "" ? "" : paint(text, column)}${gap}`;
        })
        .join(GAP);
    });
  });
}

/** Cells side by side, two spaces apart, on as many lines as they need. Leaves empty cells out. */
export function flow(cells: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const piece of cells.flatMap((cell) => (cell === "" ? [] : wrapped(cell, width)))) {
    const last = lines.at(-1);
    const longer = `${last}${GAP}${piece}`;
    if (last !== undefined && textWidth(longer) <= width) {
      lines.splice(-1, 1, longer);
    } else {
      lines.push(piece);
    }
  }
  return lines;
}

/** Lines below a heading. */
export function indent(lines: readonly string[]): string[] {
  return lines.map((line) => `${INDENT}${line}`);
}

/** The width that is left to lines that are indented once more. */
export function deeper(width: number | undefined): number | undefined {
  return width === undefined ? undefined : width - INDENT.length;
}

/** The space before a line that {@link indent} has indented. */
export const INDENT = "  ";

const GAP = "  ";

function columnWidths(
  rows: readonly (readonly string[])[],
  width: number | undefined,
): readonly number[] {
  const widths: number[] = [];
  const most = width ?? MAX_COLUMN;
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, Math.min(textWidth(cell), most));
    }
  }
  if (width !== undefined) {
    const words = widths.map((_, index) => longestWord(rows, index));
    narrow(widths, width, words);
    narrow(
      widths,
      width,
      widths.map(() => MIN_COLUMN),
    );
  }
  return widths;
}

/** The largest width of a column, so that one very long cell does not widen all rows. */
const MAX_COLUMN = 72;

/** Takes cells from the widest columns, until all fit or all have their least width. */
function narrow(widths: number[], width: number, least: readonly number[]): void {
  const shown = widths.filter((each) => each > 0).length;
  let excess = widths.reduce((sum, each) => sum + each, GAP.length * (shown - 1)) - width;
  while (excess > 0) {
    const wide = widths.map((each, index) => (each > (least[index] ?? 0) ? each : 0));
    const widest = Math.max(0, ...wide);
    if (widest === 0) {
      return;
    }
    widths[wide.lastIndexOf(widest)] = widest - 1;
    excess--;
  }
}

function longestWord(rows: readonly (readonly string[])[], column: number): number {
  const words = rows.flatMap((row) => (row[column] ?? "").split(" "));
  return words.reduce((longest, word) => Math.max(longest, textWidth(word)), MIN_COLUMN);
}

/** No column is made narrower than this: hardly a word would fit. */
const MIN_COLUMN = 8;

/** A text as lines of a width, broken between words where that is possible. */
function wrapped(text: string, width: number): string[] {
  if (textWidth(text) <= width) {
    return [text];
  }
  const lines: string[] = [];
  let line = "";
  for (const word of excerpt(text, MAX_TEXT).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (textWidth(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") {
      lines.push(line);
    }
    const pieces = broken(word, width);
    line = pieces.pop() ?? "";
    lines.push(...pieces);
  }
  return [...lines, line];
}

/** The most characters of a cell that are shown, so that one text does not fill many screens. */
const MAX_TEXT = 2000;

/** A word that is longer than a line, broken after a separator near the end if there is one. */
function broken(word: string, width: number): string[] {
  const pieces: string[] = [];
  let piece = "";
  for (const segment of isAscii(word) ? word : segments(word)) {
    if (piece !== "" && textWidth(piece + segment) > width) {
      const ends = [FOLDERS, SEPARATED].map((pattern) => pattern.exec(piece)?.[0].length ?? 0);
      const cut = ends.find((end) => end > piece.length / 2) ?? piece.length;
      pieces.push(piece.slice(0, cut));
      piece = piece.slice(cut);
    }
    piece += segment;
  }
  return [...pieces, piece];
}

/** Up to the last folder of a path. */
const FOLDERS = /^.*\//;

/** Up to the last separator, as they occur in paths, field names and timestamps. */
const SEPARATED = /^.*[/._:T-]/;
