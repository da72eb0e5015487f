/**
 * Makes text from an event safe to print: control characters, line breaks, invisible
 * characters and those that change the direction of text become escapes.
 */
export function printable(text: string): string {
  if (isAscii(text)) {
    return text;
  }
  return text.replace(
    UNPRINTABLE,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** Whether a text is printable ASCII, which most texts are. */
export function isAscii(text: string): boolean {
  return ASCII.test(text);
}

const ASCII = /^[ -~]*$/;

/** Unprintable characters, except the two joiners, which emoji and Persian words need. */
export const UNPRINTABLE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
