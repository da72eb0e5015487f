/**
 * The strings that a field has had, so that one which comes again is kept as an
 * index. A field whose strings hardly ever come again gets no more of them.
 *
 * Each event brings its strings anew from its JSON, and a `Map` takes as long to
 * hash a new string as all the rest here together.
 */
export class Vocabulary {
  private readonly known: string[] = [];
  /** For each hash, the index of a string, counted from 1. Not there once it is closed. */
  private slots: Uint32Array | undefined;
  private found = 0;
  // Often a string is that of the event before.
  private last: string | undefined;
  private lastIndex = -1;
  // Strings that were made to have one hash would make every search a long one.
  private readonly seed = Math.floor(Math.random() * 2 ** 32);
  private isClosed = false;

  /** @param isOpen Whether every string is taken, however often it comes. */
  constructor(private readonly isOpen = false) {}

  get strings(): readonly string[] {
    return this.known;
  }

  /** The index of a string, or -1 where it is not taken. */
  indexOf(text: string): number {
    if (text === this.last) {
      return this.lastIndex;
    }
    if (this.isClosed || (!this.isOpen && text.length > MAX_LENGTH)) {
      return -1;
    }
    const index = this.lookUp(text);
    if (index >= 0) {
      this.last = text;
      this.lastIndex = index;
    }
    return index;
  }

  private lookUp(text: string): number {
    this.slots ??= new Uint32Array(FIRST_SLOTS);
    const slot = this.slotOf(text, this.slots);
    const index = (this.slots[slot] ?? 0) - 1;
    if (index >= 0) {
      this.found++;
      return index;
    }
    const count = this.known.length;
    if (!this.isOpen && count >= MAX_UNPROVEN && this.found < count) {
      this.isClosed = true;
      this.slots = undefined;
      return -1;
    }
    this.known.push(text);
    this.slots[slot] = count + 1;
    if (2 * count > this.slots.length) {
      this.grow(2 * this.slots.length);
    }
    return count;
  }

  private grow(length: number): void {
    const slots = new Uint32Array(length);
    for (const [index, text] of this.known.entries()) {
      slots[this.slotOf(text, slots)] = index + 1;
    }
    this.slots = slots;
  }

  /** The slot that has a string, or that is free for it. */
  private slotOf(text: string, slots: Uint32Array): number {
    const mask = slots.length - 1;
    let slot = hashOf(text, this.seed) & mask;
    for (;;) {
      const index = slots[slot] ?? 0;
      if (index === 0 || this.known[index - 1] === text) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }
}

function hashOf(text: string, seed: number): number {
  let hash = seed ^ text.length;
  // Two characters at a time; behind the end there is a 0.
  for (let index = 0; index < text.length; index += 2) {
    const pair = text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16);
    hash = Math.imul(hash ^ pair, 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

const FIRST_SLOTS = 16;

/** How many strings are taken before they must have come again. */
const MAX_UNPROVEN = 4096;

/** What is longer hardly comes again, and is no loss. */
const MAX_LENGTH = 256;
