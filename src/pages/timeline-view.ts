import type { Table, Timeline } from "../report/report.js";
import { html } from "./dom.js";
import type { Range } from "./lines.js";
import { type Axis, drawing } from "./timeline-drawing.js";

/** The axes that events can be shown by, each a column of the table of events. */
const AXES: { readonly [name: string]: Axis } = {
  "Lamport clock": { column: 1, kind: "number", point: 0, of: ({ clock }) => clock },
  time: { column: 2, kind: "time", point: 1, of: ({ time }) => time },
};

/** The timeline of a report, which is drawn again whenever its width changes. */
export class TimelineView {
  readonly element: HTMLElement;
  private readonly canvas = html("div", { class: "drawing" });
  private readonly apart = html("strong", { class: "apart-text" });
  private axis = AXES["Lamport clock"];

  /** @param find Shows the events in a range of a column. */
  constructor(
    private timeline: Timeline,
    private table: Table,
    private readonly find: (range: Range) => void,
  ) {
    new ResizeObserver(() => this.draw()).observe(this.canvas);
    const choices = Object.entries(AXES).map(([name, each]) => {
      const input = html("input", { type: "radio", name: "axis", checked: each === this.axis });
      input.addEventListener("change", () => {
        this.axis = each;
        this.draw();
      });
      return html("label", {}, input, ` ${name}`);
    });
    this.element = html(
      "section",
      { id: "timeline", "aria-labelledby": "timeline-title" },
      html("header", {}, html("h2", { id: "timeline-title" }, "Timeline")),
      html("fieldset", { class: "tools" }, html("legend", {}, "By"), ...choices),
      html(
        "figure",
        {},
        this.canvas,
        html(
          "figcaption",
          {},
          this.apart,
          html("span", { class: "hint" }, " Each mark leads to its events in the table below."),
        ),
      ),
    );
    this.show(timeline, table);
  }

  /** Shows another version of the timeline. */
  show(timeline: Timeline, table: Table): void {
    this.timeline = timeline;
    this.table = table;
    this.apart.textContent = timeline.apart?.text ?? "";
    this.draw();
  }

  private draw(): void {
    const { timeline, table, axis, canvas, find } = this;
    if (axis !== undefined && canvas.clientWidth > 0) {
      const focused = document.activeElement;
      const label = canvas.contains(focused) ? focused?.getAttribute("aria-label") : undefined;
      canvas.replaceChildren(drawing(timeline, table, axis, canvas.clientWidth, find));
      [...canvas.querySelectorAll<SVGElement>(".mark")]
        .find((mark) => mark.getAttribute("aria-label") === label)
        ?.focus({ preventScroll: true });
    }
  }
}
