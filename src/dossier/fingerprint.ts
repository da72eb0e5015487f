import type { Hash } from "../../gen/speckitty/dossier/v1/accepted.js";

/**
 * A 64-bit hash that tells whether an id came with the same content again. It is fast and
 * uniform, but not cryptographic: two contents of one id collide by chance once in 2^64 times,
 * and by intent whenever a producer wants that.
 */
export class Fingerprint implements Hash {
  private a = SEED_A;
  private b = SEED_B;

  /** Begins a new fingerprint, optionally from everything that went into another. */
  begin(before?: Fingerprint): void {
    this.a = before?.a ?? SEED_A;
    this.b = before?.b ?? SEED_B;
  }

  /** Writes the fingerprint of everything since {@link begin}. */
  writeTo(target: Uint32Array, at: number): void {
    let { a, b } = this;
    // Each bit of either word changes about half of the bits of the result.
    a = Math.imul(a ^ (a >>> 16), 0x85eb_ca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2_ae35);
    b = Math.imul(b ^ (b >>> 16), 0x85eb_ca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2_ae35);
    target[at] = a ^ (a >>> 15);
    target[at + 1] = b ^ (b >>> 15);
  }

  text(value: string | null | undefined): void {
    if (value === null || value === undefined) {
      this.count(ABSENT);
      return;
    }
    let { a, b } = this;
    for (let index = 0; index < value.length; index++) {
      a = Math.imul(a ^ value.charCodeAt(index), 0x9e37_79b1);
      a ^= a >>> 15;
      b = Math.imul(b ^ a, 0x5f35_6495);
    }
    this.a = a;
    this.b = b;
    // The length ends a text, so that two texts do not run together.
    this.count(value.length);
  }

  integer(value: number | string | bigint | null | undefined): void {
    // Wire JSON may have the same integer as a number or as text.
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

  /** Hashes the low 32 bits of a number. */
  count(items: number): void {
    this.a = Math.imul(this.a ^ items ^ (this.a >>> 16), 0xc2b2_ae35);
    this.b = Math.imul(this.b ^ items ^ (this.b >>> 13), 0x27d4_eb2f);
  }
}

/** How many words a fingerprint takes. */
export const FINGERPRINT_WORDS = 2;

const SEED_A = 0x243f_6a88;
const SEED_B = 0x85a3_08d3 | 0;
const ABSENT = 0x7fff_ffff;
