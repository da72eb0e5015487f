import { constants } from "node:buffer";
import { beginsArray, splitArray } from "./json-array.js";
import { type Chunks, concatenate, isBlank, isWhitespace, type Line, splitLines } from "./lines.js";
import type { Place } from "./place.js";

/** One JSON value of an input, or a piece of it that is no JSON. */
export type JsonRecord =
  | { readonly kind: "json"; readonly place: Place; readonly json: unknown }
  | { readonly kind: "unreadable"; readonly place: Place; readonly reason: string };

/**
 * Reads JSON Lines, one JSON array, or one JSON object spread over many lines,
 * from chunks of UTF-8. Of lines and arrays, it holds no more than a line and an
 * item. Empty lines are passed over. What is no JSON is a record of its own, so
 * that one bad line or item does not end the reading.
 */
export async function* readJsonRecords(
  chunks: Chunks,
): AsyncGenerator<JsonRecord, void, undefined> {
  const lines = splitLines(chunks);
  let isFirstRecord = true;
  for await (const line of lines) {
    if (isBlank(line.bytes)) {
      continue;
    }
    if (isFirstRecord && beginsArray(line)) {
      // No envelope begins like this, so the whole input is one array.
      for await (const piece of splitArray(line, lines)) {
        yield piece.kind === "item"
          ? readJson(piece.bytes, piece.place)
          : { kind: "unreadable", place: piece.place, reason: `not JSON: ${piece.reason}` };
      }
      return;
    }
    if (isFirstRecord && isOpenBrace(line)) {
      yield readDocument(line, await collect(lines));
      return;
    }
    isFirstRecord = false;
    yield readJson(line.bytes, { line: line.number, item: undefined });
  }
}

const OPEN_BRACE = 0x7b;
const LINE_FEED = Uint8Array.of(0x0a);

/** Whether a line holds nothing but the brace that begins a document of many lines. */
function isOpenBrace({ bytes }: Line): boolean {
  const start = bytes.findIndex((byte) => !isWhitespace(byte));
  return bytes[start] === OPEN_BRACE && isBlank(bytes.subarray(start + 1));
}

async function collect(lines: AsyncIterable<Line>): Promise<Line[]> {
  const collected: Line[] = [];
  for await (const line of lines) {
    collected.push(line);
  }
  return collected;
}

function readDocument(first: Line, rest: readonly Line[]): JsonRecord {
  const parts = [first, ...rest].flatMap(({ bytes }) => [bytes, LINE_FEED]);
  return readJson(concatenate(parts), { line: first.number, item: undefined });
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readJson(bytes: Uint8Array, place: Place): JsonRecord {
  if (bytes.length > constants.MAX_STRING_LENGTH) {
    const reason = `longer than the ${constants.MAX_STRING_LENGTH} bytes that can be read`;
    return { kind: "unreadable", place, reason };
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return { kind: "unreadable", place, reason: "not UTF-8" };
  }
  try {
    return { kind: "json", place, json: JSON.parse(text) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { kind: "unreadable", place, reason: `not JSON: ${reason}` };
  }
}
