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

  /** @param limit The largest number of bytes to keep. If more are added, none are kept. */
  constructor(private readonly limit: number) {}

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
