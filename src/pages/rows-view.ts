import type { Table } from "../report/report.js";
import { cellText, numberText } from "./cell-text.js";
import { cellContent } from "./cells.js";
import { html } from "./dom.js";
import type { Line } from "./lines.js";

/** Up to so many lines are in the page at once; of longer tables, only those in sight. */
const MAX_WHOLE = 200;

/** How many lines beyond those in sight are in the page. */
const MARGIN = 12;

/** How many lines of a table are printed. */
const MAX_PRINTED = 500;

/** The height of a line of a long table, which style.css sets too, in pixels. */
const LINE_HEIGHT = 26;

/** The lines of a table. Of a long one, only those in sight are elements. */
export class RowsView {
  readonly element: HTMLElement;
  private readonly body = html("tbody");
  private readonly above = html("tr", { class: "space", "aria-hidden": "true" }, html("td"));
  private readonly rest = html("td");
  private readonly below = html("tr", { class: "space", "aria-hidden": "true" }, this.rest);
  private readonly columns: readonly HTMLTableColElement[];
  private readonly whole: HTMLTableElement;
  private readonly shown = new Map<number, HTMLTableRowElement>();
  private lines: readonly Line[] = [];
  private isLong = false;
  private isPrinting = false;

  constructor(
    private readonly table: Table,
    heads: readonly HTMLTableCellElement[],
    private readonly find: (path: string) => void,
  ) {
    this.rest.colSpan = heads.length;
    this.columns = heads.map(() => html("col"));
    this.whole = html(
      "table",
      { "aria-labelledby": `${table.id}-title` },
      html("colgroup", {}, ...this.columns),
      html("thead", {}, html("tr", {}, ...heads)),
      this.body,
    );
    const labels = { role: "region", "aria-label": `${table.title}, rows`, tabindex: 0 };
    this.element = html("div", { class: "rows", ...labels }, this.whole);
    this.element.addEventListener("scroll", () => requestAnimationFrame(() => this.render()));
    new ResizeObserver(() => this.render()).observe(this.element);
    window.addEventListener("beforeprint", () => this.print(true));
    window.addEventListener("afterprint", () => this.print(false));
  }

  /** Shows these lines, from the first one on. */
  show(lines: readonly Line[]): void {
    this.lines = lines;
    this.isLong = lines.length > MAX_WHOLE;
    this.shown.clear();
    this.body.replaceChildren(this.above, this.below);
    this.element.scrollTop = 0;
    this.element.classList.toggle("long", this.isLong);
    this.whole.setAttribute("aria-rowcount", String(lines.length + 1));
    this.setWidths();
    this.render();
  }

  private print(isPrinting: boolean): void {
    this.isPrinting = isPrinting;
    this.render();
  }

  private render(): void {
    const [start, end] = this.range();
    const last = Math.min(end, this.lines.length);
    for (const [index, row] of this.shown) {
      if (index < start || index >= last) {
        row.remove();
        this.shown.delete(index);
      }
    }
    let next: Element = this.below;
    for (let index = last - 1; index >= start; index--) {
      const row = this.shown.get(index) ?? this.rowAt(index);
      if (!this.shown.has(index)) {
        this.shown.set(index, row);
        next.before(row);
      }
      next = row;
    }
    const left = this.lines.length - last;
    this.above.style.height = `${start * LINE_HEIGHT}px`;
    this.below.style.height = `${this.isPrinting ? 0 : left * LINE_HEIGHT}px`;
    this.rest.textContent =
      this.isPrinting && left > 0 ? `${numberText(left)} more are not printed` : "";
  }

  /** The lines that are in the page: while it is printed, the first ones. */
  private range(): [start: number, end: number] {
    if (this.isPrinting || !this.isLong) {
      return [0, MAX_PRINTED];
    }
    const { scrollTop, clientHeight } = this.element;
    const first = Math.floor(scrollTop / LINE_HEIGHT);
    const count = Math.ceil(clientHeight / LINE_HEIGHT);
    return [Math.max(0, first - MARGIN), first + count + MARGIN];
  }

  private rowAt(index: number): HTMLTableRowElement {
    const line = this.lines[index] ?? [];
    const place = { "aria-rowindex": index + 2 };
    if ("group" in line) {
      const text = `${line.group}  ${numberText(line.count)}`;
      const { length } = this.table.columns;
      return html(
        "tr",
        { class: "group", ...place },
        html("th", { colspan: length, scope: "colgroup" }, text),
      );
    }
    return html(
      "tr",
      place,
      ...this.table.columns.map((column, at) =>
        html("td", { class: column.kind }, cellContent(column, line[at], this.find)),
      ),
    );
  }

  /** Columns of a long table must not change their widths while one scrolls. */
  private setWidths(): void {
    const sample = this.lines.filter(
      (_, index) => index % Math.ceil(this.lines.length / 500) === 0,
    );
    this.columns.forEach((column, at) => {
      const { title = "", kind = "text" } = this.table.columns[at] ?? {};
      const lengths = sample.map((line) => ("group" in line ? 0 : cellText(kind, line[at]).length));
      const characters = Math.min(Math.max(title.length + 2, ...lengths), MAX_WIDTHS[kind] ?? 26);
      column.style.width = this.isLong ? `${characters + 3}ch` : "";
    });
  }
}

/** The greatest widths of columns by their kind, in characters. */
const MAX_WIDTHS: { readonly [kind: string]: number } = { path: 44, text: 34, page: 34, code: 14 };
