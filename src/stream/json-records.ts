/** Where a record stands in its input, counted from 1. */
export type Place = {
  readonly unit: "line" | "item";
  readonly number: number;
};

/** One JSON value of an input, or a piece of it that is no JSON. */
export type JsonRecord =
  | { readonly kind: "json"; readonly place: Place; readonly json: unknown }
  | { readonly kind: "unreadable"; readonly place: Place; readonly reason: string };

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];
const WHITESPACE = new Set([0x09, 0x0a, 0x0d, 0x20]);
const OPEN_BRACKET = 0x5b;

/**
 * Reads JSON Lines, or one JSON array, from chunks of UTF-8. Empty lines are
 * passed over. What is no JSON is a record of its own, so that one bad line does
 * not end the reading.
 */
export async function* readJsonRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<JsonRecord, void, undefined> {
  const lines = splitLines(chunks);
  let number = 0;
  let isFirstRecord = true;
  for await (const line of lines) {
    number++;
    const first = line.find((byte) => !WHITESPACE.has(byte));
    if (first === undefined) {
      continue;
    }
    if (first === OPEN_BRACKET && isFirstRecord) {
      // No envelope begins like this, so the whole input is one array.
      yield* readArray(line, lines, number);
      return;
    }
    isFirstRecord = false;
    yield readRecord(line, { unit: "line", number });
  }
}

async function* readArray(
  firstLine: Uint8Array,
  rest: AsyncIterable<Uint8Array>,
  number: number,
): AsyncGenerator<JsonRecord, void, undefined> {
  const lines = [firstLine];
  for await (const line of rest) {
    lines.push(line);
  }
  const array = readRecord(concatenate(lines), { unit: "line", number });
  if (array.kind === "unreadable" || !Array.isArray(array.json)) {
    yield array;
    return;
  }
  for (const [index, json] of array.json.entries()) {
    yield { kind: "json", place: { unit: "item", number: index + 1 }, json };
  }
}

function readRecord(bytes: Uint8Array, place: Place): JsonRecord {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return { kind: "unreadable", place, reason: "not UTF-8" };
  }
  try {
    return { kind: "json", place, json: JSON.parse(text.replace(/[\r\n]+$/, "")) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "unreadable", place, reason: `not JSON: ${reason}` };
  }
}

/** The lines of an input, each with its line feed, without a byte-order mark. */
async function* splitLines(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let pending: Uint8Array[] = [];
  let isFirst = true;
  const finish = (): Uint8Array => {
    const line = concatenate(pending);
    pending = [];
    const hasMark = isFirst && BYTE_ORDER_MARK.every((byte, index) => line[index] === byte);
    isFirst = false;
    return hasMark ? line.subarray(BYTE_ORDER_MARK.length) : line;
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end !== -1; end = chunk.indexOf(LINE_FEED, start)) {
      pending.push(chunk.subarray(start, end + 1));
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

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
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
