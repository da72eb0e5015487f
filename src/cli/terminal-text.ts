import type { WriteStream } from "node:tty";
import picocolors from "picocolors";

/** What paints text, or leaves it plain. */
export type Colors = ReturnType<typeof picocolors.createColors>;

/** Colors for a stream that a person reads, and none for anything else. */
export function colorsFor(
  stream: Pick<WriteStream, "isTTY">,
  env: { readonly [name: string]: string | undefined },
): Colors {
  const wanted = stream.isTTY && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return picocolors.createColors(wanted);
}

/**
 * Text from an event, made safe to print: control characters, line breaks and
 * characters that turn the direction of text are shown as escapes.
 */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** `1 event`, `2 events`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Rows of text as columns of equal width, two spaces apart. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) {
      widths[index] = Math.max(widths[index] ?? 0, Math.min([...cell].length, MAX_COLUMN));
    }
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell + " ".repeat(Math.max(0, (widths[index] ?? 0) - [...cell].length)))
      .join("  ")
      .trimEnd(),
  );
}

/** One very long cell does not push the others off the screen. */
const MAX_COLUMN = 72;
