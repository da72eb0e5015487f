// A `Map` takes as long to hash a new string as all the rest of an event's way into
// the state, and each event brings its strings anew from its JSON.

/** A number of 32 bits, much the same for all texts alike. */
export function hashText(text: string, seed: number): number {
  let hash = seed ^ text.length;
  // Two characters at a time; behind the end there is a 0.
  for (let index = 0; index < text.length; index += 2) {
    const pair = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
    hash = Math.imul(hash ^ pair, 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

/** Indexes of things that are kept elsewhere, by the hashes of those. */
export class Slots {
  /** By hash, an index, counted from 1. */
  private indexes = new Uint32Array(FIRST_LENGTH);
  private hashes = new Int32Array(FIRST_LENGTH);
  private count = 0;
  /** For the hashes: things that were made to have one would make every search a long one. */
  readonly seed = Math.floor(Math.random() * 2 ** 32);

  /** The index of the thing that is asked for, among those of a hash. */
  find(hash: number, isIt: (index: number) => boolean): number | undefined {
    const mask = this.indexes.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const index = (this.indexes[slot] ?? 0) - 1;
      if (index === -1) {
        return undefined;
      }
      if (this.hashes[slot] === hash && isIt(index)) {
        return index;
      }
    }
  }

  /** Adds a thing that was not found. */
  add(hash: number, index: number): void {
    this.count++;
    if (2 * this.count > this.indexes.length) {
      this.grow();
    }
    this.put(hash, index + 1);
  }

  private put(hash: number, entry: number): void {
    const mask = this.indexes.length - 1;
    let slot = hash & mask;
    while (this.indexes[slot] !== 0) {
      slot = (slot + 1) & mask;
    }
    this.indexes[slot] = entry;
    this.hashes[slot] = hash;
  }

  private grow(): void {
    const [indexes, hashes] = [this.indexes, this.hashes];
    this.indexes = new Uint32Array(2 * indexes.length);
    this.hashes = new Int32Array(2 * hashes.length);
    for (const [slot, entry] of indexes.entries()) {
      if (entry !== 0) {
        this.put(hashes[slot] ?? 0, entry);
      }
    }
  }
}

const FIRST_LENGTH = 16;
