import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { comparableState, type StateDifference } from "../projection/state-difference.js";
import { topologyOn } from "./current-states.js";
import { type NatsProgress, natsProgress } from "./progress.js";
import { type SetUpOptions, setUpNats } from "./set-up.js";
import type { TopologyOptions } from "./topology.js";
import { missionKeys, readState } from "./watch.js";
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
 * done when all events are part of it; `switchStates` then makes it the current one.
 *
 * More workers with the same name of states make it faster.
 */
export async function rebuildStates(nats: NatsConnection, options: RebuildOptions): Promise<void> {
  const { prefix, states, signal } = options;
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

/**
 * The missions whose states differ in two sets. While events arrive, a mission differs until its
 * newest event is part of both.
 */
export async function* compareStates(
  nats: NatsConnection,
  { prefix, before, after }: CompareOptions,
): AsyncGenerator<StateDifference> {
  const { states: current } = await topologyOn(nats, { prefix, states: before });
  const sets = [current, after].map((states) => ({ prefix, states }));
  const missions = new Set<string>();
  for (const set of sets) {
    for await (const mission of missionKeys(nats, set)) {
      missions.add(mission);
    }
  }
  for (const mission of missions) {
    const [before, after] = await Promise.all(
      sets.map((set) => comparableState(() => readState(nats, mission, set))),
    );
    if (before !== after) {
      yield { mission, before, after };
    }
  }
}

/** Two sets of states. */
export type CompareOptions = {
  readonly prefix?: string | undefined;
  /** The name of a set. Default: the current one. */
  readonly before?: string | undefined;
  readonly after: string;
};
