import MiniSearch, { type SearchResult } from "minisearch";
import { html } from "../pages/dom.js";

/** The most results that are shown. */
const MOST = 20;

/** The search of the documentation: a field, and a list of links that appears below it. */
export function docsSearch(root: string): HTMLElement {
  const field = html("input", {
    type: "search",
    "aria-label": "Search the documentation",
    placeholder: "Search (press /)",
    autocomplete: "off",
    spellcheck: "false",
  });
  const status = html("p", { role: "status", class: "note" });
  const list = html("ol", { "aria-label": "Results" });
  const panel = html("div", { class: "results", hidden: true }, status, list);
  const search = html("search", {}, field, panel);

  // Most readers of a page never search, so the index is read when one begins to.
  let index: Promise<MiniSearch> | undefined;
  const show = async (): Promise<void> => {
    const words = field.value;
    if (words.trim() === "") {
      panel.hidden = true;
      return;
    }
    let found: SearchResult[];
    try {
      index ??= loadIndex(root);
      found = (await index).search(words, {
        prefix: true,
        fuzzy: 0.2,
        combineWith: "AND",
        boost: { section: 4, page: 2 },
      });
    } catch {
      index = undefined;
      status.textContent = "The index cannot be loaded. It needs a server, not only files.";
      panel.hidden = false;
      return;
    }
    // A later letter may have been typed in the meantime.
    if (words === field.value) {
      status.textContent = found.length === 0 ? "Nothing found." : `${found.length} sections`;
      list.replaceChildren(...found.slice(0, MOST).map((result) => itemOf(result, root)));
      panel.hidden = false;
    }
  };
  field.addEventListener("input", () => void show());
  field.addEventListener("focus", () => void show());
  search.addEventListener("keydown", (event) => {
    const links: HTMLElement[] = [...list.querySelectorAll("a")];
    const { activeElement } = document;
    const at = activeElement instanceof HTMLElement ? links.indexOf(activeElement) : -1;
    switch (event.key) {
      case "ArrowDown":
        links[at + 1]?.focus();
        break;
      case "ArrowUp":
        (links[at - 1] ?? field).focus();
        break;
      case "Enter":
        if (at === -1) {
          links[0]?.click();
        }
        return;
      case "Escape":
        field.focus();
        panel.hidden = true;
        break;
      default:
        return;
    }
    event.preventDefault();
  });
  search.addEventListener("focusout", ({ relatedTarget }) => {
    panel.hidden = !(relatedTarget instanceof Node && search.contains(relatedTarget));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !(event.target instanceof HTMLInputElement)) {
      event.preventDefault();
      field.focus();
    }
  });
  return search;
}

async function loadIndex(root: string): Promise<MiniSearch> {
  const response = await fetch(`${root}/search-index.json`);
  const { index, options } = await response.json();
  return MiniSearch.loadJS(index, options);
}

function itemOf({ id, section, page, excerpt }: SearchResult, root: string): HTMLElement {
  return html(
    "li",
    {},
    html(
      "a",
      { href: `${root}/${id}` },
      html("strong", {}, section),
      html("span", { class: "note" }, section === page ? "" : page),
      html("span", { class: "excerpt" }, excerpt),
    ),
  );
}
