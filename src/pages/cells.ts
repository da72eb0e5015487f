import type { Cell, Column } from "../report/report.js";
import { badge } from "./badge.js";
import { cellText } from "./cell-text.js";
import { button, html } from "./dom.js";

/** Makes the content of a cell. `find` shows the events that name a path, where there are events. */
export function cellContent(
  { kind, tones }: Column,
  cell: Cell | undefined,
  find: Find | undefined,
): Node | string {
  if (cell === null || cell === undefined) {
    return "";
  }
  if (typeof cell === "object") {
    const [title, href] = cell;
    return html("a", { href }, title);
  }
  switch (kind) {
    case "time":
    case "code":
      // It may be cut, and is whole in the title.
      return html(kind, { title: cellText(kind, cell) }, cellText(kind, cell));
    case "id":
      return html("code", {}, cellText(kind, cell));
    case "category":
      return badge(tones?.[String(cell)] ?? "plain", String(cell));
    case "path":
      return find === undefined
        ? html("span", { class: "path" }, String(cell))
        : button({ class: "path", title: "Show its events" }, String(cell), () =>
            find(String(cell)),
          );
    default:
      return html("span", {}, cellText(kind, cell));
  }
}

/** Shows the events that name a path. */
export type Find = (path: string) => void;
