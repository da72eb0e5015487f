import { button } from "./dom.js";

const THEMES = ["system", "light", "dark"] as const;

/** A button that switches to the next theme. The first one is the system's. */
export function themeButton(): HTMLElement {
  let at = 0;
  const element = button({ class: "theme" }, textOf(at), () => {
    at = (at + 1) % THEMES.length;
    document.documentElement.dataset["theme"] = THEMES[at];
    element.textContent = textOf(at);
  });
  return element;
}

function textOf(at: number): string {
  return `Theme: ${THEMES[at]}`;
}
