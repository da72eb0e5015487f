import { concatenate, isWhitespace, LINE_FEED } from "./bytes.js";
import { ArrayReader, OPEN_BRACKET } from "./json-array.js";
import { beginsDocument, DocumentReader } from "./json-document.js";
import { LineReader } from "./lines.js";
import type { JsonRecords } from "./record.js";

/**
 * Reads JSON Lines, one JSON array, or one JSON object spread over many lines, from
 * pieces of UTF-8 as they come. It keeps no more than one record. A byte-order mark
 * and empty lines are passed over. What is no JSON is a record of its own, so that
 * one bad line or item does not end the reading.
 */
export class RecordReader {
  private reader: LineReader | ArrayReader | DocumentReader | undefined;
  /** What has come of the input while its form is not known. */
  private head: Uint8Array = new Uint8Array();
  private line = 1;
  private isAtStart = true;

  /** @param maxLength How many bytes a record may have. */
  constructor(private readonly maxLength: number) {}

  /** The records that end in the next piece of the input. All of them must be taken. */
  *read(piece: Uint8Array): JsonRecords {
    if (this.reader === undefined) {
      this.head = this.head.length === 0 ? piece : concatenate([this.head, piece]);
      yield* this.readHead(false);
    } else {
      yield* this.reader.read(piece);
    }
  }

  /** The record that has no end of its own, if there is one. */
  *end(): JsonRecords {
    if (this.reader === undefined) {
      yield* this.readHead(true);
    }
    if (this.reader !== undefined) {
      yield* this.reader.end();
    }
  }

  private *readHead(isWhole: boolean): JsonRecords {
    if (this.isAtStart && !isWhole && this.head.length < BYTE_ORDER_MARK.length) {
      return;
    }
    if (this.isAtStart && BYTE_ORDER_MARK.every((byte, index) => this.head[index] === byte)) {
      this.head = this.head.subarray(BYTE_ORDER_MARK.length);
    }
    this.isAtStart = false;
    this.dropBlankLines();
    this.reader = this.readerOf(isWhole);
    if (this.reader !== undefined) {
      const { head } = this;
      this.head = new Uint8Array();
      yield* this.reader.read(head);
    }
  }

  private dropBlankLines(): void {
    let index = 0;
    let lineStart = 0;
    while (index < this.head.length && isWhitespace(this.head[index])) {
      if (this.head[index++] === LINE_FEED) {
        this.line++;
        lineStart = index;
      }
    }
    const isBlank = index === this.head.length;
    this.head = this.head.subarray(
      isBlank ? Math.max(lineStart, index - MAX_BRACE_LINE) : lineStart,
    );
  }

  /** What reads the input, if its first line says that already. */
  private readerOf(isWhole: boolean): LineReader | ArrayReader | DocumentReader | undefined {
    const first = this.head.find((byte) => !isWhitespace(byte));
    if (first === undefined) {
      return undefined;
    }
    if (first === OPEN_BRACKET) {
      return new ArrayReader(this.maxLength, this.line);
    }
    if (beginsDocument(this.head)) {
      return new DocumentReader(this.maxLength, this.line);
    }
    const isLine = this.head.includes(LINE_FEED) || this.head.length > MAX_BRACE_LINE;
    return isLine || isWhole ? new LineReader(this.maxLength, this.line) : undefined;
  }
}

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** A longer line than this that has not ended holds more than a brace. */
const MAX_BRACE_LINE = 1024;
