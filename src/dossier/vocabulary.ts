/**
 * The strings that a field has had, so that one which comes again is kept as an
 * index. A field whose strings hardly ever come again gets no more of them.
 */
export class Vocabulary {
  private readonly known: string[] = [];
  /** Not there once the vocabulary is closed. */
  private indexes: Map<string, number> | undefined = new Map();
  private found = 0;
  // Often a string is that of the event before.
  private last: string | undefined;
  private lastIndex = -1;

  /** @param isOpen Whether every string is taken, however often it comes. */
  constructor(private readonly isOpen = false) {}

  get strings(): readonly string[] {
    return this.known;
  }

  /** Whether a string is one that can be taken. */
  mayTake(text: string): boolean {
    return this.isOpen || text.length <= MAX_LENGTH;
  }

  /** The index of a string, or -1 where it is not taken. */
  indexOf(text: string): number {
    if (text === this.last) {
      return this.lastIndex;
    }
    if (this.indexes === undefined || !this.mayTake(text)) {
      return -1;
    }
    const index = this.lookUp(text, this.indexes);
    if (index >= 0) {
      this.last = text;
      this.lastIndex = index;
    }
    return index;
  }

  /** Forgets all strings but the first ones. */
  shrink(length: number): void {
    while (this.known.length > length) {
      this.indexes?.delete(this.known.pop() ?? "");
      this.last = undefined;
    }
  }

  private lookUp(text: string, indexes: Map<string, number>): number {
    const index = indexes.get(text);
    if (index !== undefined) {
      this.found++;
      return index;
    }
    const count = this.known.length;
    if (!this.isOpen && count >= MAX_UNPROVEN && this.found < count) {
      this.indexes = undefined;
      return -1;
    }
    indexes.set(text, count);
    return this.known.push(text) - 1;
  }
}

/** How many strings are taken before they must have come again. */
const MAX_UNPROVEN = 4096;

/** What is longer hardly comes again, and is no loss. */
const MAX_LENGTH = 256;
