import type { WriteStream } from "node:tty";
import picocolors from "picocolors";
import { UNPRINTABLE } from "../report/printable.js";

export { counted } from "../report/counted.js";
export { printable } from "../report/printable.js";

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
