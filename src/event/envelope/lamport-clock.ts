import { InvalidArgumentError } from "../errors/errors.js";
import { integerToJson } from "../json/integer-to-json.js";

/** A Lamport time: a number, or its digits from 2^53 on, where numbers are not exact. */
export type LamportTime = number | string;

/** An event, or anything else that has a Lamport clock, as JSON or as a message. */
export type Clocked = {
  /** The clock in wire JSON. */
  readonly lamport_clock?: LamportTime | null | undefined;
  /** The clock in a message. */
  readonly lamportClock?: bigint | undefined;
};

/**
 * The Lamport clock of a node. Each event that the node emits gets the next {@link tick}; each
 * event that it receives must be {@link observe}d, so that its own later events sort after it.
 */
export class LamportClock {
  #time: bigint;

  /**
   * @param start The time of the latest event that the node has emitted or seen. Default: 0.
   * @throws InvalidArgumentError when it is not an integer from 0 to 2^63 - 1.
   */
  constructor(start: LamportTime | bigint = 0) {
    this.#time = timeOf("start", start);
  }

  /** The time of the latest event that was emitted or observed. */
  get time(): LamportTime {
    return integerToJson(this.#time);
  }

  /**
   * The time of the next event, as `lamport_clock` has it on the wire.
   *
   * @throws InvalidArgumentError when the clock has reached 2^63 - 1, the last possible time.
   */
  tick(): LamportTime {
    this.#time = timeOf("tick", this.#time + 1n);
    return this.time;
  }

  /**
   * Records an event of another node: all later ticks are greater than its time, if it has one.
   *
   * @throws InvalidArgumentError when it is not an object, or its time is not an integer from 0
   * to 2^63 - 1, as a string of digits or a bigint from 2^53 on.
   */
  observe(event: Clocked): void {
    if (typeof event !== "object" || event === null) {
      throw new InvalidArgumentError("event", "an event", event);
    }
    const { lamport_clock, lamportClock } = event;
    const given = lamport_clock ?? lamportClock;
    const time =
      given === undefined || given === null ? this.#time : timeOf("lamport_clock", given);
    if (time > this.#time) {
      this.#time = time;
    }
  }
}

const MAX_TIME = 2n ** 63n - 1n;

function timeOf(name: string, given: unknown): bigint {
  const isInteger =
    typeof given === "bigint" ||
    Number.isSafeInteger(given) ||
    (typeof given === "string" && /^(?:0|[1-9][0-9]*)$/.test(given));
  const time = isInteger ? BigInt(given as string | number | bigint) : -1n;
  if (time < 0n || time > MAX_TIME) {
    const expected = "an integer from 0 to 2^63 - 1, as a string of digits from 2^53 on";
    throw new InvalidArgumentError(name, expected, given);
  }
  return time;
}
