import type { Fact, Figure, Report, Verdict } from "../report/report.js";
import { badge } from "./badge.js";
import { numberText } from "./cell-text.js";
import { html, setChildren } from "./dom.js";
import { TableView } from "./table-view.js";
import { themeButton } from "./theme.js";
import { TimelineView } from "./timeline-view.js";

/** The page of a report, which can be shown again in place when the report has changed. */
export class ReportView {
  readonly element = html("main");
  private readonly head = html("header", { class: "top" });
  private readonly theme = themeButton();
  private readonly facts = html("div", { class: "facts" });
  private readonly footer = html("footer");
  private readonly removed = new AbortController();
  private tables = new Map<string, TableView>();
  private timeline: TimelineView | undefined;

  constructor(private report: Report) {
    const { signal } = this.removed;
    window.addEventListener("beforeprint", () => this.print(true), { signal });
    window.addEventListener("afterprint", () => this.print(false), { signal });
    this.show(report);
  }

  /**
   * Shows another version of the report, and keeps the scroll position, the focus, and the order
   * and filter of each table.
   */
  show(report: Report): void {
    if (this.head.childNodes.length === 0 || headText(report) !== headText(this.report)) {
      this.showHead(report);
    }
    this.report = report;
    const find = report.timeline && ((path: string) => this.events()?.find(path));
    this.tables = new Map(
      report.tables.map((table) => {
        const view = this.tables.get(table.id) ?? new TableView(table.id);
        view.show(table, find);
        return [table.id, view];
      }),
    );
    setChildren(this.element, [
      this.head,
      this.facts,
      this.shownTimeline()?.element,
      ...[...this.tables.values()].map(({ element }) => element),
      this.footer,
    ]);
  }

  /** Removes the page and its event listeners. */
  remove(): void {
    this.removed.abort();
    this.element.remove();
  }

  private showHead({ title, subtitle, verdict, figures, hashes, facts, generator }: Report): void {
    setChildren(this.head, [
      html("p", { class: "subtitle" }, subtitle),
      this.theme,
      html("h1", {}, title),
      verdictView(verdict),
    ]);
    setChildren(this.facts, [
      html("dl", { class: "figures" }, ...figures.map(figureView)),
      hashes.length === 0 ? undefined : factsView("Parity hash", "hashes", hashes),
      facts.length === 0 ? undefined : factsView("About", "about", facts),
    ]);
    this.footer.textContent = generator;
  }

  private shownTimeline(): TimelineView | undefined {
    const { timeline, tables } = this.report;
    const events = tables.find(({ id }) => id === timeline?.table);
    if (timeline === undefined || events === undefined) {
      this.timeline = undefined;
    } else if (this.timeline === undefined) {
      this.timeline = new TimelineView(timeline, events, (range) => this.events()?.within(range));
    } else {
      this.timeline.show(timeline, events);
    }
    return this.timeline;
  }

  private events(): TableView | undefined {
    return this.tables.get(this.report.timeline?.table ?? "");
  }

  private print(isPrinting: boolean): void {
    for (const table of this.tables.values()) {
      table.print(isPrinting);
    }
  }
}

/** The part of a report above its timeline. While it is the same, a selection in it is kept. */
function headText({ tables: _, timeline: __, ...head }: Report): string {
  return JSON.stringify(head);
}

function verdictView({ tone, label, reason, cautions }: Verdict): HTMLElement {
  return html(
    "div",
    { class: "verdict" },
    badge(tone, label),
    html("p", {}, reason),
    cautions.length === 0
      ? undefined
      : html("ul", { class: "cautions" }, ...cautions.map((caution) => html("li", {}, caution))),
  );
}

function figureView({ name, count, tone }: Figure): HTMLElement {
  return html("div", { class: tone }, html("dt", {}, name), html("dd", {}, numberText(count)));
}

function factsView(title: string, kind: string, list: readonly Fact[]): HTMLElement {
  return html(
    "section",
    { class: kind, "aria-label": title },
    html("h2", {}, title),
    html(
      "dl",
      {},
      ...list.flatMap(({ name, value, note }) => [
        html("dt", {}, name),
        html(
          "dd",
          {},
          value,
          note === undefined ? undefined : html("span", { class: "note" }, note),
        ),
      ]),
    ),
  );
}
