/** The attributes of an element, and the handlers of its events. Absent ones are left out. */
type Attributes = {
  readonly [name: string]: string | number | boolean | undefined;
};

/** A child of an element. Text is never read as HTML. */
export type Child = Node | string | undefined;

/** Makes an element of HTML. */
export function html<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

/** Makes an element of SVG. */
export function svg<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Tag] {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** Makes a button with a text and an action. */
export function button(attributes: Attributes, text: string, press: () => void): HTMLButtonElement {
  const element = html("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", press);
  return element;
}

/**
 * Makes these the only children of a parent, in this order. Those that are in place already are
 * not touched, so that they keep focus and scroll position.
 */
export function setChildren(parent: Node, children: readonly Child[]): void {
  const wanted = children.flatMap((child) =>
    child === undefined ? [] : [typeof child === "string" ? new Text(child) : child],
  );
  const kept = new Set<Node>(wanted);
  for (const child of [...parent.childNodes]) {
    if (!kept.has(child)) {
      child.remove();
    }
  }
  wanted.forEach((child, index) => {
    const there = parent.childNodes[index] ?? null;
    if (there !== child) {
      parent.insertBefore(child, there);
    }
  });
}

function filled<E extends Element>(
  element: E,
  attributes: Attributes,
  children: readonly Child[],
): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.filter((child) => child !== undefined));
  return element;
}
