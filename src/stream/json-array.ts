import { concatenate, isWhitespace, type Line } from "./lines.js";
import type { Place } from "./place.js";

/** A piece of a JSON array: the bytes of one item, or what breaks the array. */
export type ArrayPiece =
  | { readonly kind: "item"; readonly place: Place; readonly bytes: Uint8Array }
  | { readonly kind: "broken"; readonly place: Place; readonly reason: string };

/** Whether a line is the first one of a JSON array. */
export function beginsArray({ bytes }: Line): boolean {
  return bytes.find((byte) => !isWhitespace(byte)) === OPEN_BRACKET;
}

/**
 * Cuts a JSON array into its items, without reading those. The whole is JSON
 * exactly when every item is and nothing is broken.
 *
 * @param first The line that begins the array.
 * @param rest The lines after it.
 */
export async function* splitArray(
  first: Line,
  rest: AsyncIterable<Line>,
): AsyncGenerator<ArrayPiece, void, undefined> {
  const splitter = new ArraySplitter();
  yield* splitter.split(first);
  for await (const line of rest) {
    yield* splitter.split(line);
  }
  yield* splitter.end();
}

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

class ArraySplitter {
  private state: "before" | "within" | "after" | "past" = "before";
  private line = 0;
  private item = 1;
  /** How many brackets are open within the item. */
  private depth = 0;
  /** Where the item begins, and what earlier lines hold of it. */
  private begun: { readonly place: Place; readonly parts: Uint8Array[] } | undefined;

  *split({ bytes, number }: Line): Generator<ArrayPiece, void, undefined> {
    this.line = number;
    this.begun?.parts.push(Uint8Array.of(LINE_FEED));
    let start = 0;
    // No string of JSON goes on over the end of a line.
    let inString = false;
    for (let index = 0; index < bytes.length; index++) {
      const byte = bytes[index] ?? 0;
      if (inString) {
        inString = byte !== QUOTE;
        index += byte === BACKSLASH ? 1 : 0;
      } else if (isWhitespace(byte) || this.state === "past") {
        // Nothing to see.
      } else if (this.state === "before") {
        this.state = "within";
      } else if (this.state === "after") {
        this.state = "past";
        const place = { line: number, item: undefined };
        yield { kind: "broken", place, reason: "there is more after the end of the array" };
      } else if (this.depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) {
        yield* this.finishItem(bytes.subarray(start, index), byte);
      } else {
        if (this.begun === undefined) {
          this.begun = { place: this.place(), parts: [] };
          start = index;
        }
        inString = byte === QUOTE;
        this.depth = Math.max(0, this.depth + nesting(byte));
      }
    }
    this.begun?.parts.push(bytes.subarray(start));
  }

  *end(): Generator<ArrayPiece, void, undefined> {
    if (this.state === "within") {
      yield this.broken("the input ends inside the array");
    }
  }

  private *finishItem(
    rest: Uint8Array,
    delimiter: typeof COMMA | typeof CLOSE_BRACKET,
  ): Generator<ArrayPiece, void, undefined> {
    if (this.begun !== undefined) {
      const { place, parts } = this.begun;
      yield { kind: "item", place, bytes: concatenate([...parts, rest]) };
    } else if (delimiter === COMMA || this.item > 1) {
      yield this.broken("an item is missing");
    }
    this.begun = undefined;
    this.item++;
    if (delimiter === CLOSE_BRACKET) {
      this.state = "after";
    }
  }

  private broken(reason: string): ArrayPiece {
    return { kind: "broken", place: this.begun?.place ?? this.place(), reason };
  }

  private place(): Place {
    return { line: this.line, item: this.item };
  }
}

/** By how much a byte outside of strings deepens the nesting. */
function nesting(byte: number): -1 | 0 | 1 {
  switch (byte) {
    case OPEN_BRACKET:
    case OPEN_BRACE:
      return 1;
    case CLOSE_BRACKET:
    case CLOSE_BRACE:
      return -1;
    default:
      return 0;
  }
}
