import { CARRIAGE_RETURN, isWhitespace, LINE_FEED, PendingBytes } from "./bytes.js";
import { type JsonRecord, readJson, tooLong } from "./record.js";

/**
 * Cuts an input into lines, which end with a line feed, or a carriage return and a
 * line feed, and reads the JSON of each. Empty lines are passed over.
 */
export class LineReader {
  private readonly pending: PendingBytes;

  /**
   * @param maxLength How many bytes a line may have.
   * @param line The number of the line that begins the input.
   */
  constructor(
    private readonly maxLength: number,
    private line: number,
  ) {
    this.pending = new PendingBytes(maxLength);
  }

  /** Reads the lines that end in a piece of the input. */
  read(piece: Uint8Array, records: JsonRecord[]): void {
    let start = 0;
    let end = piece.indexOf(LINE_FEED);
    while (end !== -1) {
      if (this.pending.isEmpty) {
        this.readLine(piece, start, end, records);
      } else {
        this.pending.add(piece.subarray(start, end));
        this.readPending(records);
      }
      start = end + 1;
      end = piece.indexOf(LINE_FEED, start);
    }
    this.pending.add(piece.subarray(start));
  }

  /** Reads the line that has no end. */
  end(records: JsonRecord[]): void {
    if (!this.pending.isEmpty) {
      this.readPending(records);
    }
  }

  private readPending(records: JsonRecord[]): void {
    const line = this.pending.take();
    if (line === undefined) {
      records.push(tooLong({ line: this.line++, item: undefined }, this.maxLength));
    } else {
      this.readLine(line, 0, line.length, records);
    }
  }

  private readLine(bytes: Uint8Array, start: number, feed: number, records: JsonRecord[]): void {
    const place = { line: this.line++, item: undefined };
    const end = feed > start && bytes[feed - 1] === CARRIAGE_RETURN ? feed - 1 : feed;
    let first = start;
    while (first < end && isWhitespace(bytes[first])) {
      first++;
    }
    if (first === end) {
      return;
    }
    records.push(
      end - start > this.maxLength
        ? tooLong(place, this.maxLength)
        : readJson(bytes, start, end, place),
    );
  }
}
