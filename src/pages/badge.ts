import type { Tone } from "../report/report.js";
import { html } from "./dom.js";

/** A short text with its tone, which a sign shows as well as a color. */
export function badge(tone: Tone, text: string): HTMLElement {
  const sign = SIGNS[tone];
  return html(
    "span",
    { class: `badge ${tone}` },
    sign === "" ? undefined : html("span", { "aria-hidden": "true", class: "sign" }, sign),
    text,
  );
}

const SIGNS: { readonly [T in Tone]: string } = { good: "✓", bad: "✕", warn: "!", plain: "" };
