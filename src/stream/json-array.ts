import { isWhitespace, LINE_FEED, OPEN_BRACKET, PendingBytes } from "./bytes.js";
import type { Place } from "./place.js";
import { type JsonRecord, type JsonRecords, notJson, readJson, tooLong } from "./record.js";

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Cuts a JSON array into its items, and parses each. The input is valid JSON if and
 * only if every record is readable.
 */
export class ArrayReader {
  private state: "before" | "within" | "after" | "past" = "before";
  private item = 1;
  /** How many brackets are open within the item. */
  private depth = 0;
  private isLineEnded = false;
  private inString = false;
  private isEscaped = false;
  /** Where the item begins. */
  private begun: Place | undefined;
  private readonly pending: PendingBytes;

  /**
   * @param maxLength How many bytes an item may have.
   * @param line The number of the line on which the array begins.
   */
  constructor(
    private readonly maxLength: number,
    private line: number,
  ) {
    this.pending = new PendingBytes(maxLength);
  }

  /** Reads the items that end in a piece of the input. */
  *read(piece: Uint8Array): JsonRecords {
    let start = 0;
    for (let index = 0; index < piece.length; index++) {
      const byte = piece[index] ?? 0;
      if (this.isLineEnded) {
        this.line++;
        this.isLineEnded = false;
      }
      if (byte === LINE_FEED) {
        this.isLineEnded = true;
        // A JSON string cannot contain a line feed.
        this.inString = false;
        this.isEscaped = false;
      } else if (this.inString) {
        this.inString = this.isEscaped || byte !== QUOTE;
        this.isEscaped = !this.isEscaped && byte === BACKSLASH;
      } else if (isWhitespace(byte) || this.state === "past") {
        // Skipped: no part of an item.
      } else if (this.state === "before") {
        this.state = "within";
      } else if (this.state === "after") {
        this.state = "past";
        const place = { line: this.line, item: undefined };
        yield notJson(place, "there is more after the end of the array");
      } else if (this.depth === 0 && (byte === COMMA || byte === CLOSE_BRACKET)) {
        if (this.begun !== undefined) {
          this.pending.add(piece.subarray(start, index));
        }
        const record = this.finishItem(byte);
        if (record !== undefined) {
          yield record;
        }
      } else {
        if (this.begun === undefined) {
          this.begun = this.place();
          start = index;
        }
        this.inString = byte === QUOTE;
        this.depth = Math.max(0, this.depth + nesting(byte));
      }
    }
    if (this.begun !== undefined) {
      this.pending.add(piece.subarray(start));
    }
  }

  /** Reports an array that is not closed. */
  *end(): JsonRecords {
    if (this.state === "within") {
      yield notJson(this.begun ?? this.place(), "the input ends inside the array");
    }
  }

  private finishItem(delimiter: number): JsonRecord | undefined {
    const place = this.begun ?? this.place();
    const hasItem = this.begun !== undefined;
    const isMissing = !hasItem && (delimiter === COMMA || this.item > 1);
    const bytes = this.pending.take();
    this.begun = undefined;
    this.item++;
    if (delimiter === CLOSE_BRACKET) {
      this.state = "after";
    }
    if (!hasItem) {
      return isMissing ? notJson(place, "an item is missing") : undefined;
    }
    return bytes === undefined
      ? tooLong(place, this.maxLength)
      : readJson(bytes, 0, bytes.length, place);
  }

  private place(): Place {
    return { line: this.line, item: this.item };
  }
}

/** How a byte outside of strings changes the depth of nesting. */
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
