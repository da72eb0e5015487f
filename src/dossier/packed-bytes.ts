import { TooLargeError } from "../event/errors/errors.js";

// The bytes of packed values, in chunks, so that nothing is copied when there are
// more of them. The layout is described in `checkpoint.proto`.

/** Writes values one after the other. */
export class ByteWriter {
  private readonly written: Uint8Array[] = [new Uint8Array(FIRST_CHUNK)];
  private start = 0;
  /** The bytes that are being written. */
  chunk = this.written[0] ?? new Uint8Array();
  /** Where in them the next one goes. */
  at = 0;

  /** The memory that holds the values, the last chunk not further than it is used. */
  get used(): readonly Uint8Array[] {
    return [...this.written.slice(0, -1), this.chunk.subarray(0, this.at)];
  }

  /** The memory that holds the values. */
  get chunks(): readonly Uint8Array[] {
    return this.written;
  }

  /** Begins a value. */
  begin(): void {
    this.at = Math.ceil(this.at / ALIGNMENT) * ALIGNMENT;
    if (this.at >= MAX_CHUNK) {
      this.addChunk(0);
    }
    this.start = this.at;
  }

  /** Where the value lies that was begun last. */
  position(): number {
    return (this.written.length - 1) * POSITIONS + this.start / ALIGNMENT;
  }

  /** Forgets the value that was begun last. */
  rewind(): void {
    this.at = this.start;
  }

  /** Writes a number that is no less than 0 and exact, where there is room for it. */
  number(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.chunk[this.at++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.chunk[this.at++] = rest;
  }

  /** Writes text after a tag that says how. */
  text(text: string): void {
    this.reserve(2 * text.length + MARGIN);
    if (!this.nibbles(TAG.hex, hexNibbles, text) && !this.nibbles(TAG.time, timeNibbles, text)) {
      this.units(text);
    }
  }

  /** Whether two values are the same, byte for byte. */
  equal(position: number, other: number): boolean {
    const [a, b] = [this.from(position), this.from(other)];
    const length = this.at - this.start;
    for (let index = 0; index < length; index++) {
      if (a[index] !== b[index]) {
        return false;
      }
    }
    return true;
  }

  private from(position: number): Uint8Array {
    return bytesFrom(this.written, position);
  }

  private nibbles(tag: number, values: Uint8Array, text: string): boolean {
    const begin = this.at;
    const { chunk } = this;
    chunk[this.at++] = tag;
    this.number(text.length);
    let at = this.at;
    for (let index = 0; index < text.length; index += 2) {
      const low = values[text.charCodeAt(index)] ?? NO_NIBBLE;
      const high = index + 1 < text.length ? (values[text.charCodeAt(index + 1)] ?? NO_NIBBLE) : 0;
      if ((low | high) > 0xf) {
        this.at = begin;
        return false;
      }
      chunk[at++] = low | (high << 4);
    }
    this.at = at;
    return true;
  }

  private units(text: string): void {
    const begin = this.at;
    const { chunk } = this;
    chunk[this.at++] = TAG.latin1;
    this.number(text.length);
    let seen = 0;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      seen |= unit;
      chunk[this.at++] = unit;
    }
    if (seen > 0xff) {
      this.at = begin;
      chunk[this.at++] = TAG.utf16;
      this.number(text.length);
      for (let index = 0; index < text.length; index++) {
        const unit = text.charCodeAt(index);
        chunk[this.at++] = unit;
        chunk[this.at++] = unit >>> 8;
      }
    }
  }

  /** Makes sure that there is room for so many bytes more. */
  reserve(length: number): void {
    const needed = this.at + length;
    if (needed <= this.chunk.length) {
      return;
    }
    if (needed <= MAX_CHUNK && this.written.length === 1) {
      // A small dossier takes little memory.
      const larger = new Uint8Array(Math.min(MAX_CHUNK, Math.max(needed, 2 * this.chunk.length)));
      larger.set(this.chunk.subarray(0, this.at));
      this.written[0] = larger;
      this.chunk = larger;
    } else {
      const begun = this.chunk.subarray(this.start, this.at);
      this.addChunk(begun.length + length);
      this.chunk.set(begun);
      this.start = 0;
      this.at = begun.length;
    }
  }

  private addChunk(length: number): void {
    if (this.written.length === MAX_CHUNKS) {
      throw new TooLargeError("16 GiB of what events say");
    }
    this.chunk = new Uint8Array(Math.max(MAX_CHUNK, length));
    this.written.push(this.chunk);
    this.at = 0;
  }
}

/** Reads one value. */
export class ByteReader {
  private readonly bytes: Uint8Array;
  private at = 0;

  /** @throws RangeError when there is nothing at the position. */
  constructor(chunks: readonly Uint8Array[], position: number) {
    this.bytes = bytesFrom(chunks, position);
  }

  /** How many bytes have been read. */
  get length(): number {
    return this.at;
  }

  /** @throws RangeError when the bytes end before. */
  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) {
      throw new RangeError("a packed value goes beyond its chunk");
    }
    return byte;
  }

  /** @throws RangeError when the bytes end before, or hold no exact number. */
  number(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (!Number.isSafeInteger(value)) {
        throw new RangeError("a packed number is too large");
      }
      if (byte < 0x80) {
        return value;
      }
    }
  }

  /** @throws RangeError when there is no text behind such a tag. */
  text(tag: number): string {
    const length = this.number();
    switch (tag) {
      case TAG.hex:
      case TAG.time: {
        const codes = tag === TAG.hex ? hexCodes : timeCodes;
        let byte = 0;
        return textOf(length, (index) => {
          byte = index % 2 === 0 ? this.byte() : byte >>> 4;
          return codes[byte & 0xf] ?? 0;
        });
      }
      case TAG.latin1:
        return textOf(length, () => this.byte());
      case TAG.utf16:
        return textOf(length, () => this.byte() | (this.byte() << 8));
      default:
        throw new RangeError(`no packed value begins with ${tag}`);
    }
  }
}

/** Text of so many units. Put together one by one, they would make a string of many small ones. */
function textOf(length: number, unitAt: (index: number) => number): string {
  let text = "";
  for (let start = 0; start < length; start += UNITS.length) {
    const count = Math.min(length - start, UNITS.length);
    for (let index = 0; index < count; index++) {
      UNITS[index] = unitAt(start + index);
    }
    text += Reflect.apply(String.fromCharCode, undefined, UNITS.subarray(0, count));
  }
  return text;
}

/** Room for the units of a text, of which only an even number comes at a time. */
const UNITS = new Uint16Array(4096);

/** The first byte of a cell, where it is not the index of a string. */
export const TAG = {
  index24: 224,
  absent: 225,
  message: 226,
  number: 227,
  hex: 228,
  time: 229,
  latin1: 230,
  utf16: 231,
  list: 232,
} as const;

const FIRST_CHUNK = 256;
const MAX_CHUNK = 2 ** 22;
const MAX_CHUNKS = 4095;
const ALIGNMENT = 4;
/** How many positions a chunk has. */
const POSITIONS = MAX_CHUNK / ALIGNMENT;
/** Room for a tag and a number, and some more. */
export const MARGIN = 64;

const HEX = "0123456789abcdef";
const TIME = "0123456789-:.TZ+";
const NO_NIBBLE = 0xff;
const hexNibbles = nibblesOf(HEX);
const timeNibbles = nibblesOf(TIME);

const hexCodes = codesOf(HEX);
const timeCodes = codesOf(TIME);

function codesOf(alphabet: string): Uint8Array {
  return Uint8Array.from(alphabet, (letter) => letter.charCodeAt(0));
}

function nibblesOf(alphabet: string): Uint8Array {
  const nibbles = new Uint8Array(128).fill(NO_NIBBLE);
  for (const [value, letter] of [...alphabet].entries()) {
    nibbles[letter.charCodeAt(0)] = value;
  }
  return nibbles;
}

function bytesFrom(chunks: readonly Uint8Array[], position: number): Uint8Array {
  const chunk = chunks[Math.floor(position / POSITIONS)];
  const start = (position % POSITIONS) * ALIGNMENT;
  if (chunk === undefined || start >= chunk.length) {
    throw new RangeError(`nothing is packed at ${position}`);
  }
  return chunk.subarray(start);
}
