import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { onServer } from "./current-states.js";
import { EACH_BUCKET, type Topology, type TopologyOptions } from "./topology.js";

/** How far the workers are. */
export type NatsProgress = {
  /** The events in the stream. */
  readonly events: number;
  /** The events that no worker has been given yet. */
  readonly pending: number;
  /** The events that workers have, and have not stored yet. */
  readonly unacknowledged: number;
};

/**
 * Asks the server how far the workers are. All is stored when both counts are 0.
 *
 * @throws NatsError `not_set_up` when `setUpNats` was not called, `unreachable` when the server
 * does not answer.
 */
export async function natsProgress(
  nats: NatsConnection,
  names: TopologyOptions = {},
): Promise<NatsProgress> {
  return onServer(nats, names, (topology) => progressOf(nats, topology));
}

async function progressOf(nats: NatsConnection, topology: Topology): Promise<NatsProgress> {
  const manager = await jetstreamManager(nats);
  const consumers = new Set(EACH_BUCKET.map((bucket) => topology.consumer(bucket)));
  let pending = 0;
  let unacknowledged = 0;
  for await (const { name, num_pending, num_ack_pending } of manager.consumers.list(
    topology.eventStream,
  )) {
    if (consumers.has(name)) {
      pending += num_pending;
      unacknowledged += num_ack_pending;
    }
  }
  const { state } = await manager.streams.info(topology.eventStream);
  return { events: state.messages, pending, unacknowledged };
}
