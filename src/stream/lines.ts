/** Bytes as a file or a pipe gives them, cut anywhere. */
export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** One line of an input, counted from 1, without what ends it. */
export type Line = { readonly bytes: Uint8Array; readonly number: number };

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const WHITESPACE: ReadonlySet<number> = new Set([0x09, LINE_FEED, CARRIAGE_RETURN, 0x20]);

/**
 * The lines of an input, which end with a line feed, or a carriage return and a
 * line feed. A byte-order mark at the beginning belongs to none.
 */
export async function* splitLines(chunks: Chunks): AsyncGenerator<Line, void, undefined> {
  let pending: Uint8Array[] = [];
  let number = 0;
  const finish = (): Line => {
    const line = concatenate(pending);
    pending = [];
    number++;
    const hasMark = number === 1 && BYTE_ORDER_MARK.every((byte, index) => line[index] === byte);
    const start = hasMark ? BYTE_ORDER_MARK.length : 0;
    const end = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
    return { bytes: line.subarray(start, end), number };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      pending.push(chunk.subarray(start, end));
      start = end + 1;
      yield finish();
    }
    if (start < chunk.length) {
      pending.push(chunk.subarray(start));
    }
  }
  if (pending.length > 0) {
    yield finish();
  }
}

/** Whether a byte is what JSON takes for whitespace. */
export function isWhitespace(byte: number): boolean {
  return WHITESPACE.has(byte);
}

/** Whether there is nothing but whitespace. */
export function isBlank(bytes: Uint8Array): boolean {
  return bytes.every(isWhitespace);
}

/** The parts as one. */
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
