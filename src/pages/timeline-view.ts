import type { Table, Timeline } from "../report/report.js";
import { html } from "./dom.js";
import type { Range } from "./lines.js";
import { type Axis, drawing } from "./timeline-drawing.js";

/** The axes that events can be shown by, each a column of the table of events. */
const AXES: { readonly [name: string]: Axis } = {
  "Lamport clock": { column: 1, kind: "number", point: 0, of: ({ clock }) => clock },
  time: { column: 2, kind: "time", point: 1, of: ({ time }) => time },
};

/**
 * The timeline of a report, which is drawn again whenever its width changes.
 *
 * @param show Shows the events in a range of a column.
 */
export function timelineView(
  timeline: Timeline,
  table: Table,
  show: (range: Range) => void,
): HTMLElement {
  let axis = AXES["Lamport clock"];
  const canvas = html("div", { class: "drawing" });
  const draw = (): void => {
    if (axis !== undefined && canvas.clientWidth > 0) {
      canvas.replaceChildren(drawing(timeline, table, axis, canvas.clientWidth, show));
    }
  };
  new ResizeObserver(draw).observe(canvas);
  const choices = Object.entries(AXES).map(([name, each]) => {
    const input = html("input", { type: "radio", name: "axis", checked: each === axis });
    input.addEventListener("change", () => {
      axis = each;
      draw();
    });
    return html("label", {}, input, ` ${name}`);
  });
  const { apart } = timeline;
  return html(
    "section",
    { id: "timeline", "aria-labelledby": "timeline-title" },
    html("header", {}, html("h2", { id: "timeline-title" }, "Timeline")),
    html("fieldset", { class: "tools" }, html("legend", {}, "By"), ...choices),
    html(
      "figure",
      {},
      canvas,
      html(
        "figcaption",
        {},
        apart === undefined ? "" : html("strong", { class: "apart-text" }, apart.text),
        html("span", { class: "hint" }, " Each mark leads to its events in the table below."),
      ),
    ),
  );
}
