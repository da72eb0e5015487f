import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { Topology, type TopologyOptions } from "./topology.js";

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

const CURRENT = "mission-dossier-states";
