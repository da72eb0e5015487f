import type { Column, Table } from "../report/report.js";
import { cellText, numberText } from "./cell-text.js";
import type { Find } from "./cells.js";
import { Choice } from "./choice.js";
import { button, html, setChildren } from "./dom.js";
import { Lines, type Range, valueText } from "./lines.js";
import { RowsView } from "./rows-view.js";

/** The text of the choice that filters nothing. */
const ALL = "all";
const NOTHING = "nothing";

/** More values than this make a list too long to choose from. */
const MAX_VALUES = 40;

/** A table that can be sorted, filtered and grouped, and shown again when its rows have changed. */
export class TableView {
  readonly element: HTMLElement;
  private readonly title: HTMLElement;
  private readonly count = html("output", {});
  private readonly head: HTMLElement;
  private readonly search = html("input", { type: "search", size: 18 });
  private readonly filter = html("label", {}, "Filter ", this.search);
  private readonly grouping = new Choice("Group by", (title) => {
    this.group = title === NOTHING ? undefined : title;
    this.update();
  });
  private readonly chip = html("span", { class: "chip", hidden: true });
  private readonly tools = html("div", { class: "tools" });
  private readonly rows: RowsView;
  private table: Table | undefined;
  private lines: Lines | undefined;

  // Columns are named by their titles here, since a later version of a table may have others.
  private readonly choices = new Map<string, Choice>();
  private readonly chosen = new Map<string, string>();
  private sort: { readonly title: string; readonly descending: boolean } | undefined;
  private group: string | undefined;
  private range: (Omit<Range, "column"> & { readonly title: string }) | undefined;

  constructor(id: string) {
    this.rows = new RowsView(id, (title) => this.sortBy(title));
    this.title = html("h2", { id: `${id}-title` });
    this.head = html("header", {}, this.title, this.count);
    this.search.addEventListener("input", () => this.update());
    const labels = { "aria-labelledby": `${id}-title`, tabindex: -1 };
    this.element = html("section", { id, class: "table", ...labels });
  }

  /** Shows a version of the table, and keeps its order, filter and scroll position. */
  show(table: Table, find: Find | undefined): void {
    const { title, note, empty, rows } = table;
    this.table = table;
    this.lines = new Lines(table);
    this.title.textContent = title;
    this.rows.setTable(table, find);
    this.showTools(table);
    setChildren(this.element, [
      this.head,
      note === undefined ? undefined : html("p", { class: "note" }, note),
      ...(rows.length === 0
        ? [html("p", { class: "empty" }, empty)]
        : [rows.length > 2 || this.isSelected() ? this.tools : undefined, this.rows.element]),
    ]);
    this.update(true);
  }

  /** Shows the rows that name a path, and scrolls to the table. */
  find(path: string): void {
    const column = this.columns.findIndex(({ kind }) => kind === "path");
    this.within({ column, from: path, to: path });
  }

  /** Shows the rows that have a value in a range, and scrolls to the table. */
  within({ column, from, to }: Range): void {
    this.range = { title: this.columns[column]?.title ?? "", from, to };
    this.search.value = "";
    this.update();
    this.element.scrollIntoView();
    this.element.focus({ preventScroll: true });
  }

  /** Prepares the table for the printer, or for the screen again. */
  print(isPrinting: boolean): void {
    this.rows.print(isPrinting);
  }

  private get columns(): readonly Column[] {
    return this.table?.columns ?? [];
  }

  private columnOf(title: string | undefined): number | undefined {
    const column = this.columns.findIndex((each) => each.title === title);
    return column === -1 ? undefined : column;
  }

  private isSelected(): boolean {
    return this.range !== undefined || this.search.value !== "" || this.chosen.size > 0;
  }

  private sortBy(title: string): void {
    const isFirst = this.sort?.title !== title;
    this.sort =
      isFirst || this.sort?.descending === false ? { title, descending: !isFirst } : undefined;
    this.update();
  }

  private showTools(table: Table): void {
    const categories = table.columns.flatMap(({ title, kind }, column) => {
      const values = kind === "category" ? valuesIn(table, column) : [];
      const isOffered = values.length > 1 || this.chosen.has(title) || this.group === title;
      return isOffered ? [{ title, values }] : [];
    });
    const titles = categories.map(({ title }) => title);
    this.grouping.show([NOTHING, ...titles], this.group ?? NOTHING);
    setChildren(this.tools, [
      this.filter,
      ...categories
        .filter(({ title, values }) => values.length <= MAX_VALUES || this.chosen.has(title))
        .map(({ title, values }) => this.choiceOf(title, values).element),
      categories.length === 0 ? undefined : this.grouping.element,
      this.chip,
    ]);
  }

  private choiceOf(title: string, values: readonly string[]): Choice {
    const known = this.choices.get(title);
    const choice = known ?? new Choice(title, (value) => this.choose(title, value));
    this.choices.set(title, choice);
    const chosen = this.chosen.get(title) ?? ALL;
    // A chosen value may have gone for now.
    choice.show([...new Set([ALL, ...values, chosen])], chosen);
    return choice;
  }

  private choose(title: string, value: string): void {
    if (value === ALL) {
      this.chosen.delete(title);
    } else {
      this.chosen.set(title, value);
    }
    this.update();
  }

  /** @param isUpdate Whether the rows are another version of those that are shown. */
  private update(isUpdate = false): void {
    const { sort, range } = this;
    const [sorted, ranged] = [this.columnOf(sort?.title), this.columnOf(range?.title)];
    const chosen = [...this.chosen].flatMap(([title, value]) => {
      const column = this.columnOf(title);
      return column === undefined ? [] : [[column, value] as const];
    });
    const selected = this.lines?.select({
      wanted: this.search.value,
      chosen: new Map(chosen),
      range: range && ranged !== undefined ? { ...range, column: ranged } : undefined,
      sort: sort && sorted !== undefined ? { ...sort, column: sorted } : undefined,
      group: this.columnOf(this.group),
    });
    const { rows = [], lines = [] } = selected ?? {};
    this.rows.show(lines, sort, isUpdate);
    const all = this.table?.rows.length ?? 0;
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
      const { title } = range;
      const kind = this.columns.find((column) => column.title === title)?.kind ?? "number";
      const [from, to] = [cellText(kind, range.from), cellText(kind, range.to)];
      const text = `${title} ${from === to ? from : `${from} – ${to}`} `;
      if (this.chip.firstChild?.textContent !== text) {
        const clear = button({ "aria-label": "Show all rows" }, "✕", () => {
          this.range = undefined;
          this.update();
          this.search.focus();
        });
        this.chip.replaceChildren(text, clear);
      }
    }
  }
}

function valuesIn({ rows }: Table, column: number): string[] {
  return [...new Set(rows.map((row) => valueText(row[column])))].sort();
}
