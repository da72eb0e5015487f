import { parseInstant } from "./instant.js";

// Where an event stands in its stream: by Lamport clock, then by timestamp as an
// instant, then by canonical id. A stream may have millions of events, so a sort
// key is a row of words of 32 bits in memory that its events share, and no object.

/** The words of a sort key. The layout is described in `checkpoint.proto`. */
export const SORT_KEY_WORDS = 10;

/** The fields of an envelope that its sort key is made of. */
export type SortKeyFields = {
  /** In any spelling that the contract accepts. */
  readonly event_id: string;
  readonly lamport_clock: number | string | bigint;
  readonly timestamp: string;
};

/**
 * Writes the sort key of an envelope that the contract accepts.
 *
 * @returns The digits of the fraction of a second beyond the ninth, which no word
 * holds. Hardly any timestamp has some.
 */
export function writeSortKey(
  words: Uint32Array,
  at: number,
  { event_id, lamport_clock, timestamp }: SortKeyFields,
): string {
  if (typeof lamport_clock === "number") {
    writeLong(words, at, lamport_clock);
  } else {
    const clock = BigInt(lamport_clock);
    words[at] = Number(clock >> 32n);
    words[at + 1] = Number(clock & 0xffff_ffffn);
  }
  const { seconds, nanoseconds, furtherDigits } = parseInstant(timestamp);
  writeLong(words, at + 2, seconds + SECONDS_SHIFT);
  words[at + 4] = nanoseconds;
  writeId(words, at + 5, event_id);
  return furtherDigits;
}

/** Keeps the seconds of every year from being negative. */
const SECONDS_SHIFT = 2 ** 36;

function writeLong(words: Uint32Array, at: number, value: number): void {
  words[at] = Math.floor(value / 2 ** 32);
  // Taken as an integer of 32 bits, a number keeps its low ones.
  words[at + 1] = value;
}

/** Whether words and further digits are what {@link writeSortKey} could have written. */
export function isSortKey(words: Uint32Array, at: number, furtherDigits: string): boolean {
  const kind = wordAt(words, at + ID_AT);
  return (
    wordAt(words, at) < 2 ** 31 &&
    wordAt(words, at + 2) < 2 ** 7 &&
    wordAt(words, at + 4) < 1e9 &&
    (kind === UUID || (kind >= ULID && kind < ULID + 4)) &&
    (furtherDigits === "" || /^[0-9]*[1-9]$/.test(furtherDigits))
  );
}

/** Orders two sort keys of one memory, as for `Array.prototype.sort`. */
export function compareSortKeys(
  a: Uint32Array,
  atA: number,
  furtherA: string,
  b: Uint32Array,
  atB: number,
  furtherB: string,
): number {
  for (let word = 0; word < ID_AT; word++) {
    const difference = wordAt(a, atA + word) - wordAt(b, atB + word);
    if (difference !== 0) {
      return difference;
    }
  }
  if (furtherA !== furtherB) {
    // Without trailing zeros, digits after a point compare like text.
    return furtherA < furtherB ? -1 : 1;
  }
  return compareIds(a, atA + ID_AT, b, atB + ID_AT);
}

/**
 * The Lamport clock of a sort key, as near as a number comes to it: of two that
 * differ, the sort key of the lower one comes first.
 */
export function clockOf(words: Uint32Array, at: number): number {
  return wordAt(words, at) * 2 ** 32 + wordAt(words, at + 1);
}

/** Whether two sort keys are of one event id. */
export function hasSameId(a: Uint32Array, atA: number, b: Uint32Array, atB: number): boolean {
  for (let word = ID_AT; word < SORT_KEY_WORDS; word++) {
    if (a[atA + word] !== b[atB + word]) {
      return false;
    }
  }
  return true;
}

/** A number of 32 bits, much the same for all ids alike. */
export function hashOfId(words: Uint32Array, at: number, seed: number): number {
  let hash = seed;
  for (let word = ID_AT; word < SORT_KEY_WORDS; word++) {
    hash = Math.imul(hash ^ wordAt(words, at + word), 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}

const ID_AT = 5;

/** The word that tells the kinds of id apart: this for a UUID, more for a ULID. */
const UUID = 0;
const ULID = 4;

function compareIds(a: Uint32Array, atA: number, b: Uint32Array, atB: number): number {
  if ((wordAt(a, atA) === UUID) !== (wordAt(b, atB) === UUID)) {
    return idText(a, atA) < idText(b, atB) ? -1 : 1;
  }
  // The letters of both kinds come in the order of their values.
  for (let word = 0; word < SORT_KEY_WORDS - ID_AT; word++) {
    const difference = wordAt(a, atA + word) - wordAt(b, atB + word);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** The canonical event id of a sort key. */
export function eventIdOf(words: Uint32Array, at: number): string {
  return idText(words, at + ID_AT);
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The value of a letter or a digit in a ULID and in a UUID, by its character code. */
const ulidValues = valuesOf(CROCKFORD);
const hexValues = valuesOf("0123456789ABCDEF");

function valuesOf(digits: string): Uint8Array {
  const values = new Uint8Array(128);
  for (const [value, digit] of [...digits].entries()) {
    values[digit.charCodeAt(0)] = value;
    values[digit.toLowerCase().charCodeAt(0)] = value;
  }
  return values;
}

function writeId(words: Uint32Array, at: number, id: string): void {
  if (id.length === 26) {
    writeUlid(words, at, id);
  } else {
    words[at] = UUID;
    let index = 0;
    for (let word = at + 1; word <= at + 4; word++) {
      let value = 0;
      for (let digit = 0; digit < 8; digit++) {
        index += id.charCodeAt(index) === HYPHEN ? 1 : 0;
        value = (value << 4) | (hexValues[id.charCodeAt(index++)] ?? 0);
      }
      words[word] = value;
    }
  }
}

const HYPHEN = 0x2d;

/** 26 digits of five bits are 130 bits: two beside the kind, and four words. */
function writeUlid(words: Uint32Array, at: number, id: string): void {
  let word = at;
  let value = ULID >>> 2;
  let missing = 2;
  for (let index = 0; index < 26; index++) {
    const digit = ulidValues[id.charCodeAt(index)] ?? 0;
    if (missing > 5) {
      value = (value << 5) | digit;
      missing -= 5;
    } else {
      const rest = 5 - missing;
      words[word++] = (value << missing) | (digit >>> rest);
      value = digit & ((1 << rest) - 1);
      missing = 32 - rest;
    }
  }
}

function idText(words: Uint32Array, at: number): string {
  const head = wordAt(words, at);
  let bits = 0n;
  for (let word = at + 1; word <= at + 4; word++) {
    bits = (bits << 32n) | BigInt(wordAt(words, word));
  }
  if (head === UUID) {
    return bits
      .toString(16)
      .padStart(32, "0")
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
  bits |= BigInt(head - ULID) << 128n;
  let text = "";
  for (let shift = 125n; shift >= 0n; shift -= 5n) {
    text += CROCKFORD.charAt(Number((bits >> shift) & 31n));
  }
  return text;
}

function wordAt(words: Uint32Array, index: number): number {
  return words[index] ?? 0;
}
