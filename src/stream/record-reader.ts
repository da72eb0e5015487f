import { endOfBlanks, isWhitespace, LINE_FEED, PendingBytes } from "./bytes.js";
import { ArrayReader, OPEN_BRACKET } from "./json-array.js";
import { DocumentReader } from "./json-document.js";
import { LineReader } from "./lines.js";
import type { JsonRecords } from "./record.js";

/**
 * Reads JSON Lines, one JSON array, or one JSON object spread over many lines, from
 * pieces of UTF-8 as they come; where it is cut makes no difference. It keeps no more
 * than one record. A byte-order mark and empty lines are passed over. What is no JSON
 * is a record of its own, so that one bad line or item does not end the reading.
 */
export class RecordReader {
  private reader: LineReader | ArrayReader | DocumentReader | undefined;
  private line = 1;
  /** How many bytes of a byte-order mark have come, while it may be one. */
  private markLength: number | undefined = 0;
  /** What has come of the first record while the form of the input is not known. */
  private readonly pending: PendingBytes;

  /** @param maxLength How many bytes a record may have. */
  constructor(private readonly maxLength: number) {
    this.pending = new PendingBytes(maxLength + 1);
  }

  /** The records that end in the next piece of the input. All of them must be taken. */
  *read(piece: Uint8Array): JsonRecords {
    const start = this.reader === undefined ? this.readHead(piece) : 0;
    if (this.reader !== undefined) {
      yield* this.reader.read(start === 0 ? piece : piece.subarray(start));
    }
  }

  /** The record that has no end of its own, if there is one. */
  *end(): JsonRecords {
    this.addBrokenMark();
    yield* (this.reader ?? this.lines()).end();
  }

  /** Finds out what reads the input, and from where in the piece. */
  private readHead(piece: Uint8Array): number {
    let index = this.skipMark(piece);
    if (this.pending.isEmpty) {
      index = this.skipBlanks(piece, index);
      if (piece[index] === OPEN_BRACKET) {
        this.reader = new ArrayReader(this.maxLength, this.line);
      } else if (piece[index] === OPEN_BRACE) {
        this.pending.add(piece.subarray(index, ++index));
      }
    }
    if (index < piece.length && this.reader === undefined) {
      this.reader = this.pending.isEmpty ? this.lines() : this.readerBehindBrace(piece, index);
    }
    return index;
  }

  private skipMark(piece: Uint8Array): number {
    let index = 0;
    while (this.markLength !== undefined && index < piece.length) {
      if (piece[index] === BYTE_ORDER_MARK[this.markLength]) {
        index++;
        this.markLength =
          this.markLength + 1 === BYTE_ORDER_MARK.length ? undefined : this.markLength + 1;
      } else {
        this.addBrokenMark();
      }
    }
    return index;
  }

  /** What began as a byte-order mark does, and is none, is read. */
  private addBrokenMark(): void {
    if (this.markLength !== undefined && this.markLength > 0) {
      this.pending.add(BYTE_ORDER_MARK.subarray(0, this.markLength));
      this.reader = this.lines();
    }
    this.markLength = undefined;
  }

  /** Where what is no whitespace begins. */
  private skipBlanks(piece: Uint8Array, start: number): number {
    const end = endOfBlanks(piece, start);
    for (let index = start; index < end; index++) {
      this.line += piece[index] === LINE_FEED ? 1 : 0;
    }
    return end;
  }

  /** An object whose first line holds nothing but its brace is spread over lines. */
  private readerBehindBrace(piece: Uint8Array, start: number): typeof this.reader {
    const index = piece.findIndex(
      (byte, at) => at >= start && (byte === LINE_FEED || !isWhitespace(byte)),
    );
    if (index === -1) {
      this.pending.add(piece.subarray(start));
      return undefined;
    }
    return piece[index] === LINE_FEED
      ? new DocumentReader(this.maxLength, this.line, this.pending)
      : this.lines();
  }

  private lines(): LineReader {
    return new LineReader(this.maxLength, this.line, this.pending);
  }
}

const OPEN_BRACE = 0x7b;
const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);
