import { isWhitespace, LINE_FEED, PendingBytes } from "./bytes.js";
import { type JsonRecords, readJson, tooLong } from "./record.js";

const OPEN_BRACE = 0x7b;

/** Whether bytes begin with a line that holds nothing but the brace which begins an object. */
export function beginsDocument(bytes: Uint8Array): boolean {
  const brace = endOfBlanks(bytes, 0);
  return bytes[brace] === OPEN_BRACE && bytes[endOfBlanks(bytes, brace + 1)] === LINE_FEED;
}

/** Where the whitespace of a line ends that begins at an index. */
function endOfBlanks(bytes: Uint8Array, start: number): number {
  let index = start;
  while (bytes[index] !== LINE_FEED && isWhitespace(bytes[index])) {
    index++;
  }
  return index;
}

/** Reads an input that is one JSON value, spread over many lines. */
export class DocumentReader {
  private readonly pending: PendingBytes;

  /**
   * @param maxLength How many bytes the value may have.
   * @param line The number of the line that begins the input.
   */
  constructor(
    private readonly maxLength: number,
    private readonly line: number,
  ) {
    this.pending = new PendingBytes(maxLength);
  }

  // biome-ignore lint/correctness/useYield: There is no record before the end.
  *read(piece: Uint8Array): JsonRecords {
    this.pending.add(piece);
  }

  *end(): JsonRecords {
    const place = { line: this.line, item: undefined };
    const bytes = this.pending.take();
    yield bytes === undefined
      ? tooLong(place, this.maxLength)
      : readJson(bytes, 0, bytes.length, place);
  }
}
