import type { Hash } from "../../gen/speckitty/dossier/v1/accepted.js";

/**
 * A hash of 64 bits, to tell whether an id came with the same content again. It is fast
 * and even, and it is no cryptographic hash: two contents of one id have one fingerprint
 * by chance once in 2^64 times, and by intent whenever a producer wants that.
 */
export class Fingerprint implements Hash {
  private readonly words = Uint32Array.of(0x243f_6a88, 0x85a3_08d3);

  /** Begins another fingerprint, of everything that went into one before and of more. */
  begin({ words }: Fingerprint = NOTHING): void {
    this.words[0] = words[0] ?? 0;
    this.words[1] = words[1] ?? 0;
  }

  /** Writes the fingerprint of everything since {@link begin}. */
  writeTo(target: Uint32Array, at: number): void {
    let a = this.words[0] ?? 0;
    let b = this.words[1] ?? 0;
    // Every bit of both words changes about half of the others.
    a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2_ae35);
    b = Math.imul(b ^ (b >>> 16), 0x85eb_ca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2_ae35);
    target[at] = a ^ (a >>> 15);
    target[at + 1] = b ^ (b >>> 15);
  }

  text(value: string | null | undefined): void {
    const text = value ?? "";
    let a = this.words[0] ?? 0;
    let b = this.words[1] ?? 0;
    for (let index = 0; index < text.length; index += 2) {
      // Two units at once; behind the last, `NaN` is 0 to an operator on bits.
      const units = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
      a = Math.imul(a ^ units, 0x9e37_79b1);
      b = Math.imul(b ^ units, 0x5f35_6495);
      a ^= a >>> 15;
      b ^= b >>> 13;
    }
    this.words[0] = a;
    this.words[1] = b;
    // The length ends a text, so that two texts do not run together.
    this.count(value === null || value === undefined ? ABSENT : text.length);
  }

  integer(value: number | string | bigint | null | undefined): void {
    // Wire JSON has one integer as a number or as text.
    const number = Number(value ?? Number.NaN);
    if (Number.isSafeInteger(number)) {
      this.count(number);
      this.count(number / 2 ** 32);
    } else {
      this.text(value === null || value === undefined ? null : String(value));
    }
  }

  boolean(value: boolean | null | undefined): void {
    this.count(value ? 1 : 0);
  }

  /** Takes the low 32 bits of a number. */
  count(items: number): void {
    const a = this.words[0] ?? 0;
    const b = this.words[1] ?? 0;
    this.words[0] = Math.imul(a ^ items ^ (a >>> 16), 0xc2b2_ae35);
    this.words[1] = Math.imul(b ^ items ^ (b >>> 13), 0x27d4_eb2f);
  }
}

/** How many words a fingerprint takes. */
export const FINGERPRINT_WORDS = 2;

const NOTHING = new Fingerprint();
const ABSENT = 0x7fff_ffff;
