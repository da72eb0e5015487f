import type { DeadLetter } from "../projection/index.js";

/**
 * Functions that a worker calls while it works, to count and to report. They must be fast and
 * must not throw.
 */
export type WorkerObserver = {
  /** A window of events was stored and acknowledged. */
  readonly onWindow?: (window: ProjectedWindow) => void;
  /** An event is part of a stored state, or was left out for good. */
  readonly onStored?: (event: StoredEvent) => void;
  /** Events came that had been delivered before. */
  readonly onRedelivered?: (events: number) => void;
  /** Another worker wrote the state of a mission first, so this write was lost. */
  readonly onLostWrite?: (mission: string) => void;
  /** A record became a dead letter. */
  readonly onDeadLetter?: (letter: DeadLetter) => void;
  /** An event was set aside, because it ended each process that read it. */
  readonly onQuarantine?: (event: { readonly mission: string; readonly seq: number }) => void;
  /** The worker's buckets have changed. */
  readonly onBuckets?: (buckets: readonly number[]) => void;
  /** Something failed, and will be retried. If `mission` is given, only that mission waits. */
  readonly onError?: (error: unknown, mission?: string) => void;
};

/** Events of one bucket that were stored together. */
export type ProjectedWindow = {
  /** The number of the bucket, from 0 to 63. */
  readonly bucket: number;
  /** How many events were stored. */
  readonly events: number;
  /** How many missions these events belong to. */
  readonly missions: number;
  /** The events of the bucket that no worker has been given yet. */
  readonly lag: number;
  /** The time from the first fold to the last acknowledgement, in milliseconds. */
  readonly flushMs: number;
};

/** An event that is part of a stored state. */
export type StoredEvent = {
  /** The key of its mission. */
  readonly mission: string;
  /** Its sequence in the stream. */
  readonly seq: number;
  /** The headers that its producer gave it, as for a trace, without those of NATS. */
  readonly headers: Readonly<Record<string, string>>;
  /** When it was delivered to this worker. */
  readonly deliveredAt: Date;
};
