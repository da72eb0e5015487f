import {
  clockOf,
  compareSortKeys,
  eventIdOf,
  hashOfId,
  hasSameId,
  SORT_KEY_WORDS,
  type SortKeyFields,
  writeSortKey,
} from "../event/envelope/order.js";
import { TooLargeError } from "../event/errors/errors.js";

/** What is known of an event beside its sort key. */
export type RecordContent = {
  /** The index of its event type. */
  readonly type: number;
  /** The index of its namespace. */
  readonly namespace: number;
  /** Where its contribution is packed, or {@link NOTHING_PACKED}. */
  readonly packed: number;
};

/** The position of a contribution that there is not. */
export const NOTHING_PACKED = 2 ** 32 - 1;

/**
 * A record for each of many events, found by event id. The layout is described in
 * `checkpoint.proto`.
 *
 * An event is staged first, as the record after the last, where it can be compared
 * with the others, and then kept, put in the place of another one, or forgotten by
 * staging the next.
 */
export class EventRecords {
  private count = 0;
  private readonly blocks: Uint32Array[] = [new Uint32Array(FIRST_BLOCK * RECORD_WORDS)];
  private readonly furtherDigits = new Map<number, string>();
  /** For each hash of an id, the index of a record, counted from 1. */
  private slots = new Uint32Array(4 * FIRST_BLOCK);
  /** The slot that has the id of the staged event, or that is free for it. */
  private stagedSlot = 0;
  // Ids that were made to have one hash would make every search a long one.
  private readonly seed = Math.floor(Math.random() * 2 ** 32);

  get size(): number {
    return this.count;
  }

  /** Stages an event of an envelope that the contract accepts. */
  stage(fields: SortKeyFields): void {
    const block = this.blockToWrite();
    this.setFurtherDigits(this.count, writeSortKey(block, offset(this.count), fields));
  }

  /** Stages an event whose sort key is known already. */
  stageKey(words: Uint32Array, at: number, furtherDigits: string): void {
    const block = this.blockToWrite();
    const start = offset(this.count);
    for (let word = 0; word < SORT_KEY_WORDS; word++) {
      block[start + word] = words[at + word] ?? 0;
    }
    this.setFurtherDigits(this.count, furtherDigits);
  }

  /** Stages an event of other records. */
  stageFrom(other: EventRecords, index: number): void {
    this.stageKey(other.wordsOf(index), offset(index), other.furtherDigitsOf(index));
  }

  /** The index of the staged event. */
  get staged(): number {
    return this.count;
  }

  /** The index of the record with the id of the staged event, or -1. */
  find(): number {
    this.stagedSlot = this.slotOf(this.count);
    return (this.slots[this.stagedSlot] ?? 0) - 1;
  }

  /** Keeps the staged event, which was not found, as a new record, and gives its index. */
  keep(content: RecordContent): number {
    this.write(this.count, content);
    const index = this.count++;
    this.slots[this.stagedSlot] = this.count;
    if (this.count * 2 > this.slots.length) {
      this.growSlots();
    }
    return index;
  }

  /** Puts the staged event in the place of the record that has its id. */
  replace(index: number, content: RecordContent): void {
    const [from, to] = [this.wordsOf(this.count), this.wordsOf(index)];
    const start = offset(this.count);
    to.set(from.subarray(start, start + SORT_KEY_WORDS), offset(index));
    this.setFurtherDigits(index, this.furtherDigitsOf(this.count));
    this.write(index, content);
  }

  /** The Lamport clock of an event, as near as a number comes to it. */
  clockOf(index: number): number {
    return clockOf(this.wordsOf(index), offset(index));
  }

  /** Orders two events, of which one may be the staged one, by their sort keys. */
  compare(a: number, b: number): number {
    return compareSortKeys(
      this.wordsOf(a),
      offset(a),
      this.furtherDigitsOf(a),
      this.wordsOf(b),
      offset(b),
      this.furtherDigitsOf(b),
    );
  }

  /** What is known of an event beside its sort key. */
  contentOf(index: number): RecordContent {
    return contentIn(this.wordsOf(index), offset(index));
  }

  /** The id of an event, in canonical form. */
  eventIdOf(index: number): string {
    return eventIdOf(this.wordsOf(index), offset(index));
  }

  /** The digits of its fraction of a second beyond the ninth. */
  furtherDigitsOf(index: number): string {
    return this.furtherDigits.size === 0 ? "" : (this.furtherDigits.get(index) ?? "");
  }

  /** The digits beyond the ninth of all that have some, by index. */
  get allFurtherDigits(): (readonly [index: number, digits: string])[] {
    return [...this.furtherDigits].filter(([index]) => index < this.count);
  }

  /** The records one after the other, the low byte of each word first. */
  toBytes(): Uint8Array {
    const bytes = new Uint8Array(this.count * RECORD_WORDS * 4);
    const view = new DataView(bytes.buffer);
    for (let index = 0; index < this.count; index++) {
      const words = this.wordsOf(index);
      const at = offset(index);
      for (let word = 0; word < RECORD_WORDS; word++) {
        view.setUint32((index * RECORD_WORDS + word) * 4, words[at + word] ?? 0, true);
      }
    }
    return bytes;
  }

  private wordsOf(index: number): Uint32Array {
    return this.blocks[index >>> BLOCK_BITS] ?? NO_WORDS;
  }

  private write(index: number, { type, namespace, packed }: RecordContent): void {
    if (type > MAX_TYPE || namespace > MAX_NAMESPACE) {
      throw new TooLargeError("256 event types and 16,777,215 namespaces");
    }
    const words = this.wordsOf(index);
    const at = offset(index) + SORT_KEY_WORDS;
    words[at] = (namespace << TYPE_BITS) | type;
    words[at + 1] = packed;
  }

  private setFurtherDigits(index: number, digits: string): void {
    if (digits !== "") {
      this.furtherDigits.set(index, digits);
    } else if (this.furtherDigits.size > 0) {
      this.furtherDigits.delete(index);
    }
  }

  /** The block of the record after the last. A small dossier takes little memory. */
  private blockToWrite(): Uint32Array {
    const number = this.count >>> BLOCK_BITS;
    const block = this.blocks[number] ?? new Uint32Array(BLOCK * RECORD_WORDS);
    const needed = offset(this.count) + RECORD_WORDS;
    if (needed <= block.length) {
      this.blocks[number] = block;
      return block;
    }
    const larger = new Uint32Array(Math.min(4 * block.length, BLOCK * RECORD_WORDS));
    larger.set(block);
    this.blocks[number] = larger;
    return larger;
  }

  /** The slot that has the id of a record, or that is free for it. */
  private slotOf(index: number): number {
    const words = this.wordsOf(index);
    const at = offset(index);
    const mask = this.slots.length - 1;
    let slot = hashOfId(words, at, this.seed) & mask;
    for (;;) {
      const record = this.slots[slot] ?? 0;
      if (record === 0 || hasSameId(words, at, this.wordsOf(record - 1), offset(record - 1))) {
        return slot;
      }
      slot = (slot + 1) & mask;
    }
  }

  private growSlots(): void {
    this.slots = new Uint32Array(2 * this.slots.length);
    for (let index = 0; index < this.count; index++) {
      this.slots[this.slotOf(index)] = index + 1;
    }
  }
}

/** What the words of a record say beside its sort key. */
export function contentIn(words: Uint32Array, at: number): RecordContent {
  const subject = words[at + SORT_KEY_WORDS] ?? 0;
  return {
    type: subject & MAX_TYPE,
    namespace: subject >>> TYPE_BITS,
    packed: words[at + SORT_KEY_WORDS + 1] ?? NOTHING_PACKED,
  };
}

/** How many words a record has: its sort key, its subject, and where its contribution is. */
export const RECORD_WORDS = SORT_KEY_WORDS + 2;

const TYPE_BITS = 8;
const MAX_TYPE = 2 ** TYPE_BITS - 1;
const MAX_NAMESPACE = 2 ** (32 - TYPE_BITS) - 1;

const FIRST_BLOCK = 16;
const BLOCK_BITS = 16;
const BLOCK = 2 ** BLOCK_BITS;
const NO_WORDS = new Uint32Array();

function offset(index: number): number {
  return (index & (BLOCK - 1)) * RECORD_WORDS;
}
