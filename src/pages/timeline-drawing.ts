import { scaleLinear, scaleUtc } from "d3-scale";
import {
  curveStepAfter,
  line,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
} from "d3-shape";
import type { ColumnKind, Moment, Table, Timeline } from "../report/report.js";
import { cellText, numberText } from "./cell-text.js";
import { svg } from "./dom.js";
import type { Range } from "./lines.js";
import { giveKeys, type Mark } from "./mark-keys.js";

/** An axis along which the events are laid out. */
export type Axis = {
  /** Its column in the table of events. */
  readonly column: number;
  readonly kind: ColumnKind;
  /** Its place in a point of the counts. */
  readonly point: 0 | 1;
  readonly of: (moment: Moment) => number;
};

/** The margins and heights of the drawing, in pixels. */
const LEFT = 92;
const RIGHT = 30;
const LANE = 30;
const TOP = 20;
const CHART = 90;
const AXIS = 26;

/** Events closer than this, in pixels, share a mark. */
const BIN = 6;

/** Draws events on their lanes, and the counts over time below them. */
export function drawing(
  timeline: Timeline,
  table: Table,
  axis: Axis,
  width: number,
  show: (range: Range) => void,
): SVGSVGElement {
  const { lanes, counts } = timeline;
  const values = table.rows.map((row) => Number(row[axis.column]));
  const x = scaleOver(values, axis, width);
  const lanesEnd = TOP + lanes.length * LANE;
  const chartTop = lanesEnd + 24;
  const bottom = counts.points.length > 0 ? chartTop + CHART : lanesEnd;
  const height = bottom + AXIS;
  const marked: Mark[][] = [];
  // Browsers make a drawing that listens for focus a stop of the tab key, unless told otherwise.
  const whole = svg(
    "svg",
    {
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: "group",
      tabindex: -1,
      "aria-label": label(),
    },
    apartBand(timeline, axis, x, bottom),
    ...ticks(x, axis, width, bottom),
    ...lanes.flatMap((lane, index) => {
      const base = TOP + (index + 1) * LANE - 6;
      return [
        svg("line", { class: "rule", x1: LEFT, x2: width - RIGHT, y1: base, y2: base }),
        svg("path", {
          class: `glyph ${lane.tone}`,
          d: shapeOf(index),
          transform: `translate(9 ${base - 8})`,
        }),
        svg("text", { class: "label", x: 20, y: base - 4 }, lane.name),
        ...marks(table, lane.name, index, lane.tone, base),
      ];
    }),
    ...(counts.points.length > 0 ? countCurves() : []),
    apartRule(timeline, axis, x, bottom),
  );
  giveKeys(whole, marked);
  return whole;

  function label(): string {
    const sums = lanes.map(
      ({ name }) => `${numberText(table.rows.filter(([lane]) => lane === name).length)} ${name}`,
    );
    return `Events by ${axis.kind === "time" ? "time" : "Lamport clock"}: ${sums.join(", ")}. ${timeline.apart?.text ?? ""}`;
  }

  function marks(of: Table, name: string, index: number, tone: string, base: number): SVGElement[] {
    const bins = new Map<number, { from: number; to: number; count: number }>();
    of.rows.forEach(([lane], row) => {
      const value = values[row] ?? 0;
      if (lane === name) {
        const bin = Math.round(x(value) / BIN);
        const known = bins.get(bin) ?? { from: value, to: value, count: 0 };
        known.from = Math.min(known.from, value);
        known.to = Math.max(known.to, value);
        known.count++;
        bins.set(bin, known);
      }
    });
    const most = Math.max(...[...bins.values()].map(({ count }) => count));
    const placed = [...bins].map(([bin, { from, to, count }]) => {
      const [first, last] = [cellText(axis.kind, from), cellText(axis.kind, to)];
      const title = `${numberText(count)} ${name}, ${first === last ? first : `${first} – ${last}`}`;
      const element =
        most === 1
          ? svg("path", { d: shapeOf(index), transform: `translate(${x(from)} ${base - 8})` })
          : bar(bin * BIN, base, count / most);
      const names = { class: `mark ${tone}`, role: "button", "aria-label": title, tabindex: -1 };
      for (const [attribute, value] of Object.entries(names)) {
        element.setAttribute(attribute, String(value));
      }
      element.append(svg("title", {}, title));
      element.addEventListener("click", () => show({ column: axis.column, from, to }));
      return { element, x: x(from) };
    });
    marked.push(placed);
    return placed.map(({ element }) => element);
  }

  function countCurves(): SVGElement[] {
    const { names, points } = counts;
    const most = Math.max(1, ...points.flatMap(([, , ...each]) => each));
    const y = scaleLinear([0, most], [chartTop + CHART, chartTop]).nice(3);
    const end = x.range()[1] ?? width;
    const legend = Math.min(110, (width - LEFT) / names.length);
    type Point = (typeof points)[number];
    const path = (of: (point: Point) => number): string => {
      const drawn = line<Point>(
        (point) => x(point[axis.point]),
        (point) => y(of(point)),
      ).curve(curveStepAfter)(points.toSorted((a, b) => a[axis.point] - b[axis.point]));
      return `${drawn ?? ""}H${end}`;
    };
    return [
      ...y
        .ticks(3)
        .filter(Number.isInteger)
        .flatMap((tick) => [
          svg("line", { class: "rule", x1: LEFT, x2: end, y1: y(tick), y2: y(tick) }),
          svg(
            "text",
            { class: "tick", x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" },
            numberText(tick),
          ),
        ]),
      ...names.flatMap((name, index) => [
        svg("path", { class: `curve curve-${index}`, d: path((point) => point[index + 2] ?? 0) }),
        svg("line", {
          class: `curve curve-${index}`,
          x1: LEFT + index * legend,
          x2: LEFT + 18 + index * legend,
          y1: chartTop - 9,
          y2: chartTop - 9,
        }),
        svg("text", { class: "label", x: LEFT + 23 + index * legend, y: chartTop - 5 }, name),
      ]),
    ];
  }
}

/** A bar for several events, high enough to be visible even for few. */
function bar(x: number, base: number, share: number): SVGElement {
  const height = 4 + Math.sqrt(share) * (LANE - 12);
  return svg("rect", { x: x - BIN / 2 + 0.5, y: base - height, width: BIN - 1, height });
}

type Scale = ReturnType<typeof scaleOver>;

function scaleOver(values: readonly number[], { kind }: Axis, width: number) {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  const domain =
    values.length === 0 ? [0, 1] : least === most ? [least - 1, most + 1] : [least, most];
  const range = [LEFT + 8, width - RIGHT - 8];
  return kind === "time" ? scaleUtc(domain, range) : scaleLinear(domain, range);
}

function ticks(x: Scale, { kind }: Axis, width: number, bottom: number): SVGElement[] {
  const count = Math.max(2, Math.floor((width - LEFT) / 110));
  // The scale decides whether its ticks are numbers or times.
  const format =
    kind === "time"
      ? (x.tickFormat(count) as (tick: number | Date) => string)
      : (tick: number | Date) => numberText(Number(tick));
  return x
    .ticks(count)
    .filter((tick) => kind === "time" || Number.isInteger(tick))
    .flatMap((tick) => [
      svg("line", { class: "tick-rule", x1: x(tick), x2: x(tick), y1: TOP, y2: bottom + 4 }),
      svg(
        "text",
        { class: "tick", x: x(tick), y: bottom + 18, "text-anchor": "middle" },
        format(tick),
      ),
    ]);
}

function apartBand(
  { apart }: Timeline,
  axis: Axis,
  x: Scale,
  bottom: number,
): SVGElement | undefined {
  if (apart === undefined || apart.from === null) {
    return undefined;
  }
  const [from, to] = [axis.of(apart.from), axis.of(apart.to)].map((value) => x(value));
  const start = Math.min(from ?? 0, to ?? 0);
  const size = Math.max(2, Math.abs((to ?? 0) - (from ?? 0)));
  return svg("rect", { class: "apart-band", x: start, y: TOP, width: size, height: bottom - TOP });
}

function apartRule(
  { apart }: Timeline,
  axis: Axis,
  x: Scale,
  bottom: number,
): SVGElement | undefined {
  if (apart === undefined) {
    return undefined;
  }
  const at = x(axis.of(apart.to));
  const [start = 0, end = 0] = x.range();
  const isLeft = at - start > (end - start) / 2;
  return svg(
    "g",
    { class: "apart" },
    svg("line", { x1: at, x2: at, y1: 8, y2: bottom }),
    svg(
      "text",
      { x: at + (isLeft ? -5 : 5), y: 13, "text-anchor": isLeft ? "end" : "start" },
      apart.label,
    ),
  );
}

const SHAPES = [symbolCircle, symbolTriangle, symbolSquare, symbolDiamond, symbolCross, symbolStar];

function shapeOf(lane: number): string {
  return symbol(SHAPES[lane % SHAPES.length], 64)() ?? "";
}
