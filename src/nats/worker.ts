import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { requireInteger } from "../event/errors/arguments.js";
import { BucketReader, HANDOVER_MS, type ReadingOptions } from "./bucket-reader.js";
import { checkSetUp } from "./current-states.js";
import { NatsDeadLetters } from "./dead-letters.js";
import { NatsEventLog } from "./event-log.js";
import { LiveWorkers, WORKER_LIFETIME_MS } from "./live-workers.js";
import type { WorkerObserver } from "./observer.js";
import { Projector } from "./projector.js";
import { Quarantine } from "./quarantine.js";
import { Rehearsal } from "./rehearsal.js";
import { Slots } from "./slots.js";
import { StateBucket } from "./state-bucket.js";
import type { Topology, TopologyOptions } from "./topology.js";

/** The settings of a worker. */
export type WorkerOptions = TopologyOptions &
  Partial<ReadingOptions> & {
    /** The most missions in memory. Default: 10,000. */
    readonly maxOpenMissions?: number;
    readonly observer?: WorkerObserver;
  };

/** A worker that keeps states up to date. Any number of them share the missions. */
export class NatsWorker {
  private readonly readers = new Map<number, BucketReader>();
  /** The readers of buckets that now belong to other workers. */
  private readonly stopping = new Set<BucketReader>();
  private timer: NodeJS.Timeout | undefined;
  private turn: Promise<void> = Promise.resolve();
  private isStopping = false;
  private readonly turns = new Slots(TURNS);

  private constructor(
    private readonly nats: NatsConnection,
    private readonly topology: Topology,
    private readonly projector: Projector,
    private readonly workers: LiveWorkers,
    private readonly options: ReadingOptions,
    private readonly close: () => void,
  ) {}

  /**
   * Starts a worker. The caller closes the connection, after `stop`.
   *
   * @throws NatsError `not_set_up` when `setUpNats` was not called, `unreachable` when the
   * server does not answer.
   * @throws InvalidArgumentError when an option is out of range.
   */
  static async start(nats: NatsConnection, options: WorkerOptions = {}): Promise<NatsWorker> {
    const { observer = {}, maxOpenMissions = 10_000, batch = 4_000, lingerMs = 20 } = options;
    requireInteger("maxOpenMissions", maxOpenMissions, 1);
    requireInteger("batch", batch, 1);
    requireInteger("lingerMs", lingerMs, 0);
    const topology = await checkSetUp(nats, options);
    const states = await StateBucket.open(nats, topology);
    const deadLetters = await NatsDeadLetters.open(nats, topology);
    const quarantine = await Quarantine.open(states.entries, (error) => observer.onError?.(error));
    states.onLostWrite = (mission) => observer.onLostWrite?.(mission);
    deadLetters.onLetter = (letter) => observer.onDeadLetter?.(letter);
    const rehearsal = new Rehearsal();
    const log = new NatsEventLog(nats, topology, quarantine);
    const parts = { nats, topology, log, states, deadLetters, quarantine, rehearsal, observer };
    const projector = new Projector({ ...parts, maxOpenMissions });
    const name = `${hostname().replaceAll(/[^\w-]/g, "-")}-${process.pid}-${randomUUID()}`;
    const workers = await LiveWorkers.join(nats, topology, name);
    const worker = new NatsWorker(nats, topology, projector, workers, { batch, lingerMs }, () => {
      quarantine.close();
      rehearsal.close();
    });
    await worker.share();
    void states.removeUnusedObjects(UNUSED_AFTER_MS).catch((error) => observer.onError?.(error));
    worker.timer = setInterval(() => worker.shareInTurn(), WORKER_LIFETIME_MS / 4);
    return worker;
  }

  /** The buckets that this worker reads, in ascending order. */
  get buckets(): readonly number[] {
    return [...this.readers.keys()].sort((a, b) => a - b);
  }

  /**
   * Stores and acknowledges the events that it has, for at most 5 seconds, gives back the rest,
   * and leaves.
   */
  async stop(): Promise<void> {
    if (!this.isStopping) {
      this.isStopping = true;
      clearInterval(this.timer);
      // A server that is down answers nothing, and each request waits for it.
      await Promise.race([this.leave(), sleep(HANDOVER_MS, undefined, { ref: false })]);
      this.readers.clear();
      this.close();
    }
  }

  private async leave(): Promise<void> {
    try {
      const readers = [...this.readers.values(), ...this.stopping];
      const stopped = readers.map((reader) => reader.stop(HANDOVER_MS - LEAVING_MS));
      await Promise.all([...stopped, this.turn]);
      await this.workers.leave();
      await this.nats.flush();
    } catch (error) {
      // The others see that it is gone when its entry expires.
      this.projector.observer.onError?.(error);
    }
  }

  private shareInTurn(): void {
    this.turn = this.turn.then(async () => {
      try {
        await this.share();
      } catch (error) {
        // It keeps its buckets: two owners of one do no harm.
        this.projector.observer.onError?.(error);
      }
    });
  }

  /** Starts reading the buckets that are now its own, and stops reading the others. */
  private async share(): Promise<void> {
    const own = await this.workers.buckets();
    if (this.isStopping) {
      return;
    }
    const before = this.readers.size;
    let isChanged = false;
    for (const [bucket, reader] of this.readers) {
      if (!own.has(bucket)) {
        this.readers.delete(bucket);
        this.stopping.add(reader);
        void reader.stop().then(() => this.stopping.delete(reader));
        isChanged = true;
      }
    }
    for (const bucket of own) {
      if (!this.readers.has(bucket)) {
        const { nats, topology, projector, turns, options } = this;
        const reader = new BucketReader(bucket, nats, topology, projector, turns, options);
        this.readers.set(bucket, reader);
      }
    }
    if (isChanged || this.readers.size !== before) {
      this.projector.observer.onBuckets?.(this.buckets);
    }
  }
}

/** How much of the time for a handover is left for giving back the rest. */
const LEAVING_MS = 500;
const UNUSED_AFTER_MS = 3_600_000;
/** How many buckets that are behind are read at the same time. */
const TURNS = 4;
