/**
 * The strings that a field has had, so that one which comes again is kept as an
 * index. A field whose strings hardly ever come again gets no more of them.
 */
export class Vocabulary {
  private readonly known: string[] = [];
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

  /** The index of a string, or -1 where it is not taken. */
  indexOf(text: string): number {
    if (text === this.last) {
      return this.lastIndex;
    }
    const index = this.lookUp(text);
    if (index >= 0) {
      this.last = text;
      this.lastIndex = index;
    }
    return index;
  }

  private lookUp(text: string): number {
    if (this.indexes === undefined) {
      return -1;
    }
    const index = this.indexes.get(text);
    if (index !== undefined) {
      this.found++;
      return index;
    }
    if (!this.isOpen) {
      if (text.length > MAX_LENGTH) {
        return -1;
      }
      if (this.known.length >= MAX_UNPROVEN && this.found < this.known.length) {
        this.indexes = undefined;
        return -1;
      }
    }
    this.indexes.set(text, this.known.length);
    return this.known.push(text) - 1;
  }
}

/** How many strings are taken before they must have come again. */
const MAX_UNPROVEN = 4096;

/** What is longer hardly comes again, and is no loss. */
const MAX_LENGTH = 256;
