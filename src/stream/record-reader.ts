import {
  BYTE_ORDER_MARK,
  endOfBlanks,
  isWhitespace,
  LINE_FEED,
  OPEN_BRACKET,
  PendingBytes,
} from "./bytes.js";
import { ArrayReader } from "./json-array.js";
import { DocumentReader } from "./json-document.js";
import { LineReader } from "./lines.js";
import type { JsonRecords } from "./record.js";

/**
 * Reads JSON Lines, one JSON array, or one JSON object spread over many lines, from
 * pieces of UTF-8 as they arrive, wherever they are cut. It keeps at most one record in
 * memory. A byte-order mark and empty lines are skipped. A line or item that is not JSON
 * becomes an unreadable record, and reading goes on.
 */
export class RecordReader {
  private reader: LineReader | ArrayReader | DocumentReader | undefined;
  private line = 1;
  /** How many bytes of a byte-order mark have been read, until it is known whether it is one. */
  private markLength: number | undefined = 0;
  /** The bytes of the first record, while the form of the input is not known. */
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

  /** The last record, if the end of the input ends it. */
  *end(): JsonRecords {
    this.addBrokenMark();
    yield* (this.reader ?? this.lines()).end();
  }

  /** Chooses the reader of the input, and returns where in the piece it begins. */
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

  /** Reads bytes that begin like a byte-order mark but are not one as part of the first line. */
  private addBrokenMark(): void {
    if (this.markLength !== undefined && this.markLength > 0) {
      this.pending.add(BYTE_ORDER_MARK.subarray(0, this.markLength));
      this.reader = this.lines();
    }
    this.markLength = undefined;
  }

  /** Skips whitespace, counts its lines, and returns where it ends. */
  private skipBlanks(piece: Uint8Array, start: number): number {
    const end = endOfBlanks(piece, start);
    for (let index = start; index < end; index++) {
      this.line += piece[index] === LINE_FEED ? 1 : 0;
    }
    return end;
  }

  /** Chooses the reader after a brace: one alone on its line begins a document. */
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
