import { CARRIAGE_RETURN, endOfBlanks, LINE_FEED, type PendingBytes } from "./bytes.js";
import { type JsonRecord, type JsonRecords, readJson, tooLong } from "./record.js";

/**
 * Cuts an input into lines, which end with a line feed, or a carriage return and a
 * line feed, and parses each. Blank lines, and whitespace at the beginning of a line,
 * are skipped.
 */
export class LineReader {
  /**
   * @param maxLength How many bytes a line may have.
   * @param line The number of the first line.
   * @param pending The bytes of the first line read so far. Its limit is `maxLength` and
   * one byte more, for a carriage return.
   */
  constructor(
    private readonly maxLength: number,
    private line: number,
    private readonly pending: PendingBytes,
  ) {}

  /** Reads the lines that end in a piece of the input. */
  *read(piece: Uint8Array): JsonRecords {
    let start = 0;
    let end = piece.indexOf(LINE_FEED);
    while (end !== -1) {
      let record: JsonRecord | undefined;
      if (this.pending.isEmpty) {
        record = this.readLine(piece, start, end);
      } else {
        this.pending.add(piece.subarray(start, end));
        record = this.readPending();
      }
      if (record !== undefined) {
        yield record;
      }
      start = end + 1;
      end = piece.indexOf(LINE_FEED, start);
    }
    this.pending.add(piece.subarray(this.pending.isEmpty ? endOfBlanks(piece, start) : start));
  }

  /** Reads the last line, if no line feed ends it. */
  *end(): JsonRecords {
    const record = this.pending.isEmpty ? undefined : this.readPending();
    if (record !== undefined) {
      yield record;
    }
  }

  private readPending(): JsonRecord | undefined {
    const line = this.pending.take();
    return line === undefined
      ? tooLong({ line: this.line++, item: undefined }, this.maxLength)
      : this.readLine(line, 0, line.length);
  }

  private readLine(bytes: Uint8Array, start: number, feed: number): JsonRecord | undefined {
    const place = { line: this.line++, item: undefined };
    const first = endOfBlanks(bytes, start, feed);
    if (first === feed) {
      return undefined;
    }
    const end = bytes[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
    return end - first > this.maxLength
      ? tooLong(place, this.maxLength)
      : readJson(bytes, first, end, place);
  }
}
