import type { PendingBytes } from "./bytes.js";
import { type JsonRecords, readJson, tooLong } from "./record.js";

/** Reads an input that is one JSON value, spread over many lines. */
export class DocumentReader {
  /**
   * @param maxLength How many bytes the value may have.
   * @param line The number of the line on which the value begins.
   * @param pending The bytes of the value read so far. Its limit is at least `maxLength`.
   */
  constructor(
    private readonly maxLength: number,
    private readonly line: number,
    private readonly pending: PendingBytes,
  ) {}

  // biome-ignore lint/correctness/useYield: The only record comes at the end.
  *read(piece: Uint8Array): JsonRecords {
    this.pending.add(piece);
  }

  *end(): JsonRecords {
    const place = { line: this.line, item: undefined };
    const bytes = this.pending.take();
    yield bytes === undefined || bytes.length > this.maxLength
      ? tooLong(place, this.maxLength)
      : readJson(bytes, 0, bytes.length, place);
  }
}
