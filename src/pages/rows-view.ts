import type { Column, Table } from "../report/report.js";
import { cellText, numberText } from "./cell-text.js";
import { cellContent, type Find } from "./cells.js";
import { button, html } from "./dom.js";
import type { Line } from "./lines.js";

/** Of a table with more lines than this, only those in sight are in the page. */
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
  private readonly widths = html("colgroup");
  private readonly heads = html("tr");
  private readonly whole: HTMLTableElement;
  private readonly shown = new Map<number, HTMLTableRowElement>();
  private columns: readonly Column[] = [];
  private find: Find | undefined;
  private lines: readonly Line[] = [];
  private isLong = false;
  private isPrinting = false;

  constructor(
    id: string,
    private readonly sortBy: (title: string) => void,
  ) {
    this.body.append(this.above, this.below);
    this.whole = html(
      "table",
      { "aria-labelledby": `${id}-title` },
      this.widths,
      html("thead", {}, this.heads),
      this.body,
    );
    this.element = html("div", { class: "rows", role: "region", tabindex: 0 }, this.whole);
    this.element.addEventListener("scroll", () => requestAnimationFrame(() => this.render()));
    new ResizeObserver(() => this.render()).observe(this.element);
  }

  /** Takes another version of the table, whose lines are shown next. */
  setTable({ title, columns }: Table, find: Find | undefined): void {
    this.element.setAttribute("aria-label", `${title}, rows`);
    const isSame = JSON.stringify(columns) === JSON.stringify(this.columns);
    if (isSame && (find === undefined) === (this.find === undefined)) {
      return;
    }
    this.columns = columns;
    this.find = find;
    this.removeRows(() => true);
    this.rest.colSpan = columns.length;
    this.widths.replaceChildren(...columns.map(() => html("col")));
    this.heads.replaceChildren(
      ...columns.map((column) =>
        html(
          "th",
          { scope: "col", class: column.kind },
          button({}, column.title, () => this.sortBy(column.title)),
        ),
      ),
    );
  }

  /**
   * Shows these lines: from the first one on, or as an update of those that are shown, which keeps
   * the scroll position and the focus.
   */
  show(lines: readonly Line[], sort: Sort | undefined, isUpdate: boolean): void {
    const before = this.lines;
    const focus = this.focus();
    this.lines = lines;
    this.isLong = lines.length > MAX_WHOLE;
    this.element.classList.toggle("long", this.isLong);
    this.whole.setAttribute("aria-rowcount", String(lines.length + 1));
    this.showSort(sort);
    this.setWidths();
    if (!isUpdate) {
      this.element.scrollTop = 0;
    }
    const range = this.range();
    this.removeRows((index) => !isSame(before[index], lines[index]));
    this.render(range);
    focus?.();
  }

  /** Puts the first lines into the page for the printer, or those in sight again. */
  print(isPrinting: boolean): void {
    this.isPrinting = isPrinting;
    this.render();
  }

  /** Gives the focus back to the same text in a line, wherever that is now. */
  private focus(): (() => void) | undefined {
    const element = document.activeElement;
    const cell = element?.closest("td");
    if (!(element && cell && this.body.contains(cell))) {
      return undefined;
    }
    const { cellIndex } = cell;
    const text = element.textContent;
    return () => {
      const again = [...this.shown.values()]
        .map((row) => row.cells[cellIndex]?.querySelector<HTMLElement>("a, button"))
        .find((each) => each?.textContent === text);
      // Without its line, the focus stays in the table.
      (again ?? this.element).focus({ preventScroll: true });
    };
  }

  private removeRows(isGone: (index: number) => boolean): void {
    for (const [index, row] of this.shown) {
      if (isGone(index)) {
        row.remove();
        this.shown.delete(index);
      }
    }
  }

  private showSort(sort: Sort | undefined): void {
    [...this.heads.cells].forEach((head, column) => {
      if (sort !== undefined && sort.title === this.columns[column]?.title) {
        head.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
      } else {
        head.removeAttribute("aria-sort");
      }
    });
  }

  private render([start, end] = this.range()): void {
    const last = Math.min(end, this.lines.length);
    this.removeRows((index) => index < start || index >= last);
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

  /** The range of lines that are in the page: while it is printed, the first ones. */
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
      const { length } = this.columns;
      return html(
        "tr",
        { class: "group", ...place },
        html("th", { colspan: length, scope: "colgroup" }, text),
      );
    }
    return html(
      "tr",
      place,
      ...this.columns.map((column, at) =>
        html("td", { class: column.kind }, cellContent(column, line[at], this.find)),
      ),
    );
  }

  /** Columns of a long table must keep their widths during scrolling. */
  private setWidths(): void {
    const sample = this.lines.filter(
      (_, index) => index % Math.ceil(this.lines.length / 500) === 0,
    );
    this.columns.forEach(({ title, kind }, at) => {
      const lengths = sample.map((line) => ("group" in line ? 0 : cellText(kind, line[at]).length));
      const characters = Math.min(Math.max(title.length + 2, ...lengths), MAX_WIDTHS[kind] ?? 26);
      const column = this.widths.children[at];
      if (column instanceof HTMLElement) {
        column.style.width = this.isLong ? `${characters + 3}ch` : "";
      }
    });
  }
}

/** The greatest widths of columns by their kind, in characters. */
const MAX_WIDTHS: { readonly [kind: string]: number } = { path: 44, text: 34, page: 34, code: 14 };

/** The column by which the lines are sorted. */
type Sort = { readonly title: string; readonly descending: boolean };

/** Whether two lines have the same elements. */
function isSame(a: Line | undefined, b: Line | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
