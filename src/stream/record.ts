import type { Place } from "./place.js";

/** One JSON value of an input, or a piece of it that is not JSON. */
export type JsonRecord =
  | { readonly kind: "json"; readonly place: Place; readonly json: unknown }
  | { readonly kind: "unreadable"; readonly place: Place; readonly reason: string };

/** Records that are parsed one by one, as the caller asks for them. */
export type JsonRecords = Generator<JsonRecord, void, undefined>;

/** Parses a record from its UTF-8. */
export function readJson(bytes: Uint8Array, start: number, end: number, place: Place): JsonRecord {
  const text = decode(bytes, start, end);
  if (text === undefined) {
    return { kind: "unreadable", place, reason: "not UTF-8" };
  }
  try {
    return { kind: "json", place, json: JSON.parse(text) };
  } catch (error) {
    return notJson(place, error instanceof Error ? error.message : String(error));
  }
}

/** A record that is not JSON. */
export function notJson(place: Place, problem: string): JsonRecord {
  return { kind: "unreadable", place, reason: `not JSON: ${problem}` };
}

/** A record that was not kept because it is longer than the limit, in bytes. */
export function tooLong(place: Place, limit: number): JsonRecord {
  return { kind: "unreadable", place, reason: `longer than the limit of ${limit} bytes` };
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
// `Buffer` exists only in Node.
const NodeBuffer = typeof Buffer === "undefined" ? undefined : Buffer;

function decode(bytes: Uint8Array, start: number, end: number): string | undefined {
  if (NodeBuffer?.isBuffer(bytes)) {
    // Node's own decoder is faster, but writes this character in place of invalid UTF-8.
    const text = bytes.toString("utf8", start, end);
    if (!text.includes("\ufffd")) {
      return text;
    }
  }
  try {
    return decoder.decode(bytes.subarray(start, end));
  } catch {
    return undefined;
  }
}
