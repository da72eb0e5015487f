import type { Column, Table } from "../report/report.js";
import { cellText, numberText } from "./cell-text.js";
import { button, choice, html } from "./dom.js";
import { Lines, type Range, type Selection, valueText } from "./lines.js";
import { RowsView } from "./rows-view.js";

/** The text of a choice that chooses nothing. */
const ALL = "all";
const NOTHING = "nothing";

/** More values than this make a list too long to choose from. */
const MAX_VALUES = 40;

/** A table that can be sorted, filtered and grouped. */
export class TableView {
  readonly element: HTMLElement;
  private readonly lines: Lines;
  private readonly rows: RowsView;
  private readonly heads: HTMLTableCellElement[];
  private readonly count = html("output", {});
  private readonly search = html("input", { type: "search", size: 18 });
  private readonly chip = html("span", { class: "chip", hidden: true });
  private readonly chosen = new Map<number, string>();
  private sort: Selection["sort"];
  private group: number | undefined;
  private range: Range | undefined;

  constructor(
    private readonly table: Table,
    find: (path: string) => void,
  ) {
    const { id, title, note, empty, columns, rows } = table;
    this.heads = columns.map((column, index) => this.head(column, index));
    this.lines = new Lines(table);
    this.rows = new RowsView(table, this.heads, find);
    const heading = html("h2", { id: `${id}-title` }, title);
    this.search.addEventListener("input", () => this.update());
    this.element = html(
      "section",
      { id, class: "table", "aria-labelledby": `${id}-title`, tabindex: -1 },
      html("header", {}, heading, this.count),
      note === undefined ? undefined : html("p", { class: "note" }, note),
      ...(rows.length === 0
        ? [html("p", { class: "empty" }, empty)]
        : [rows.length > 2 ? this.tools() : undefined, this.rows.element]),
    );
    this.update();
  }

  /** Shows the rows that name a path, and goes there. */
  find(path: string): void {
    const column = this.table.columns.findIndex(({ kind }) => kind === "path");
    this.within({ column, from: path, to: path });
  }

  /** Shows the rows that have a value in a range, and goes there. */
  within(range: Range): void {
    this.range = range;
    this.search.value = "";
    this.update();
    this.element.scrollIntoView();
    this.element.focus({ preventScroll: true });
  }

  private head({ title, kind }: Column, column: number): HTMLTableCellElement {
    const press = (): void => {
      const isFirst = this.sort?.column !== column;
      this.sort =
        isFirst || this.sort?.descending === false ? { column, descending: !isFirst } : undefined;
      this.update();
    };
    return html("th", { scope: "col", class: kind }, button({}, title, press));
  }

  private tools(): HTMLElement {
    const categories = this.table.columns.flatMap((column, index) => {
      const values = column.kind === "category" ? this.valuesIn(index) : [];
      return values.length > 1 ? [{ column, index, values }] : [];
    });
    return html(
      "div",
      { class: "tools" },
      html("label", {}, "Filter ", this.search),
      ...categories
        .filter(({ values }) => values.length <= MAX_VALUES)
        .map(({ column, index, values }) =>
          choice(column.title, [ALL, ...values], (value) => {
            if (value === ALL) {
              this.chosen.delete(index);
            } else {
              this.chosen.set(index, value);
            }
            this.update();
          }),
        ),
      categories.length === 0
        ? undefined
        : choice(
            "Group by",
            [NOTHING, ...categories.map(({ column }) => column.title)],
            (title) => {
              this.group = categories.find(({ column }) => column.title === title)?.index;
              this.update();
            },
          ),
      this.chip,
    );
  }

  private valuesIn(column: number): string[] {
    return [...new Set(this.table.rows.map((row) => valueText(row[column])))].sort();
  }

  private update(): void {
    const { sort, range, group, chosen } = this;
    const wanted = this.search.value;
    const { rows, lines } = this.lines.select({ wanted, chosen, range, sort, group });
    this.rows.show(lines);
    this.heads.forEach((head, column) => {
      if (sort?.column === column) {
        head.setAttribute("aria-sort", sort.descending ? "descending" : "ascending");
      } else {
        head.removeAttribute("aria-sort");
      }
    });
    const all = this.table.rows.length;
    this.count.textContent =
      rows.length === all
        ? numberText(all)
        : `${numberText(rows.length)} of ${numberText(all)} rows`;
    this.showRange();
  }

  private showRange(): void {
    const { range } = this;
    this.chip.hidden = range === undefined;
    if (range !== undefined) {
      const { title = "", kind = "number" } = this.table.columns[range.column] ?? {};
      const [from, to] = [cellText(kind, range.from), cellText(kind, range.to)];
      const clear = button({ "aria-label": "Show all rows" }, "✕", () => {
        this.range = undefined;
        this.update();
        this.search.focus();
      });
      this.chip.replaceChildren(`${title} ${from === to ? from : `${from} – ${to}`} `, clear);
    }
  }
}
