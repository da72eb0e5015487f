import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
} from "@nats-io/jetstream";
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
 * @throws NatsError `not_set_up` when it is not, `states_lost` when the states are gone,
 * `unreachable` when the server does not answer.
 */
export async function checkSetUp(nats: NatsConnection, names: TopologyOptions): Promise<Topology> {
  try {
    const topology = await topologyOn(nats, names);
    const { eventStream, deadLetterStream, stateBucket, workerBucket } = topology;
    const streams = [eventStream, deadLetterStream, `KV_${stateBucket}`, `KV_${workerBucket}`];
    const manager = await jetstreamManager(nats);
    if (await areStatesLost(manager, topology)) {
      throw statesLost(topology);
    }
    for (const stream of streams) {
      await manager.streams.info(stream);
    }
    return topology;
  } catch (error) {
    if (error instanceof NatsError) {
      throw error;
    }
    const isMissing =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound;
    throw isMissing
      ? notSetUp(error)
      : new NatsError("unreachable", "The server does not answer", error);
  }
}

/**
 * Whether the bucket of a set of states is gone, although states were stored in it. A new bucket
 * would stay empty, since the consumers do not give an acknowledged event again.
 */
export async function areStatesLost(
  manager: JetStreamManager,
  topology: Topology,
): Promise<boolean> {
  const { eventStream, stateBucket } = topology;
  if (await exists(manager.streams.info(`KV_${stateBucket}`))) {
    return false;
  }
  if (!(await exists(manager.streams.info(eventStream)))) {
    return false;
  }
  const consumers = new Set(EACH_BUCKET.map((bucket) => topology.consumer(bucket)));
  for await (const { name, delivered } of manager.consumers.list(eventStream)) {
    if (consumers.has(name) && delivered.consumer_seq > 0) {
      return true;
    }
  }
  return false;
}

/** The error if a part of the projection is not on the server. */
export function notSetUp(cause?: unknown): NatsError {
  return new NatsError("not_set_up", "The projection is not set up on the server", cause);
}

/** The error if the states are lost, which says what to do. */
export function statesLost({ stateBucket }: Topology): NatsError {
  return new NatsError(
    "states_lost",
    `The states are gone: the server has no bucket ${stateBucket} any more; rebuild them from the log`,
  );
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
    await exists(manager.consumers.delete(eventStream, topology.consumer(bucket)));
  }
  for (const stream of [`KV_${stateBucket}`, `OBJ_${stateBucket}`, `KV_${workerBucket}`]) {
    await exists(manager.streams.delete(stream));
  }
}

/** Whether a request finds what it is about. */
export async function exists(request: Promise<unknown>): Promise<boolean> {
  try {
    await request;
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && MISSING.has(error.code)) {
      return false;
    }
    throw error;
  }
}

const MISSING: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamNotFound,
  JetStreamApiCodes.ConsumerNotFound,
]);

const CURRENT = "mission-dossier-states";
