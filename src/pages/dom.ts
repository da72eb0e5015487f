/** The attributes of an element, and what to call for its events. Absent ones are left out. */
type Attributes = {
  readonly [name: string]: string | number | boolean | undefined;
};

/** A child of an element. Text is text, whatever it looks like. */
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

/** Makes a button with a text, and what it does. */
export function button(attributes: Attributes, text: string, press: () => void): HTMLButtonElement {
  const element = html("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", press);
  return element;
}

/** Makes a select with a label. The value of an option is its text. */
export function choice(
  label: string,
  options: readonly string[],
  choose: (option: string) => void,
): HTMLElement {
  const select = html("select", {}, ...options.map((option) => html("option", {}, option)));
  select.addEventListener("change", () => choose(select.value));
  return html("label", {}, `${label} `, select);
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
