import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { colorsFor, counted, printable, printableJson } from "../../src/cli/terminal-text.js";
import { codePoint } from "../support/arbitrary-json.js";

/** Any text, with much of what a terminal would act upon. */
const anyText = fc.string({
  unit: fc.oneof(
    codePoint,
    fc.constantFrom("\u001b", "\u009b", "\u202e", "\ufeff", "\ud800", "\n", "\\", '"', "a"),
  ),
});

describe("colorsFor", () => {
  test.each([
    { stream: { isTTY: true }, env: {}, colored: true },
    { stream: { isTTY: true }, env: { NO_COLOR: "" }, colored: true },
    { stream: { isTTY: true }, env: { NO_COLOR: "1" }, colored: false },
    { stream: { isTTY: true }, env: { NO_COLOR: "0" }, colored: false },
    { stream: { isTTY: true }, env: { TERM: "dumb" }, colored: false },
    { stream: { isTTY: true }, env: { TERM: "xterm" }, colored: true },
    { stream: { isTTY: false }, env: { TERM: "xterm" }, colored: false },
    { stream: {}, env: { TERM: "xterm" }, colored: false },
  ])("for $stream with $env: $colored", ({ stream, env, colored }) => {
    const colors = colorsFor(stream, env);
    expect(colors.isColorSupported).toBe(colored);
    expect(colors.red("text")).toBe(colored ? "\u001b[31mtext\u001b[39m" : "text");
  });
});

describe("printable", () => {
  test.each([
    { kind: "an escape sequence", text: "\u001b[31mred", shown: "\\u{1b}[31mred" },
    { kind: "an escape sequence of 8 bits", text: "\u009b31m", shown: "\\u{9b}31m" },
    {
      kind: "line breaks",
      text: "a\r\n\u0085\u2028\u2029",
      shown: "a\\u{d}\\u{a}\\u{85}\\u{2028}\\u{2029}",
    },
    { kind: "tab, NUL and DEL", text: "\t\0\u007f", shown: "\\u{9}\\u{0}\\u{7f}" },
    {
      kind: "embedding and override",
      text: "\u202a\u202b\u202c\u202d\u202e",
      shown: "\\u{202a}\\u{202b}\\u{202c}\\u{202d}\\u{202e}",
    },
    {
      kind: "isolates",
      text: "\u2066\u2067\u2068\u2069",
      shown: "\\u{2066}\\u{2067}\\u{2068}\\u{2069}",
    },
    { kind: "direction marks", text: "\u061c\u200e\u200f", shown: "\\u{61c}\\u{200e}\\u{200f}" },
    {
      kind: "invisible characters",
      text: "\u00ad\u200b\u2060\ufeff\u{e0041}",
      shown: "\\u{ad}\\u{200b}\\u{2060}\\u{feff}\\u{e0041}",
    },
    { kind: "half of a surrogate pair", text: "a\ud83d", shown: "a\\u{d83d}" },
    { kind: "nothing of plain text", text: "a b.ts \\u{1b}", shown: "a b.ts \\u{1b}" },
    { kind: "nothing of other scripts", text: "é 語 עברית", shown: "é 語 עברית" },
    { kind: "no joiner", text: "👨\u200d👩 می\u200cخواهم", shown: "👨\u200d👩 می\u200cخواهم" },
  ])("escapes $kind", ({ text, shown }) => {
    expect(printable(text)).toBe(shown);
  });

  test("leaves nothing that a terminal acts upon, and changes nothing else", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = printable(text);
        expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069\u061c\u200e\u200f]/u);
        const kept = shown.replaceAll(/\\u\{([0-9a-f]+)\}/g, (_, code: string) =>
          String.fromCodePoint(Number.parseInt(code, 16)),
        );
        expect(kept).toBe(text);
      }),
    );
  });
});

describe("printableJson", () => {
  test("says the same as the JSON, and leaves nothing that a terminal acts upon", () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: codePoint }), anyText, (value, text) => {
        const document = [value, text, { [text]: text }];
        const shown = printableJson(JSON.stringify(document, null, 2));
        expect(JSON.stringify(JSON.parse(shown))).toBe(JSON.stringify(document));
        expect(shown).not.toMatch(/(?!\n)[\p{Cc}\p{Cs}\u2028-\u202e\u2066-\u2069]/u);
      }),
    );
  });

  test("leaves plain JSON as it is", () => {
    const json = JSON.stringify({ path: "語/é\n👨\u200d👩", n: [1, null] }, null, 2);
    expect(printableJson(json)).toBe(json);
  });
});

test.each([
  [0, "0 events"],
  [1, "1 event"],
  [2, "2 events"],
])("counted: %i is %s", (count, text) => {
  expect(counted(count, "event")).toBe(text);
});
