import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
  jetstreamManager,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { MissionDossierError } from "../event/errors/mission-dossier-error.js";
import { areStatesLost, statesLost, topologyOn } from "./current-states.js";
import { NatsError, type TopologyDifference, TopologyError } from "./errors.js";
import { WORKER_LIFETIME_MS } from "./live-workers.js";
import { EACH_BUCKET, type Topology, type TopologyOptions } from "./topology.js";

/** The names of a projection, and how durably the server stores it. */
export type SetUpOptions = TopologyOptions & {
  /** How many servers keep each event and state: 1, 3 or 5. Default: 1. */
  readonly replicas?: number | undefined;
  /** `"memory"` is lost when the server ends. Default: `"file"`. */
  readonly storage?: "file" | "memory" | undefined;
  /** The size in bytes at which the stream of events is full. Default: only the server's limit. */
  readonly maxBytes?: number | undefined;
  /** How long the server remembers the id of a message, in milliseconds. Default: 2 minutes. */
  readonly duplicateWindowMs?: number | undefined;
  /** How long a worker may take before its events go to another, in milliseconds. Default: 30 s. */
  readonly ackWaitMs?: number | undefined;
  /** How many events of a bucket may be with workers at the same time. Default: 10,000. */
  readonly maxAckPending?: number | undefined;
};

/**
 * Creates the streams, the buckets and the 64 durable consumers of a projection, and checks
 * those that exist. It changes none of them, and can be called again at any time.
 *
 * @throws TopologyError when one is configured differently: it names each setting and both values.
 * @throws NatsError when the server cannot be reached, or refuses. `states_lost` when the bucket
 * of the states is gone, but not its consumers, which do not give their events again.
 * @throws InvalidArgumentError when a name has other characters than it may have.
 */
export async function setUpNats(nats: NatsConnection, options: SetUpOptions = {}): Promise<void> {
  try {
    const topology = await topologyOn(nats, options);
    const manager = await jetstreamManager(nats);
    if (await areStatesLost(manager, topology)) {
      throw statesLost(topology);
    }
    const differences: TopologyDifference[] = [];
    for (const wanted of streams(topology, options, (nats.info?.api_lvl ?? 0) >= ATOMIC_LEVEL)) {
      const found = await foundOr(
        () => manager.streams.info(wanted.name),
        () => manager.streams.add(wanted),
      );
      differences.push(...compare(wanted.name, wanted, found.config));
    }
    const stream = topology.eventStream;
    for (const wanted of consumers(topology, options)) {
      const { durable_name: name } = wanted;
      const found = await foundOr(
        () => manager.consumers.info(stream, name),
        () => manager.consumers.add(stream, wanted),
      );
      differences.push(...compare(`${stream}/${name}`, wanted, found.config));
    }
    if (differences.length > 0) {
      throw new TopologyError(differences);
    }
  } catch (error) {
    if (error instanceof MissionDossierError) {
      throw error;
    }
    const problem = error instanceof JetStreamApiError ? "refused" : "unreachable";
    throw new NatsError(problem, "The projection could not be set up", error);
  }
}

/** The level of the server's API from which it has atomic batches: that of 2.12. */
const ATOMIC_LEVEL = 2;

type NamedStream = Partial<StreamConfig> & { readonly name: string };

function streams(topology: Topology, options: SetUpOptions, atomic: boolean): NamedStream[] {
  const { replicas = 1, storage = "file", maxBytes = -1, duplicateWindowMs = 120_000 } = options;
  const { eventStream, deadLetterStream, stateBucket, workerBucket, prefix } = topology;
  const common = {
    retention: RetentionPolicy.Limits,
    discard: DiscardPolicy.New,
    storage: storage === "memory" ? StorageType.Memory : StorageType.File,
    num_replicas: replicas,
    max_msgs: -1,
    max_age: 0,
    allow_direct: true,
  };
  const bucket = { ...common, allow_rollup_hdrs: true, max_bytes: -1 };
  return [
    {
      ...common,
      name: eventStream,
      // An event for another bucket would reach no worker, so its producer gets an error.
      subjects: EACH_BUCKET.map((bucket) => topology.eventSubjects(bucket)),
      max_bytes: maxBytes,
      max_msgs_per_subject: -1,
      duplicate_window: nanoseconds(duplicateWindowMs),
      // A state that must be built again needs every event.
      deny_delete: true,
      deny_purge: true,
      ...(atomic ? { allow_atomic: true } : {}),
    },
    {
      ...common,
      name: deadLetterStream,
      subjects: [`${prefix}.dead.*.*`],
      max_bytes: -1,
    },
    {
      ...bucket,
      name: `KV_${stateBucket}`,
      subjects: [`$KV.${stateBucket}.>`],
      max_msgs_per_subject: 1,
      deny_delete: true,
    },
    {
      ...bucket,
      name: `OBJ_${stateBucket}`,
      subjects: [`$O.${stateBucket}.C.>`, `$O.${stateBucket}.M.>`],
    },
    {
      ...bucket,
      name: `KV_${workerBucket}`,
      subjects: [`$KV.${workerBucket}.>`],
      max_msgs_per_subject: 1,
      max_age: nanoseconds(WORKER_LIFETIME_MS),
    },
  ];
}

type DurableConsumer = Partial<ConsumerConfig> & { readonly durable_name: string };

function consumers(topology: Topology, options: SetUpOptions): DurableConsumer[] {
  const { ackWaitMs = 30_000, maxAckPending = 10_000 } = options;
  return EACH_BUCKET.map((bucket) => ({
    durable_name: topology.consumer(bucket),
    filter_subject: topology.eventSubjects(bucket),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: nanoseconds(ackWaitMs),
    max_ack_pending: maxAckPending,
    // Only quarantine gives up an event. A limit of deliveries would also give up its neighbors.
    max_deliver: -1,
  }));
}

async function foundOr<T>(find: () => Promise<T>, create: () => Promise<T>): Promise<T> {
  try {
    return await find();
  } catch (error) {
    if (error instanceof JetStreamApiError && MISSING.has(error.code)) {
      return create();
    }
    throw error;
  }
}

const MISSING: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamNotFound,
  JetStreamApiCodes.ConsumerNotFound,
]);

function compare(place: string, wanted: object, found: object): TopologyDifference[] {
  return Object.entries(wanted).flatMap(([setting, expected]) => {
    const got: unknown = Reflect.get(found, setting);
    return text(got) === text(expected) ? [] : [{ place, setting, expected, got }];
  });
}

/** A setting as text. The server leaves out some that are false or 0. */
function text(value: unknown): string {
  return JSON.stringify(value || null);
}

function nanoseconds(milliseconds: number): number {
  return milliseconds * 1e6;
}
