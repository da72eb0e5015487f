import { setTimeout as sleep } from "node:timers/promises";
import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { InvalidBinaryError } from "../event/errors/errors.js";
import {
  comparableState,
  type StateDifference,
  sequenceOf,
  stateAt,
} from "../projection/state-difference.js";
import { areStatesLost, exists, notSetUp, onServer, topologyOn } from "./current-states.js";
import { NatsEventLog } from "./event-log.js";
import { type NatsProgress, natsProgress } from "./progress.js";
import { Quarantine } from "./quarantine.js";
import { type SetUpOptions, setUpNats } from "./set-up.js";
import { StateBucket } from "./state-bucket.js";
import { bucketOf, Topology, type TopologyOptions } from "./topology.js";
import { missionKeys } from "./watch.js";
import { NatsWorker, type WorkerOptions } from "./worker.js";

/** The settings of a rebuild. */
export type RebuildOptions = SetUpOptions & {
  /** The name of the new set of states. */
  readonly states: string;
  /** Settings of the worker that builds it. */
  readonly worker?: Omit<WorkerOptions, keyof TopologyOptions>;
  /** Called every second. */
  readonly onProgress?: (progress: NatsProgress) => void;
  readonly signal?: AbortSignal;
};

/**
 * Builds a new set of states from the log, beside the current one, while events arrive. It is
 * done when all events are part of it; `switchStates` then makes it the current one. More workers
 * for the same set of states make it faster.
 *
 * @throws NatsError `not_set_up` when there is no log. Then nothing is created.
 * @throws TopologyError, NatsError as `setUpNats` does.
 * @throws InvalidArgumentError when an option is out of range.
 * @throws The reason of the signal when it is aborted.
 */
export async function rebuildStates(nats: NatsConnection, options: RebuildOptions): Promise<void> {
  const { prefix, states, signal } = options;
  await requireLog(nats, { prefix });
  await setUpNats(nats, options);
  const worker = await NatsWorker.start(nats, { ...options.worker, prefix, states });
  try {
    for (;;) {
      signal?.throwIfAborted();
      const progress = await natsProgress(nats, { prefix, states });
      options.onProgress?.(progress);
      if (progress.pending + progress.unacknowledged === 0) {
        return;
      }
      await sleep(1_000, undefined, { signal });
    }
  } finally {
    await worker.stop();
  }
}

async function requireLog(nats: NatsConnection, names: TopologyOptions): Promise<void> {
  await onServer(nats, names, async ({ eventStream }) => {
    const manager = await jetstreamManager(nats);
    if (!(await exists(manager.streams.info(eventStream)))) {
      throw notSetUp();
    }
  });
}

/**
 * The missions whose states differ in two sets. Newer events in one of them do not count as a
 * difference: the log gives the state at the place that the other has reached. If the states of
 * the old set are gone, each mission differs.
 */
export async function* compareStates(
  nats: NatsConnection,
  { prefix, before, after }: CompareOptions,
): AsyncGenerator<StateDifference> {
  const { states: current } = await topologyOn(nats, { prefix, states: before });
  const built = await ComparedSet.open(nats, { prefix, states: after });
  if (
    await areStatesLost(await jetstreamManager(nats), new Topology({ prefix, states: current }))
  ) {
    for await (const mission of missionKeys(nats, { prefix, states: after })) {
      const state = comparableState(await built.get(mission));
      if (state !== undefined) {
        yield { mission, before: undefined, after: state };
      }
    }
    return;
  }
  const old = await ComparedSet.open(nats, { prefix, states: current });
  const missions = new Set<string>();
  for (const states of [current, after]) {
    for await (const mission of missionKeys(nats, { prefix, states })) {
      missions.add(mission);
    }
  }
  const quarantine = await Quarantine.open(built.bucket.entries, () => undefined);
  const log = new NatsEventLog(nats, built.topology, quarantine);
  try {
    for (const mission of missions) {
      const [before, after] = await Promise.all([old.get(mission), built.get(mission)]);
      const state = comparableState(before);
      const place = sequenceOf(before);
      const isCompared =
        before === undefined || after === undefined
          ? (before ? built : old).isPast(await firstSequence(mission, log), mission)
          : true;
      const rebuilt =
        after === undefined || place === undefined || place === sequenceOf(after)
          ? comparableState(after)
          : await stateAt(mission, place, log);
      if (isCompared && state !== rebuilt) {
        yield { mission, before: state, after: rebuilt };
      }
    }
  } finally {
    quarantine.close();
  }
}

/** A set of states, and how far it was when the comparison began. */
class ComparedSet {
  private constructor(
    readonly topology: Topology,
    readonly bucket: StateBucket,
    /** For each consumer, the sequence up to which all events are stored. */
    private readonly stored: ReadonlyMap<string, number>,
  ) {}

  static async open(nats: NatsConnection, names: TopologyOptions): Promise<ComparedSet> {
    const topology = new Topology(names);
    const manager = await jetstreamManager(nats);
    const stored = new Map<string, number>();
    for await (const { name, ack_floor } of manager.consumers.list(topology.eventStream)) {
      stored.set(name, ack_floor.stream_seq);
    }
    return new ComparedSet(topology, await StateBucket.open(nats, topology), stored);
  }

  /** The document of a mission, unless it has none, or its object is gone. */
  async get(mission: string): Promise<Uint8Array | undefined> {
    try {
      return (await this.bucket.get(mission))?.bytes;
    } catch (error) {
      const isGone =
        error instanceof InvalidBinaryError ||
        (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound);
      if (isGone) {
        return undefined;
      }
      throw error;
    }
  }

  /** Whether a mission with an event at a sequence must have a state in this set. */
  isPast(seq: number, mission: string): boolean {
    return seq <= (this.stored.get(this.topology.consumer(bucketOf(mission))) ?? 0);
  }
}

async function firstSequence(mission: string, log: NatsEventLog): Promise<number> {
  for await (const { seq } of log.read(mission, 0)) {
    return seq;
  }
  return 0;
}

/** Two sets of states. */
export type CompareOptions = {
  /** The beginning of each name and subject. Default: `dossier`. */
  readonly prefix?: string | undefined;
  /** The name of the old set. Default: the current one. */
  readonly before?: string | undefined;
  /** The name of the new set. */
  readonly after: string;
};
