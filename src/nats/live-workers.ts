import { createHash } from "node:crypto";
import { type JetStreamManager, jetstreamManager } from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import type { NatsConnection } from "@nats-io/transport-node";
import { EACH_BUCKET, type Topology } from "./topology.js";

/** How long a worker counts as alive after its last sign of life, in milliseconds. */
export const WORKER_LIFETIME_MS = 10_000;

/**
 * The workers that are alive, each an entry that expires. They share the buckets without talking to
 * each other: each bucket belongs to the worker with the highest hash of both names. For a moment,
 * two may have the same bucket, which only repeats some work.
 */
export class LiveWorkers {
  private constructor(
    private readonly manager: JetStreamManager,
    private readonly entries: KV,
    private readonly stream: string,
    private readonly worker: string,
  ) {}

  static async join(
    nats: NatsConnection,
    topology: Topology,
    worker: string,
  ): Promise<LiveWorkers> {
    const entries = await new Kvm(nats).open(topology.workerBucket);
    const stream = `KV_${topology.workerBucket}`;
    return new LiveWorkers(await jetstreamManager(nats), entries, stream, worker);
  }

  /** Gives a sign of life, and returns the buckets of this worker. */
  async buckets(): Promise<ReadonlySet<number>> {
    await this.entries.put(this.worker, new Uint8Array());
    const { state } = await this.manager.streams.info(this.stream, { subjects_filter: ">" });
    const alive = Object.keys(state.subjects ?? {}).map((subject) => subject.split(".").at(-1));
    return bucketsOf(
      this.worker,
      alive.flatMap((name) => name ?? []),
    );
  }

  /** Leaves at once, so that the others need not wait. */
  async leave(): Promise<void> {
    await this.manager.streams.purge(this.stream, {
      filter: this.stream.replace(/^KV_(.*)$/, `$KV.$1.${this.worker}`),
    });
  }
}

/** The buckets of a worker among those that are alive: a rendezvous hash. */
export function bucketsOf(worker: string, alive: readonly string[]): ReadonlySet<number> {
  const workers = [...new Set([worker, ...alive])].sort();
  const owned = EACH_BUCKET.filter((bucket) => {
    const weights = workers.map((name) => ({ name, weight: weightOf(name, bucket) }));
    return weights.reduce((a, b) => (b.weight > a.weight ? b : a)).name === worker;
  });
  return new Set(owned);
}

function weightOf(worker: string, bucket: number): string {
  return createHash("sha256").update(`${worker}/${bucket}`).digest("hex");
}
