import { InvalidArgumentError } from "../event/errors/errors.js";

/** The number of buckets that the missions are divided into. It is part of each subject. */
export const BUCKETS = 64;

/** The numbers of the buckets. */
export const EACH_BUCKET: readonly number[] = Array.from({ length: BUCKETS }, (_, index) => index);

/** The names of a projection on a server. */
export type TopologyOptions = {
  /** The beginning of each name and subject: letters, digits and `_`. Default: `dossier`. */
  readonly prefix?: string | undefined;
  /**
   * The name of the set of states: letters, digits, `-` and `_`. Another name is another set
   * over the same events, as for a rebuild. Default: the current set, at first `states`.
   */
  readonly states?: string | undefined;
};

/** The streams, buckets, consumers and subjects of a projection, by name. */
export class Topology {
  /** The beginning of each name and subject. */
  readonly prefix: string;
  /** The name of the set of states. */
  readonly states: string;

  /** @throws InvalidArgumentError when a name has other characters, or is that of another bucket. */
  constructor({ prefix = "dossier", states = "states" }: TopologyOptions = {}) {
    // With a hyphen in both, the sets of two projections could have one name.
    checkName("prefix", prefix, /^\w{1,64}$/, "1 to 64 letters, digits and _");
    checkName("states", states, /^[\w-]{1,64}$/, "1 to 64 letters, digits, - and _");
    if (states.endsWith(WORKERS)) {
      const expected = `a name that does not end with ${WORKERS}, as the bucket of workers does`;
      throw new InvalidArgumentError("states", expected, states);
    }
    this.prefix = prefix;
    this.states = states;
  }

  /** The stream of all events: the log. */
  get eventStream(): string {
    return `${this.prefix}-events`;
  }

  /** The stream of dead letters. */
  get deadLetterStream(): string {
    return `${this.prefix}-dead-letters`;
  }

  /** The key-value bucket of the states. Its objects have the same name. */
  get stateBucket(): string {
    return `${this.prefix}-${this.states}`;
  }

  /** The key-value bucket of the workers that are alive. */
  get workerBucket(): string {
    return `${this.prefix}-${this.states}${WORKERS}`;
  }

  /** The durable consumer of a bucket of missions. */
  consumer(bucket: number): string {
    return `${this.states}-${token(bucket)}`;
  }

  /** The subject of a mission's events, by its key. */
  eventSubject(mission: string): string {
    return `${this.prefix}.event.${token(bucketOf(mission))}.${mission}`;
  }

  /** The subject of all events of a bucket of missions. */
  eventSubjects(bucket: number): string {
    return `${this.prefix}.event.${token(bucket)}.*`;
  }

  /** The subject of one dead letter, or with `*` of several. */
  deadLetterSubject(mission: string, seq: number | "*"): string {
    return `${this.prefix}.dead.${mission}.${seq}`;
  }
}

/** The end of the name of the bucket of workers. */
const WORKERS = "-workers";

/** Stands for the mission in the subject of records without a readable one. */
export const NO_MISSION = "none";

/** The bucket that a mission is in: a function of its key alone. */
export function bucketOf(mission: string): number {
  // The records without a mission go to the first bucket.
  return mission === NO_MISSION ? 0 : Number.parseInt(mission.slice(0, 2), 16) % BUCKETS;
}

function token(bucket: number): string {
  return String(bucket).padStart(2, "0");
}

function checkName(field: string, name: string, form: RegExp, expected: string): void {
  if (!form.test(name)) {
    throw new InvalidArgumentError(field, expected, name);
  }
}
