import type { WriteStream } from "node:tty";
import picocolors from "picocolors";

/** What paints text, or leaves it plain. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colors for a stream that a person reads, and none for anything else. */
export function colorsFor(
  stream: Partial<Pick<WriteStream, "isTTY">>,
  env: { readonly [name: string]: string | undefined },
): Colors {
  // Asked for `undefined`, picocolors would decide for itself, and color in CI.
  const isTerminal = stream.isTTY ?? false;
  return picocolors.createColors(isTerminal && !env["NO_COLOR"] && env["TERM"] !== "dumb");
}

/**
 * Text from an event, made safe to print: control characters, line breaks,
 * characters that turn the direction of text and those that nobody sees are shown
 * as escapes.
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
 * JSON text, made safe to print: what {@link printable} escapes is escaped as JSON
 * does it, so that the text still says exactly the same.
 */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, (character) =>
    // A line feed here stands between values; JSON has none within a string.
    character === "\n" ? character : character.split("").map(jsonEscape).join(""),
  );
}

function jsonEscape(utf16Unit: string): string {
  return `\\u${utf16Unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Most texts are plain, and what Unicode takes to set up takes a while. */
const PLAIN = /^[ -~]*$/;

/** The two joiners stay: they spell emoji, and words in Persian. */
const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** `1 event`, `2 events`. */
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

/** One very long cell does not push the others off the screen. */
const MAX_COLUMN = 72;

function padEnd(cell: string, width: number): string {
  return cell + " ".repeat(Math.max(0, width - displayWidth(cell)));
}

/** How many cells of a terminal a text takes. */
function displayWidth(text: string): number {
  if (PLAIN.test(text)) {
    return text.length;
  }
  if (text.length > LONG) {
    // To find the characters of a very long text takes a time that nobody waits for.
    return LONG;
  }
  graphemes ??= new Intl.Segmenter();
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/** Longer than any column, and than any line. */
const LONG = 1000;

let graphemes: Intl.Segmenter | undefined;

/** What takes two cells: emoji, and the scripts and forms that Unicode calls wide. */
const WIDE =
  /\ufe0f|[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
