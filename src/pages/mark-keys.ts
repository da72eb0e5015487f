/**
 * Makes all marks of a drawing a single stop of the tab key. The arrow keys move between them:
 * left and right on a lane, up and down to the nearest mark of another lane. Enter and space press
 * a mark.
 */
export function giveKeys(drawing: SVGSVGElement, lanes: readonly (readonly Mark[])[]): void {
  const used = lanes
    .map((lane) => lane.toSorted((a, b) => a.x - b.x))
    .filter(({ length }) => length > 0);
  let current = used[0]?.[0];
  current?.element.setAttribute("tabindex", "0");
  drawing.addEventListener("focusin", ({ target }) => {
    current?.element.setAttribute("tabindex", "-1");
    current = used.flat().find(({ element }) => element === target) ?? current;
    current?.element.setAttribute("tabindex", "0");
  });
  drawing.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      current?.element.dispatchEvent(new MouseEvent("click"));
    } else {
      const next = current && nextOf(current, event.key, used);
      if (next === undefined) {
        return;
      }
      next.element.focus();
    }
    event.preventDefault();
  });
}

/** A mark of a drawing, and where it is. */
export type Mark = { readonly element: SVGElement; readonly x: number };

function nextOf(mark: Mark, key: string, lanes: readonly (readonly Mark[])[]): Mark | undefined {
  const at = lanes.findIndex((lane) => lane.includes(mark));
  const lane = lanes[at] ?? [];
  switch (key) {
    case "ArrowLeft":
      return lane[lane.indexOf(mark) - 1];
    case "ArrowRight":
      return lane[lane.indexOf(mark) + 1];
    case "Home":
      return lane[0];
    case "End":
      return lane.at(-1);
    case "ArrowUp":
      return nearest(mark, lanes[at - 1]);
    case "ArrowDown":
      return nearest(mark, lanes[at + 1]);
    default:
      return undefined;
  }
}

function nearest({ x }: Mark, lane: readonly Mark[] = []): Mark | undefined {
  return lane.toSorted((a, b) => Math.abs(a.x - x) - Math.abs(b.x - x))[0];
}
