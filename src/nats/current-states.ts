import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { InvalidArgumentError } from "../event/errors/errors.js";
import { EACH_BUCKET, Topology, type TopologyOptions } from "./topology.js";

/**
 * The topology that names stand for. Without a name of states it has the current ones: those of
 * the last {@link switchStates}, or `states`.
 */
export async function topologyOn(nats: NatsConnection, names: TopologyOptions): Promise<Topology> {
  const topology = new Topology(names);
  if (names.states !== undefined) {
    return topology;
  }
  try {
    const manager = await jetstreamManager(nats);
    const { config } = await manager.streams.info(topology.eventStream);
    return new Topology({ ...names, states: config.metadata?.[CURRENT] });
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) {
      return topology;
    }
    throw error;
  }
}

/**
 * Makes a set of states the current one. Workers and readers that are started without a name of
 * states then use it; those that run go on with the old one until they are started again.
 */
export async function switchStates(
  nats: NatsConnection,
  names: TopologyOptions & { readonly states: string },
): Promise<void> {
  const { eventStream, states } = new Topology(names);
  const manager = await jetstreamManager(nats);
  const { config } = await manager.streams.info(eventStream);
  const metadata = { ...config.metadata, [CURRENT]: states };
  await manager.streams.update(eventStream, { metadata });
}

/**
 * Removes a set of states that is not used any more, with its consumers. The events stay.
 *
 * @throws InvalidArgumentError when it is the current set.
 */
export async function removeStates(
  nats: NatsConnection,
  names: TopologyOptions & { readonly states: string },
): Promise<void> {
  const topology = new Topology(names);
  const { states: current } = await topologyOn(nats, { prefix: names.prefix });
  if (current === topology.states) {
    throw new InvalidArgumentError("states", "a set that is not the current one", current);
  }
  const manager = await jetstreamManager(nats);
  const { eventStream, stateBucket, workerBucket } = topology;
  for (const bucket of EACH_BUCKET) {
    await unlessMissing(manager.consumers.delete(eventStream, topology.consumer(bucket)));
  }
  for (const stream of [`KV_${stateBucket}`, `OBJ_${stateBucket}`, `KV_${workerBucket}`]) {
    await unlessMissing(manager.streams.delete(stream));
  }
}

async function unlessMissing(removed: Promise<unknown>): Promise<void> {
  try {
    await removed;
  } catch (error) {
    if (!(error instanceof JetStreamApiError && MISSING.has(error.code))) {
      throw error;
    }
  }
}

const MISSING: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamNotFound,
  JetStreamApiCodes.ConsumerNotFound,
]);

const CURRENT = "mission-dossier-states";
