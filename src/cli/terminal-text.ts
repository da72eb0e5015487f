import type { WriteStream } from "node:tty";
import picocolors from "picocolors";

/** Functions that color text, or return it unchanged. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colors for a terminal, unless the environment forbids them, and none for other streams. */
export function colorsFor(
  stream: Partial<Pick<WriteStream, "isTTY">>,
  env: { readonly [name: string]: string | undefined },
): Colors {
  // Given `undefined`, picocolors would decide by itself, and use colors in CI.
  const isTerminal = stream.isTTY ?? false;
  return picocolors.createColors(isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb");
}

/**
 * Makes text from an event safe to print: control characters, line breaks, invisible
 * characters and those that change the direction of text become escapes.
 */
export function printable(text: string): string {
  if (PLAIN.test(text)) {
    return text;
  }
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/**
 * Makes JSON text safe to print: the characters that {@link printable} escapes become
 * JSON escapes, so that the text is still the same JSON.
 */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) =>
    // A line feed is always between values, since a JSON string cannot contain one.
    character === "\n" ? character : character.split("").map(jsonEscape).join(""),
  );
}

function jsonEscape(utf16Unit: string): string {
  return `\\u${utf16Unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Plain ASCII, which most texts are. It is tested first because Unicode is slow to set up. */
const PLAIN = /^[ -~]*$/;

/** Unprintable characters, except the two joiners, which emoji and Persian words need. */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** A count with its noun: `1 event`, `2 events`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/**
 * Rows of text as columns of equal width, two spaces apart. A column that is empty
 * in every row takes no space.
 */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, Math.min(displayWidth(cell), MAX_COLUMN));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, index) => padEnd(cell, widths[index] ?? 0))
      .filter((_, index) => widths[index] !== 0)
      .join("  ")
      .trimEnd(),
  );
}

/** The largest width of a column, so that one very long cell does not widen all rows. */
const MAX_COLUMN = 72;

function padEnd(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - displayWidth(cell)));
}

/** The width of a text on a terminal, in cells. */
function displayWidth(text: string): number {
  if (PLAIN.test(text)) {
    return text.length;
  }
  if (text.length > LONG) {
    // Splitting a very long text into characters would take too long.
    return LONG;
  }
  graphemes ??= new Intl.Segmenter();
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/** More than the width of any column or line. */
const LONG = 1000;

let graphemes: Intl.Segmenter | undefined;

/** Characters two cells wide: emoji, and the scripts and forms that Unicode calls wide. */
const WIDE =
  /\ufe0f|[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
