import { isAscii } from "../report/printable.js";

/** The width of a text on a terminal, in cells. */
export function textWidth(text: string): number {
  if (isAscii(text)) {
    return text.length;
  }
  if (text.length > LONG) {
    // Splitting a very long text into characters would take too long.
    return LONG;
  }
  let width = 0;
  for (const segment of segments(text)) {
    width += WIDE.test(segment) ? 2 : 1;
  }
  return width;
}

/** The characters of a text as people count them. */
export function* segments(text: string): Generator<string, void, undefined> {
  // Unicode is slow to set up, and rarely needed.
  graphemes ??= new Intl.Segmenter();
  for (const { segment } of graphemes.segment(text)) {
    yield segment;
  }
}

/** More than the width of any column or line. */
const LONG = 1000;

let graphemes: Intl.Segmenter | undefined;

/** Characters two cells wide: emoji, and the scripts and forms that Unicode calls wide. */
const WIDE =
  /\ufe0f|[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]/u;
