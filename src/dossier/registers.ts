/** How events that are known by their index are ordered. */
export type EventOrder = {
  /** Orders two events, as for `Array.prototype.sort`. */
  compare(a: number, b: number): number;
  /** A number that is lower for the earlier of two events, or the same. */
  clockOf(event: number): number;
};

/**
 * Many registers, each of which keeps the event that comes first, or last, of those
 * that it is given. An event is an index.
 *
 * They lie side by side, each as an event, counted from 1, and its clock: most of the
 * time that a new event takes goes into reaching what lies apart in memory.
 */
export class Registers {
  private words = new Float64Array(FIRST_LENGTH);
  private used = 0;

  constructor(private readonly order: EventOrder) {}

  /** How many registers there are. */
  get length(): number {
    return this.used;
  }

  /** The event that a register keeps, if it was given any. */
  at(register: number): number | undefined {
    const event = this.words[2 * register] ?? 0;
    return event === 0 ? undefined : event - 1;
  }

  keepEarlier(register: number, event: number, clock: number): void {
    if (this.compare(register, event, clock) <= 0) {
      this.set(register, event, clock);
    }
  }

  keepLater(register: number, event: number, clock: number): void {
    const order = this.compare(register, event, clock);
    if (order > 0 || this.isEmpty(register)) {
      this.set(register, event, clock);
    }
  }

  private isEmpty(register: number): boolean {
    return register >= this.used || this.words[2 * register] === 0;
  }

  /** Orders an event and the one that a register keeps; 0 where that keeps none. */
  private compare(register: number, event: number, clock: number): number {
    if (this.isEmpty(register)) {
      return 0;
    }
    // Only where the clocks are equal must the events themselves be looked at.
    const difference = clock - (this.words[2 * register + 1] ?? 0);
    return difference !== 0
      ? difference
      : this.order.compare(event, (this.words[2 * register] ?? 0) - 1);
  }

  private set(register: number, event: number, clock: number): void {
    if (2 * register + 1 >= this.words.length) {
      const larger = new Float64Array(Math.max(2 * this.words.length, 2 * register + 2));
      larger.set(this.words);
      this.words = larger;
    }
    this.used = Math.max(this.used, register + 1);
    this.words[2 * register] = event + 1;
    this.words[2 * register + 1] = clock;
  }
}

const FIRST_LENGTH = 16;

/** All the events that it is given. */
export class EventList {
  private readonly events: { readonly event: number; readonly clock: number }[] = [];

  constructor(private readonly order: EventOrder) {}

  get isEmpty(): boolean {
    return this.events.length === 0;
  }

  add(event: number, clock: number): void {
    this.events.push({ event, clock });
  }

  /** The events, the first one first. */
  inOrder(): number[] {
    return this.events
      .sort((a, b) => a.clock - b.clock || this.order.compare(a.event, b.event))
      .map(({ event }) => event);
  }
}
