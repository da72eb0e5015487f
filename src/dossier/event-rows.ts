import { eventIdIn, ID_WORDS, isSameEventId, writeEventId } from "../event/envelope/event-id.js";
import {
  compareSortKeys,
  ID_AT,
  SORT_KEY_WORDS,
  type SortKeyFields,
  writeSortKey,
} from "../event/envelope/sort-key.js";
import { FINGERPRINT_WORDS } from "./fingerprint.js";

/**
 * A row for each content of each event: the sort key and the fingerprint. For each id, one row
 * counts, and is found by the id.
 *
 * An event is staged as the row after the last, where it can be compared with the others. It is
 * then kept, or overwritten by the next.
 */
export class EventRows {
  private length = 0;
  /** The row that sorts after all others. */
  private greatest = 0;
  /** Each block has 65,536 rows, so that growing copies little. */
  private readonly blocks: Uint32Array[] = [new Uint32Array(FIRST_BLOCK * ROW_WORDS)];
  private readonly furtherDigits = new Map<number, string>();
  /** A hash table by id: the row that counts plus 1, or 0 for a free slot. */
  private slots = new Uint32Array(4 * FIRST_BLOCK);
  private ids = 0;
  /** The slot of the staged event's id. */
  private stagedSlot = 0;
  // A random seed, since ids crafted to share a hash would slow down every search.
  private readonly seed = Math.floor(Math.random() * 2 ** 32);

  /** The number of rows, which is also the index of the staged row. */
  get count(): number {
    return this.length;
  }

  /** The number of ids. */
  get idCount(): number {
    return this.ids;
  }

  /** Stages an event, and returns the place for the words of its fingerprint. */
  stage(fields: SortKeyFields): { readonly words: Uint32Array; readonly at: number } {
    const words = this.blockToWrite();
    const at = offset(this.length);
    this.setFurtherDigits(writeSortKey(words, at, fields));
    return { words, at: at + SORT_KEY_WORDS };
  }

  /** Stages the words of a row, and the digits that go with them. */
  stageWords(words: Uint32Array, at: number, furtherDigits: string): void {
    const block = this.blockToWrite();
    const start = offset(this.length);
    for (let word = 0; word < ROW_WORDS; word++) {
      block[start + word] = words[at + word] ?? 0;
    }
    this.setFurtherDigits(furtherDigits);
  }

  /** Stages a row of another table. */
  stageFrom(other: EventRows, row: number): void {
    this.stageWords(other.wordsOf(row), offset(row), other.furtherDigitsOf(row));
  }

  /** The row that counts for the id of the staged event, or {@link NO_ROW}. */
  find(): number {
    this.stagedSlot = this.slotOf(this.length);
    return (this.slots[this.stagedSlot] ?? 0) - 1;
  }

  /**
   * The row that counts for an id in canonical form, or {@link NO_ROW}. Overwrites the staged
   * event.
   */
  findId(eventId: string): number {
    writeEventId(this.blockToWrite(), offset(this.length) + ID_AT, eventId);
    return this.find();
  }

  /** Keeps the staged event after {@link find}: its row is the one that counts for its id. */
  keep(): number {
    const row = this.keepAside();
    this.ids += this.slots[this.stagedSlot] === 0 ? 1 : 0;
    this.slots[this.stagedSlot] = this.length;
    if (this.ids * 2 > this.slots.length) {
      this.growSlots();
    }
    return row;
  }

  /** Keeps the staged event as a row that does not count. */
  keepAside(): number {
    if (this.length > 0 && this.compareWords(this.length, this.greatest) > 0) {
      this.greatest = this.length;
    }
    return this.length++;
  }

  /** Orders two rows, of which one may be staged, by sort key, then by fingerprint. */
  compare(a: number, b: number): number {
    // In an ordered stream, the row just kept sorts after all others, and reading those would
    // miss the cache.
    if (a !== b && a < this.length && b < this.length) {
      if (a === this.greatest) {
        return 1;
      }
      if (b === this.greatest) {
        return -1;
      }
    }
    return this.compareWords(a, b);
  }

  private compareWords(a: number, b: number): number {
    const wordsA = this.wordsOf(a);
    const wordsB = this.wordsOf(b);
    const atA = offset(a);
    const atB = offset(b);
    const further = this.furtherDigits.size > 0;
    const digitsA = further ? this.furtherDigitsOf(a) : "";
    const digitsB = further ? this.furtherDigitsOf(b) : "";
    let order = compareSortKeys(wordsA, atA, digitsA, wordsB, atB, digitsB);
    for (let word = SORT_KEY_WORDS; order === 0 && word < ROW_WORDS; word++) {
      order = (wordsA[atA + word] ?? 0) - (wordsB[atB + word] ?? 0);
    }
    return order;
  }

  /** The canonical id of a row. */
  eventIdOf(row: number): string {
    return eventIdIn(this.wordsOf(row), offset(row) + ID_AT);
  }

  /** The words of a row, from {@link offset} on. */
  wordsOf(row: number): Uint32Array {
    return this.blocks[row >>> BLOCK_BITS] ?? NO_WORDS;
  }

  /** The digits of the fraction beyond the ninth, for rows that have any. */
  get allFurtherDigits(): Iterable<readonly [row: number, digits: string]> {
    return [...this.furtherDigits].filter(([row]) => row < this.length);
  }

  private furtherDigitsOf(row: number): string {
    return this.furtherDigits.get(row) ?? "";
  }

  private setFurtherDigits(digits: string): void {
    if (digits !== "") {
      this.furtherDigits.set(this.length, digits);
    } else if (this.furtherDigits.size > 0) {
      this.furtherDigits.delete(this.length);
    }
  }

  /**
   * The block of the staged row. The first one grows, so that a small dossier takes little
   * memory.
   */
  private blockToWrite(): Uint32Array {
    const number = this.length >>> BLOCK_BITS;
    const block = this.blocks[number] ?? new Uint32Array(BLOCK * ROW_WORDS);
    const needed = offset(this.length) + ROW_WORDS;
    if (needed <= block.length) {
      this.blocks[number] = block;
      return block;
    }
    const larger = new Uint32Array(Math.min(4 * block.length, BLOCK * ROW_WORDS));
    larger.set(block);
    this.blocks[number] = larger;
    return larger;
  }

  /** The slot that has the id of a row, or the free slot for it. */
  private slotOf(row: number): number {
    const words = this.wordsOf(row);
    const at = offset(row) + ID_AT;
    const mask = this.slots.length - 1;
    let slot = hashOfId(words, at, this.seed) & mask;
    for (;;) {
      const other = (this.slots[slot] ?? 0) - 1;
      if (
        other === NO_ROW ||
        isSameEventId(words, at, this.wordsOf(other), offset(other) + ID_AT)
      ) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  private growSlots(): void {
    const before = this.slots;
    this.slots = new Uint32Array(2 * before.length);
    for (const row of before) {
      if (row !== 0) {
        this.slots[this.slotOf(row - 1)] = row;
      }
    }
  }
}

/** Stands for no row. */
export const NO_ROW = -1;

/** The index of a row's first word in {@link EventRows.wordsOf}. */
export function offset(row: number): number {
  return (row & (BLOCK - 1)) * ROW_WORDS;
}

/** How many words a row has. */
export const ROW_WORDS = SORT_KEY_WORDS + FINGERPRINT_WORDS;

const FIRST_BLOCK = 16;
const BLOCK_BITS = 16;
const BLOCK = 2 ** BLOCK_BITS;
const NO_WORDS = new Uint32Array();

function hashOfId(words: Uint32Array, at: number, seed: number): number {
  let hash = seed;
  for (let word = at; word < at + ID_WORDS; word++) {
    hash = Math.imul(hash ^ (words[word] ?? 0), 0x9e37_79b1);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
