/**
 * The text of a JSON value with the keys of every object sorted, so that equal values have
 * equal texts. Numbers that are not finite are written by name. Checkpoints hold hashes of this
 * text.
 */
export function canonicalJson(json: unknown): string {
  // A loop, not a recursion, so that no depth overflows the stack.
  const open: (Piece | Value)[] = [{ json }];
  let text = "";
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (typeof next === "string") {
      text += next;
    } else if (typeof next.json === "number") {
      text += Number.isFinite(next.json) ? JSON.stringify(next.json) : String(next.json);
    } else if (typeof next.json !== "object" || next.json === null) {
      // An undefined item of a list is null.
      text += JSON.stringify(next.json ?? null);
    } else {
      for (const part of partsOf(next.json).reverse()) {
        open.push(part);
      }
    }
  }
  return text;
}

/** A piece of the text, or a value whose text comes next. */
type Piece = string;
type Value = { readonly json: unknown };

/** An object is a list of its entries, since an object in JavaScript moves keys like `1`. */
function partsOf(container: object): (Piece | Value)[] {
  if (Array.isArray(container)) {
    const items = Array.from(container, (json: unknown) => ({ json }));
    return ["[", ...items.flatMap((item, index) => (index === 0 ? [item] : [",", item])), "]"];
  }
  const entries = Object.entries(container)
    // An undefined value counts as absent.
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return [
    '{"entries":[',
    ...entries.flatMap(([key, json], index): (Piece | Value)[] => [
      `${index === 0 ? "" : ","}[${JSON.stringify(key)},`,
      { json },
      "]",
    ]),
    "]}",
  ];
}
