// The script of the search page: it searches the documentation for the `q` of its address.
import MiniSearch from "minisearch";
import { html } from "../pages/dom.js";
import { themeButton } from "../pages/theme.js";

/** A section of a page, as the build writes it into `search.json`. */
type Entry = {
  readonly href: string;
  readonly page: string;
  readonly title: string;
  readonly text: string;
};

const MAX_RESULTS = 50;
/** The characters of a section's text that a result shows. */
const MAX_TEXT = 240;

document.querySelector(".site")?.append(themeButton());
const wanted = new URLSearchParams(location.search).get("q") ?? "";
const input = document.querySelector<HTMLInputElement>('input[name="q"]');
if (input !== null) {
  input.value = wanted;
  input.focus();
}
const entries = (await (await fetch("search.json")).json()) as readonly Entry[];
const search = new MiniSearch<Entry>({ idField: "href", fields: ["title", "text", "page"] });
search.addAll(entries);
const byHref = new Map(entries.map((entry) => [entry.href, entry]));
const found = search
  .search(wanted, { prefix: true, combineWith: "AND", boost: { title: 3 } })
  .flatMap(({ id }) => byHref.get(String(id)) ?? []);
const shown = found.slice(0, MAX_RESULTS);
document.querySelector("main")?.append(
  html("p", { role: "status", class: "note" }, `${found.length} sections with “${wanted}”`),
  html(
    "ol",
    { class: "results" },
    ...shown.map(({ href, page, title, text }) => {
      const at = Math.max(0, text.toLowerCase().indexOf(wanted.toLowerCase()) - MAX_TEXT / 4);
      return html(
        "li",
        {},
        html("a", { href }, title),
        html("span", { class: "note" }, ` in ${page}`),
        html("p", {}, `${at > 0 ? "…" : ""}${text.slice(at, at + MAX_TEXT)}`),
      );
    }),
  ),
);
