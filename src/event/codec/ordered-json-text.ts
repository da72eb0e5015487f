import { TooLargeError } from "../errors/errors.js";
import type { OrderedJson } from "./message-to-json.js";

/**
 * The text of a JSON value with its keys in order: `JSON.stringify` for values that hold
 * `Map`s.
 *
 * @param indent Spaces for each level; 0 writes one line.
 * @throws TooLargeError when the text is too long for a string.
 */
export function orderedJsonText(value: OrderedJson, indent: number): string {
  try {
    return write(value, indent, "");
  } catch (error) {
    // The stack cannot overflow: no value here is deeper than a state.
    throw error instanceof RangeError
      ? new TooLargeError("as much text as fits in one string")
      : error;
  }
}

function write(value: OrderedJson, indent: number, outer: string): string {
  if (typeof value !== "object" || value === null) {
    return JSON.stringify(value);
  }
  const inner = outer + " ".repeat(indent);
  const colon = indent > 0 ? ": " : ":";
  if (isList(value)) {
    const items = value.map((item) => write(item, indent, inner));
    return enclose("[", items, "]", indent, outer);
  }
  const entries: Iterable<readonly [string, OrderedJson]> =
    value instanceof Map ? value : Object.entries(value);
  const members = Array.from(
    entries,
    ([key, item]) => `${JSON.stringify(key)}${colon}${write(item, indent, inner)}`,
  );
  return enclose("{", members, "}", indent, outer);
}

function isList(value: object): value is readonly OrderedJson[] {
  return Array.isArray(value);
}

function enclose(
  open: string,
  parts: readonly string[],
  close: string,
  indent: number,
  outer: string,
): string {
  if (parts.length === 0 || indent === 0) {
    return `${open}${parts.join(",")}${close}`;
  }
  const inner = outer + " ".repeat(indent);
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${outer}${close}`;
}
