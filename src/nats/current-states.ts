import { JetStreamApiCodes, JetStreamApiError, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { InvalidArgumentError } from "../event/errors/errors.js";
import { MissionDossierError } from "../event/errors/mission-dossier-error.js";
import { NatsError } from "./errors.js";
import { EACH_BUCKET, Topology, type TopologyOptions } from "./topology.js";

/**
 * The topology that names stand for. If they do not name a set of states, it has the current one:
 * that of the last {@link switchStates}, or else `states`.
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
 * The topology that names stand for, if all of it is on the server.
 *
 * @throws NatsError `not_set_up` when it is not, `unreachable` when the server does not answer.
 */
export async function checkSetUp(nats: NatsConnection, names: TopologyOptions): Promise<Topology> {
  try {
    const topology = await topologyOn(nats, names);
    const { eventStream, deadLetterStream, stateBucket, workerBucket } = topology;
    const streams = [eventStream, deadLetterStream, `KV_${stateBucket}`, `KV_${workerBucket}`];
    const manager = await jetstreamManager(nats);
    for (const stream of streams) {
      await manager.streams.info(stream);
    }
    return topology;
  } catch (error) {
    const isMissing =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    throw new NatsError(
      isMissing ? "not_set_up" : "unreachable",
      isMissing ? "The projection is not set up on the server" : "The server does not answer",
      error,
    );
  }
}

/**
 * Does some work on the topology that names stand for.
 *
 * @throws NatsError where the work fails because of the server.
 */
export async function onServer<T>(
  nats: NatsConnection,
  names: TopologyOptions,
  work: (topology: Topology) => Promise<T>,
): Promise<T> {
  try {
    return await work(await topologyOn(nats, names));
  } catch (error) {
    if (error instanceof MissionDossierError || error instanceof TypeError) {
      throw error;
    }
    // Asked only after an error, since this takes requests to the server.
    await checkSetUp(nats, names);
    const isRefusal = error instanceof JetStreamApiError;
    throw isRefusal
      ? new NatsError("refused", "The server refused a request", error)
      : new NatsError("unreachable", "The server did not answer", error);
  }
}

/**
 * Makes a set of states the current one. Workers and readers that are started without a name of
 * states then use it. Those that are running continue with the old one until they are restarted.
 *
 * @throws NatsError `not_set_up` when there is no such set.
 */
export async function switchStates(
  nats: NatsConnection,
  names: TopologyOptions & { readonly states: string },
): Promise<void> {
  const { eventStream, states } = await checkSetUp(nats, names);
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
