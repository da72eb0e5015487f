import type { Fact, Figure, Report, Verdict } from "../report/report.js";
import { badge } from "./badge.js";
import { numberText } from "./cell-text.js";
import { html } from "./dom.js";
import { TableView } from "./table-view.js";
import { themeButton } from "./theme.js";
import { timelineView } from "./timeline-view.js";

/** Makes the page of a report. */
export function reportView(report: Report): HTMLElement {
  const { timeline } = report;
  const views = new Map<string, TableView>();
  const find = (path: string): void => views.get(timeline?.table ?? "")?.find(path);
  for (const table of report.tables) {
    views.set(table.id, new TableView(table, find));
  }
  const events = report.tables.find(({ id }) => id === timeline?.table);
  return html(
    "main",
    {},
    html(
      "header",
      { class: "top" },
      html("p", { class: "subtitle" }, report.subtitle),
      themeButton(),
      html("h1", {}, report.title),
      verdict(report.verdict),
    ),
    html(
      "div",
      { class: "facts" },
      html("dl", { class: "figures" }, ...report.figures.map(figure)),
      report.hashes.length === 0 ? undefined : facts("Parity hash", "hashes", report.hashes),
      report.facts.length === 0 ? undefined : facts("About", "about", report.facts),
    ),
    timeline === undefined || events === undefined
      ? undefined
      : timelineView(timeline, events, (range) => views.get(timeline.table)?.within(range)),
    ...[...views.values()].map(({ element }) => element),
    html("footer", {}, report.generator),
  );
}

function verdict({ tone, label, reason, cautions }: Verdict): HTMLElement {
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

function figure({ name, count, tone }: Figure): HTMLElement {
  return html("div", { class: tone }, html("dt", {}, name), html("dd", {}, numberText(count)));
}

function facts(title: string, kind: string, list: readonly Fact[]): HTMLElement {
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
