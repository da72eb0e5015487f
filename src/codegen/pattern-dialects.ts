/**
 * The first part of a pattern that RE2, which protovalidate uses, and ECMAScript, which JSON
 * Schema uses, may read differently. `undefined` if both match the same texts.
 */
export function dialectDifference(pattern: string): string | undefined {
  const common = COMMON.exec(pattern)?.[0] ?? "";
  if (common !== pattern) {
    return DIFFERENCE.exec(pattern.slice(common.length))?.[0];
  }
  try {
    new RegExp(pattern, "u");
    return undefined;
  } catch {
    return pattern;
  }
}

const ESCAPE = String.raw`\\(?:[dDwWnrtfv^$.*+?()[\]{}|/]|x[0-9A-Fa-f]{2})`;
// Unlike ECMAScript, RE2 accepts `[` and `]` within brackets, and classes such as `[:alpha:]`.
const BRACKETS = String.raw`\[(?!\^\])\^?(?:[^\\[\]]|\\-|${ESCAPE})+\]`;
// RE2 repeats at most 1000 times.
const TIMES = "(?:[0-9]{1,3}|1000)";
const COUNT = String.raw`\{${TIMES}(?:,${TIMES}?)?\}`;
/** The longest prefix of a pattern in which every part has the same meaning in both. */
const COMMON = new RegExp(
  String.raw`^(?:${ESCAPE}|\\b|${BRACKETS}|${COUNT}|\(\?:|\((?!\?)|[)*+?^$|]|[^\\.[\]{}()*+?^$|])*`,
  "u",
);
const DIFFERENCE = /^(?:\\.?|\(\?<?.?|\[[^\]]*\]?|\{[^}]*\}?|.)/u;
