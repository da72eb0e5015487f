export const LINE_FEED = 0x0a;
export const CARRIAGE_RETURN = 0x0d;

/** Whether a byte is what JSON takes for whitespace. */
export function isWhitespace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === LINE_FEED || byte === CARRIAGE_RETURN || byte === 0x09;
}

/** Where the whitespace ends that begins at an index, at the latest at the end given. */
export function endOfBlanks(bytes: Uint8Array, start: number, end = bytes.length): number {
  let index = start;
  while (index < end && isWhitespace(bytes[index])) {
    index++;
  }
  return index;
}

/** The parts as one: a part that is alone is not copied. */
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

/** The bytes again, in pieces of at most a size. */
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

/** The bytes of a record that has begun in earlier pieces of the input, up to a limit. */
export class PendingBytes {
  private parts: Uint8Array[] = [];
  private length = 0;

  /** @param limit How many bytes are kept. */
  constructor(private readonly limit: number) {}

  /** Whether there were none, within the limit or beyond. */
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
      // What gave the bytes may use their memory again. To slice a buffer of Node would share it.
      this.parts.push(new Uint8Array(bytes));
    }
  }

  /** Gives all the bytes, or `undefined` when they were too many, and begins anew. */
  take(): Uint8Array | undefined {
    const whole = this.length > this.limit ? undefined : concatenate(this.parts);
    this.parts = [];
    this.length = 0;
    return whole;
  }
}
