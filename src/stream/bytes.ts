export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;

/** Whether a byte is whitespace in JSON. */
export function isWhitespace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === 0x09;
}

/** The index of the first byte from `start` on that is not whitespace, or `end`. */
export function endOfBlanks(bytes: Uint8Array, start: number, end = bytes.length): number {
  let index = start;
  while (index < end && isWhitespace(bytes[index])) {
    index++;
  }
  return index;
}

/** UTF-8 text may begin with these bytes, which are not part of its content. */
export const BYTE_ORDER_MARK = Uint8Array.of(0xef, 0xbb, 0xbf);

/** Every gzipped file begins with these bytes, and no JSON does. */
export const GZIP_MAGIC = Uint8Array.of(0x1f, 0x8b);

/** The byte that begins an array. No event envelope begins with it. */
export const OPEN_BRACKET = 0x5b;

/** Whether bytes begin with others. */
export function startsWith(bytes: Uint8Array, beginning: Uint8Array): boolean {
  return beginning.every((byte, index) => bytes[index] === byte);
}

/** The bytes of a file without a byte-order mark. */
export function withoutMark(bytes: Uint8Array): Uint8Array {
  return startsWith(bytes, BYTE_ORDER_MARK) ? bytes.subarray(BYTE_ORDER_MARK.length) : bytes;
}

/** Whether a file of JSON that begins with these bytes is an array. */
export function isJsonArray(beginning: Uint8Array): boolean {
  const text = withoutMark(beginning);
  return text[endOfBlanks(text, 0)] === OPEN_BRACKET;
}

/** Joins parts. A single part is returned as it is, not copied. */
export function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) {
    return only;
  }
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Splits chunks into pieces of at most `size` bytes. */
export async function* inPieces(
  chunks: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const bytes of chunks) {
    for (let start = 0; start < bytes.length; start += size) {
      yield bytes.length <= size ? bytes : bytes.subarray(start, start + size);
    }
  }
}

/** Collects the bytes of a record that spans several pieces of the input, up to a limit. */
export class PendingBytes {
  private parts: Uint8Array[] = [];
  private length = 0;

  /**
   * @param limit The largest number of bytes to keep. If more are added, none are kept.
   * @param overflow Is given the bytes that are not kept.
   */
  constructor(
    private readonly limit: number,
    private readonly overflow?: (bytes: Uint8Array) => void,
  ) {}

  /** Whether no bytes were added since the last `take`. */
  get isEmpty(): boolean {
    return this.length === 0;
  }

  add(bytes: Uint8Array): void {
    if (bytes.length === 0) {
      return;
    }
    this.length += bytes.length;
    if (this.length > this.limit) {
      for (const part of [...this.parts, bytes]) {
        this.overflow?.(part);
      }
      this.parts = [];
    } else {
      // The source may reuse its memory, so the bytes are copied. `Buffer.slice` would share them.
      this.parts.push(new Uint8Array(bytes));
    }
  }

  /** Returns the bytes, or `undefined` if they exceeded the limit, and starts over. */
  take(): Uint8Array | undefined {
    const whole = this.length > this.limit ? undefined : concatenate(this.parts);
    this.parts = [];
    this.length = 0;
    return whole;
  }
}
