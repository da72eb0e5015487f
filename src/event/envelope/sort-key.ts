import { isAbsent } from "../json/json-object.js";
import { compareEventIds, ID_WORDS, isIdKind, writeEventId } from "./event-id.js";
import { parseInstant } from "./instant.js";

// The place of an event in its stream: by Lamport clock, then by timestamp as an instant, then
// by canonical id (CONTRACT, section 5). An event without a clock stands before all that have
// one (CONTRACT, section 10). A stream may have millions of events, so a sort key is
// a row of 32-bit words in an array that many events share:
//
// 0, 1  the Lamport clock plus 1, upper word first; 0 for an event without one
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
  /** Events of later generations of the contract may lack it. */
  readonly lamport_clock?: number | string | bigint | null | undefined;
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
  if (typeof lamport_clock === "number" && lamport_clock < Number.MAX_SAFE_INTEGER) {
    writeNumber(words, at, lamport_clock + 1);
  } else {
    writeClock(words, at, BigInt(lamport_clock ?? NO_CLOCK));
  }
  const { seconds, nanoseconds, furtherDigits } = parseInstant(timestamp);
  writeSeconds(words, at, seconds);
  words[at + NANOSECONDS_AT] = nanoseconds;
  writeEventId(words, at + ID_AT, event_id);
  return furtherDigits;
}

/** The Lamport clock of an envelope that the contract accepts, `undefined` if it has none. */
export function clockOf({ lamport_clock }: SortKeyFields): bigint | undefined {
  return isAbsent(lamport_clock) ? undefined : BigInt(lamport_clock);
}

/** Stands for the clock of an event without one. */
export const NO_CLOCK = -1n;

/** Writes the Lamport clock of a sort key, or {@link NO_CLOCK}. */
export function writeClock(words: Uint32Array, at: number, clock: bigint): void {
  const word = clock + 1n;
  words[at] = Number(word >> 32n);
  words[at + 1] = Number(word & 0xffff_ffffn);
}

/** The Lamport clock of a sort key, or {@link NO_CLOCK}. */
export function clockIn(words: Uint32Array, at: number): bigint {
  return ((BigInt(words[at] ?? 0) << 32n) | BigInt(words[at + 1] ?? 0)) - 1n;
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
    clockIn(words, at) < 2n ** 63n &&
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
