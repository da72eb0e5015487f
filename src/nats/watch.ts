import { type KvEntry, KvWatchInclude } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { type ProjectedMission, readProjectedMission } from "../projection/index.js";
import { onServer, topologyOn } from "./current-states.js";
import { missionOfKey, StateBucket, stateKey } from "./state-bucket.js";
import type { TopologyOptions } from "./topology.js";

/** The choice of states to watch. */
export type WatchOptions = TopologyOptions & {
  /** The key of one mission. Default: all missions. */
  readonly mission?: string | undefined;
  /** Leaves out the states that are there at the beginning. Default: `false`. */
  readonly updatesOnly?: boolean | undefined;
  /** Ends the watch. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * The current states, and then each state that changes, until the signal. Of several changes in
 * quick succession, only the last one is guaranteed.
 *
 * @throws InvalidBinaryError when a state is damaged, or was stored under another contract.
 * @throws NatsError `not_set_up` when `setUpNats` was not called, `unreachable` when the server
 * does not answer.
 */
export async function* watchStates(
  nats: NatsConnection,
  { mission, updatesOnly = false, signal, ...names }: WatchOptions = {},
): AsyncGenerator<ProjectedMission> {
  const { bucket, changes } = await onServer(nats, names, async (topology) => {
    const bucket = await StateBucket.open(nats, topology);
    const changes = await bucket.entries.watch({
      key: stateKey(mission ?? "*"),
      ignoreDeletes: true,
      include: updatesOnly ? KvWatchInclude.UpdatesOnly : KvWatchInclude.LastValue,
    });
    return { bucket, changes };
  });
  const stop = () => changes.stop();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    if (signal?.aborted === true) {
      return;
    }
    for await (const entry of changes) {
      const projected = await projectedIn(bucket, entry);
      if (projected !== undefined) {
        yield projected;
      }
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    stop();
  }
}

/**
 * The stored projection of a mission, or `undefined`.
 *
 * @throws InvalidBinaryError when it is damaged, or was stored under another contract.
 * @throws NatsError as {@link watchStates} does.
 */
export async function readState(
  nats: NatsConnection,
  mission: string,
  names: TopologyOptions = {},
): Promise<ProjectedMission | undefined> {
  const found = await onServer(nats, names, async (topology) =>
    (await StateBucket.open(nats, topology)).get(mission),
  );
  return found && readProjectedMission(found.bytes);
}

/**
 * The keys of all missions that have a state, in no order.
 *
 * @throws NatsError as {@link watchStates} does.
 */
export async function* missionKeys(
  nats: NatsConnection,
  names: TopologyOptions = {},
): AsyncGenerator<string> {
  const keys = await onServer(nats, names, async (topology) =>
    (await StateBucket.open(nats, topology)).entries.keys(stateKey("*")),
  );
  for await (const key of keys) {
    yield missionOfKey(key);
  }
}

/**
 * Removes the objects that workers left behind when they ended between two writes. Each worker does
 * this when it starts, for objects older than an hour.
 *
 * @param olderThanMs A younger object may belong to a write that is under way.
 * @returns How many were removed.
 */
export async function removeUnusedObjects(
  nats: NatsConnection,
  olderThanMs: number,
  names: TopologyOptions = {},
): Promise<number> {
  const bucket = await StateBucket.open(nats, await topologyOn(nats, names));
  return bucket.removeUnusedObjects(olderThanMs);
}

/** The document of an entry, or of the newest entry if its own was replaced in the meantime. */
async function projectedIn(
  bucket: StateBucket,
  entry: KvEntry,
): Promise<ProjectedMission | undefined> {
  const bytes = (await bucket.bytesOf(entry)) ?? (await bucket.get(missionOfKey(entry.key)))?.bytes;
  return bytes && readProjectedMission(bytes);
}
