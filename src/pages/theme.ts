import { button } from "./dom.js";

const THEMES = ["system", "light", "dark"] as const;

/** A button that goes through the themes. The first one is that of the system. */
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
