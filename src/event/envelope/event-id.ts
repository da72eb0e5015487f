// An id has several spellings: a ULID in any case; a UUID in any case, with or without hyphens.
// Only this file knows. It gives the canonical spelling, and, for tables of millions of ids,
// the same id as five 32-bit words.

/**
 * The canonical spelling of an event id that the contract accepts: a ULID in
 * upper case, a UUID in lower case with hyphens. Two ids are the same id exactly
 * when their canonical spellings are equal.
 *
 * Text of any other length is returned unchanged.
 */
export function canonicalEventId(id: string): string {
  switch (id.length) {
    case ULID_LENGTH:
      return id.toUpperCase();
    case 32:
      return withHyphens(id.toLowerCase());
    case 36:
      return id.toLowerCase();
    default:
      return id;
  }
}

/** How many words an id takes. */
export const ID_WORDS = 5;

/**
 * Writes an id that the contract accepts: its kind, then the lower 128 bits, upper word first.
 * All spellings of an id give the same words, and different ids give different words.
 */
export function writeEventId(words: Uint32Array, at: number, id: string): void {
  if (id.length === ULID_LENGTH) {
    writeUlid(words, at, id);
  } else {
    writeUuid(words, at, id);
  }
}

/** The canonical spelling of an id in words. */
export function eventIdIn(words: Uint32Array, at: number): string {
  const kind = words[at] ?? 0;
  let bits = 0n;
  for (let word = at + 1; word < at + ID_WORDS; word++) {
    bits = (bits << 32n) | BigInt(words[word] ?? 0);
  }
  if (kind === UUID) {
    return withHyphens(bits.toString(16).padStart(32, "0"));
  }
  bits |= BigInt(kind - ULID) << 128n;
  let text = "";
  for (let shift = 125n; shift >= 0n; shift -= 5n) {
    text += CROCKFORD.charAt(Number((bits >> shift) & 31n));
  }
  return text;
}

/** Whether two ids in words are equal. */
export function isSameEventId(a: Uint32Array, atA: number, b: Uint32Array, atB: number): boolean {
  for (let word = 0; word < ID_WORDS; word++) {
    if (a[atA + word] !== b[atB + word]) {
      return false;
    }
  }
  return true;
}

/** Orders two ids in words as their canonical spellings. */
export function compareEventIds(a: Uint32Array, atA: number, b: Uint32Array, atB: number): number {
  if ((a[atA] === UUID) !== (b[atB] === UUID)) {
    return eventIdIn(a, atA) < eventIdIn(b, atB) ? -1 : 1;
  }
  // The digits of both alphabets sort by value.
  for (let word = 0; word < ID_WORDS; word++) {
    const difference = (a[atA + word] ?? 0) - (b[atB + word] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return 0;
}

/** Whether a number is the first word of an id. */
export function isIdKind(kind: number): boolean {
  return kind === UUID || (kind >= ULID && kind < ULID + 4);
}

const ULID_LENGTH = 26;

/** The first word of a UUID. That of a ULID is 4 plus the upper two of its 130 bits. */
const UUID = 0;
const ULID = 4;

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** The value of a digit of a ULID and of a UUID, by its character code. */
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

function withHyphens(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function writeUuid(words: Uint32Array, at: number, id: string): void {
  words[at] = UUID;
  let index = 0;
  for (let word = at + 1; word < at + ID_WORDS; word++) {
    let value = 0;
    for (let digit = 0; digit < 8; digit++) {
      index += id.charCodeAt(index) === HYPHEN ? 1 : 0;
      value = (value << 4) | (hexValues[id.charCodeAt(index++)] ?? 0);
    }
    words[word] = value;
  }
}

const HYPHEN = 0x2d;

/** 26 digits of five bits are 130 bits: two go into the kind, the rest into four words. */
function writeUlid(words: Uint32Array, at: number, id: string): void {
  let word = at;
  let value = ULID >>> 2;
  let missing = 2;
  for (let index = 0; index < ULID_LENGTH; index++) {
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
