import type { Violation } from "../event/errors/violation.js";
import type { PoisonReason, ReadRecord } from "./read-record.js";

/** The places that a projection reads from and writes to. */
export type ProjectionPorts = {
  /** Where the records are read from. */
  readonly log: EventLog;
  /** Where the states are stored. */
  readonly states: StateStore;
  /** Where the records that no mission can take are kept. */
  readonly deadLetters: DeadLetters;
};

/** The events of all missions. It keeps every record, since an accumulator may need a replay. */
export type EventLog = {
  /**
   * Reads the records of one mission with a sequence above `after`, in ascending order and
   * without leaving one out. It may end before the newest record, as a replica that lags
   * behind does. The projection then reads again from where it ended, and at once: a read that
   * finds nothing should wait before it ends, and throw when it is time to give up.
   */
  read(mission: string, after: number): AsyncIterable<LogRecord>;
};

/** One record of a log. */
export type LogRecord = {
  /**
   * Its place in the log: a positive safe integer, higher than that of every earlier record of
   * the mission. Sequences may have gaps, as where missions share a log.
   */
  readonly seq: number;
  /** An event as JSON in UTF-8, unless the producer made a mistake. */
  readonly bytes: Uint8Array;
  /** The meaning of the record, if its bytes do not decide: `quarantined()`, for example. */
  readonly read?: ReadRecord;
};

/** The stored projections, one for each mission. */
export type StateStore = {
  /** The projection of a mission, or an earlier version of it, or `undefined`. */
  get(mission: string): Promise<StoredProjection | undefined>;
  /**
   * Replaces the projection of a mission, if it has the expected revision at that moment.
   *
   * @param expected `undefined` if the mission must have no projection yet.
   * @returns The new revision once the write is durable, or `undefined` if the revision was
   * another one. If it throws, the write may still have happened.
   */
  put(
    mission: string,
    bytes: Uint8Array,
    expected: Revision | undefined,
  ): Promise<Revision | undefined>;
};

/** Names one version of a stored projection. No two versions of a mission share one. */
export type Revision = string | number;

/** One version of a stored projection. */
export type StoredProjection = {
  /** The document that was put: `readProjectedMission` reads it. */
  readonly bytes: Uint8Array;
  /** The version of the document, to compare when it is replaced. */
  readonly revision: Revision;
};

/** The records that no mission can take. */
export type DeadLetters = {
  /**
   * Keeps a letter, durably, before it resolves. A letter of the same mission and sequence may
   * exist: the first one stays, and nothing changes.
   */
  put(letter: DeadLetter): Promise<void>;
};

/** A record that a projection left out, and why. */
export type DeadLetter = Omit<LogRecord, "read"> & {
  /**
   * The key of the mission under which the log has it. `undefined` if the log has all missions
   * in one place, and none can be read from the record.
   */
  readonly mission: string | undefined;
  readonly reason: PoisonReason;
  /** Every rule that the record breaks, with paths from the envelope. At least one. */
  readonly violations: readonly Violation[];
};
