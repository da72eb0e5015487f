import { compareEventIds, ID_WORDS, isIdKind, writeEventId } from "./event-id.js";
import { parseInstant } from "./instant.js";

// The place of an event in its stream: by Lamport clock, then by timestamp as an instant, then
// by canonical id (CONTRACT, section 5). A stream may have millions of events, so a sort key is
// a row of 32-bit words in an array that many events share:
//
// 0, 1  the Lamport clock, upper word first
// 2, 3  the seconds since 1970-01-01T00:00:00Z plus 2^36, upper word first
// 4     the nanoseconds beyond them
// 5-9   the id
//
// The digits of a fraction beyond the ninth do not fit into a word. The few keys that have any
// carry them as text.

/** How many words a sort key takes. */
export const SORT_KEY_WORDS = 5 + ID_WORDS;

/** The index of the nanoseconds, and of the first word of the id. */
export const NANOSECONDS_AT = 4;
export const ID_AT = 5;

/** The fields of an envelope that form its sort key. */
export type SortKeyFields = {
  /** In any spelling that the contract accepts. */
  readonly event_id: string;
  readonly lamport_clock: number | string | bigint;
  readonly timestamp: string;
};

/**
 * Writes the sort key of an envelope that the contract accepts.
 *
 * @returns The digits of the fraction beyond the ninth, without trailing zeros.
 */
export function writeSortKey(
  words: Uint32Array,
  at: number,
  { event_id, lamport_clock, timestamp }: SortKeyFields,
): string {
  if (typeof lamport_clock === "number") {
    writeNumber(words, at, lamport_clock);
  } else {
    writeClock(words, at, BigInt(lamport_clock));
  }
  const { seconds, nanoseconds, furtherDigits } = parseInstant(timestamp);
  writeSeconds(words, at, seconds);
  words[at + NANOSECONDS_AT] = nanoseconds;
  writeEventId(words, at + ID_AT, event_id);
  return furtherDigits;
}

/** Writes the Lamport clock of a sort key. */
export function writeClock(words: Uint32Array, at: number, clock: bigint): void {
  words[at] = Number(clock >> 32n);
  words[at + 1] = Number(clock & 0xffff_ffffn);
}

/** The Lamport clock of a sort key. */
export function clockIn(words: Uint32Array, at: number): bigint {
  return (BigInt(words[at] ?? 0) << 32n) | BigInt(words[at + 1] ?? 0);
}

/** Writes the seconds of a sort key. */
export function writeSeconds(words: Uint32Array, at: number, seconds: number): void {
  writeNumber(words, at + 2, seconds + SECONDS_SHIFT);
}

/** The seconds of a sort key. */
export function secondsIn(words: Uint32Array, at: number): number {
  return (words[at + 2] ?? 0) * 2 ** 32 + (words[at + 3] ?? 0) - SECONDS_SHIFT;
}

/** Keeps the seconds of every year from being negative. */
const SECONDS_SHIFT = 2 ** 36;

function writeNumber(words: Uint32Array, at: number, value: number): void {
  words[at] = Math.floor(value / 2 ** 32);
  // A word keeps the low 32 bits of a number.
  words[at + 1] = value;
}

/** Whether words are a sort key that {@link writeSortKey} could have written. */
export function isSortKey(words: Uint32Array, at: number): boolean {
  return (
    (words[at] ?? 0) < 2 ** 31 &&
    (words[at + 2] ?? 0) < 2 ** 7 &&
    (words[at + NANOSECONDS_AT] ?? 0) < 1e9 &&
    isIdKind(words[at + ID_AT] ?? 0)
  );
}

/** A sort key by itself. */
export type SortKey = { readonly words: Uint32Array; readonly furtherDigits: string };

/** The sort key of an envelope that the contract accepts. */
export function sortKeyOf(fields: SortKeyFields): SortKey {
  const words = new Uint32Array(SORT_KEY_WORDS);
  return { words, furtherDigits: writeSortKey(words, 0, fields) };
}

/** Whether an event stands after another in their stream. */
export function isLater(a: SortKey, b: SortKey): boolean {
  return compareSortKeys(a.words, 0, a.furtherDigits, b.words, 0, b.furtherDigits) > 0;
}

/** Orders two sort keys, as for `Array.prototype.sort`. */
export function compareSortKeys(
  a: Uint32Array,
  atA: number,
  furtherA: string,
  b: Uint32Array,
  atB: number,
  furtherB: string,
): number {
  for (let word = 0; word < ID_AT; word++) {
    const difference = (a[atA + word] ?? 0) - (b[atB + word] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  if (furtherA !== furtherB) {
    // Without trailing zeros, digits after a point compare like text.
    return furtherA < furtherB ? -1 : 1;
  }
  return compareEventIds(a, atA + ID_AT, b, atB + ID_AT);
}
