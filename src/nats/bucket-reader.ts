import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { requestAnswers } from "./answers.js";
import { type Delivery, DeliveryChain, deliveryOf, giveBack } from "./delivery.js";
import type { Projector, WindowDelivery } from "./projector.js";
import type { Slots } from "./slots.js";
import type { Topology } from "./topology.js";

/** How a worker reads. */
export type ReadingOptions = {
  /**
   * The most events of a bucket in memory. A bucket that is behind is given as many at once, and
   * each of their states is written once. Default: 4,000.
   */
  readonly batch: number;
  /**
   * The least wait for more events before those that came are stored, in milliseconds. Default:
   * 20. Where it takes longer to store them, the wait is as long, up to a second.
   */
  readonly lingerMs: number;
};

/** A request for the next events of a consumer. */
type PullRequest = {
  readonly batch: number;
  readonly max_bytes: number;
  /** How long the request waits for events, in nanoseconds. */
  readonly expires?: number;
  /** The request ends when there are no more events. */
  readonly no_wait?: boolean;
};

/** Reads the events of one bucket and acknowledges those that are stored, until it is stopped. */
export class BucketReader {
  private isStopping = false;
  private stopBy = Number.POSITIVE_INFINITY;
  private closePull: () => void = () => undefined;
  /** Ends the wait of the loop. */
  private wake: () => void = () => undefined;
  private readonly done: Promise<void>;
  private lastWindowMs = 0;
  private ackWaitMs = 0;
  /** How many unacknowledged events the server allows for the bucket. */
  private mostPending = Number.POSITIVE_INFINITY;
  /** The bucket has more events than the last request was for. */
  private isBehind = false;
  /** The events that came, and wait or are being stored. */
  private readonly inHand = new Map<number, Delivery>();
  /** The events that could not be stored, and come again. */
  private readonly givenBack = new Set<number>();

  constructor(
    private readonly bucket: number,
    private readonly nats: NatsConnection,
    private readonly topology: Topology,
    private readonly projector: Projector,
    /** The turns of the buckets that are behind. */
    private readonly turns: Slots,
    private readonly options: ReadingOptions,
  ) {
    this.done = this.run();
  }

  /**
   * Stores and acknowledges the events that came, and gives back those that take longer than some
   * milliseconds.
   */
  async stop(atMostMs = Number.POSITIVE_INFINITY): Promise<void> {
    this.isStopping = true;
    this.stopBy = Math.min(this.stopBy, performance.now() + atMostMs);
    this.closePull();
    this.wake();
    await this.done;
  }

  private async run(): Promise<void> {
    let suspectUpTo: number | undefined;
    while (!this.isStopping) {
      try {
        suspectUpTo ??= await this.begin();
        const code = await this.readNext(suspectUpTo);
        if (code >= 409) {
          // The consumer is away, moves to another server, or has no room.
          await this.pause(RETRY_AFTER_MS);
        }
      } catch (error) {
        this.projector.observer.onError?.(error);
        await this.pause(RETRY_AFTER_MS);
      }
    }
  }

  /**
   * Waits for the worker that had the bucket before, which may be storing its last events.
   *
   * @returns The last event that another worker has been given, and may have ended with. 0 if
   * each one was acknowledged.
   */
  private async begin(): Promise<number> {
    const manager = await jetstreamManager(this.nats, { checkAPI: false });
    const { eventStream } = this.topology;
    const name = this.topology.consumer(this.bucket);
    let seen = "";
    let seenAt = 0;
    for (;;) {
      const info = await manager.consumers.info(eventStream, name);
      const { ack_wait = 0, max_ack_pending = 0 } = info.config;
      this.ackWaitMs = ack_wait / 1e6;
      this.mostPending = max_ack_pending > 0 ? max_ack_pending : Number.POSITIVE_INFINITY;
      this.isBehind = info.num_pending > 0;
      if (info.num_ack_pending === 0) {
        return 0;
      }
      // As long as this changes, that worker is alive.
      const progress = `${info.num_ack_pending} ${info.ack_floor.stream_seq}`;
      if (progress !== seen) {
        [seen, seenAt] = [progress, performance.now()];
      }
      const isLate = performance.now() - seenAt > Math.min(this.ackWaitMs, HANDOVER_MS);
      if (isLate || this.isStopping) {
        return info.delivered.stream_seq;
      }
      await this.pause(100);
    }
  }

  /**
   * Reads until a request ends. Every bucket waits for a few events at any time, and those with
   * more take turns to read many. Otherwise the server would send more at once than it keeps for a
   * client (64 MiB by default), and would cut off the client as too slow.
   *
   * @returns The status with which the request ended; 0 if it was full.
   */
  private async readNext(suspectUpTo: number): Promise<number> {
    // The server does not fill a request beyond its limit, which counts events given back too.
    const batch = Math.min(this.options.batch, Math.ceil(this.mostPending / 2));
    if (this.isBehind) {
      const largest = this.nats.info?.max_payload ?? 0;
      const request = { batch, max_bytes: Math.max(MOST_BYTES, 2 * largest), no_wait: true };
      return this.turns.run(async () => (this.isStopping ? 0 : this.ask(request, suspectUpTo)));
    }
    const few = Math.min(batch, MOST_WHEN_WAITING);
    const request = { batch: few, max_bytes: BYTES_WHEN_WAITING, expires: PULL_MS * 1e6 };
    return this.ask(request, suspectUpTo);
  }

  private async ask(request: PullRequest, suspectUpTo: number): Promise<number> {
    const chain = new DeliveryChain();
    let queue: WindowDelivery[] = [];
    let isOver = false;
    const consumer = `${this.topology.eventStream}.${this.topology.consumer(this.bucket)}`;
    const answers = requestAnswers(this.nats, `$JS.API.CONSUMER.MSG.NEXT.${consumer}`, request, {
      silence: PULL_MS + 2_000,
      most: request.batch,
      onMessage: (message) => {
        const delivery = deliveryOf(message);
        const { seq, count } = delivery;
        // An event that came before has not ended this process.
        const isSuspect = count > 1 && !this.inHand.has(seq) && !this.givenBack.has(seq);
        this.inHand.set(seq, delivery);
        queue.push({ delivery, isSuspect, previous: chain.previous(delivery) });
        this.wake();
      },
    });
    this.closePull = () => answers.close();
    if (this.isStopping) {
      answers.close();
    }
    const ended = answers.ended.then((end) => {
      isOver = true;
      this.wake();
      return end;
    });
    const timer = setInterval(() => this.keepInHand(), this.ackWaitMs / 3);
    while (!(isOver && queue.length === 0) && performance.now() < this.stopBy) {
      if (queue.length === 0) {
        await this.woken();
      } else {
        await (request.no_wait ? ended : Promise.race([ended, this.linger()]));
        const deliveries = queue;
        queue = [];
        const start = performance.now();
        const { bucket } = this;
        const failed = await this.projector.project({ bucket, deliveries, suspectUpTo });
        this.lastWindowMs = performance.now() - start;
        for (const { delivery } of deliveries) {
          const { seq } = delivery;
          this.inHand.delete(seq);
          this.givenBack.delete(seq);
        }
        for (const { delivery } of failed) {
          this.givenBack.add(delivery.seq);
        }
      }
    }
    clearInterval(timer);
    answers.close();
    const { code, description, received } = await ended;
    for (const { delivery } of queue) {
      giveBack(this.nats, delivery);
    }
    this.isBehind = received === request.batch || NO_ROOM.test(description);
    return this.isBehind ? 0 : code;
  }

  private linger(): Promise<void> {
    const { lingerMs } = this.options;
    return sleep(Math.max(lingerMs, Math.min(this.lastWindowMs, LONGEST_LINGER_MS)));
  }

  /** Keeps the server from giving events to other workers just because storing takes long. */
  private keepInHand(): void {
    for (const { reply } of this.inHand.values()) {
      this.nats.publish(reply, "+WPI");
    }
  }

  private async pause(milliseconds: number): Promise<void> {
    if (!this.isStopping) {
      await Promise.race([this.woken(), sleep(milliseconds)]);
    }
  }

  private woken(): Promise<void> {
    return new Promise((resolve) => {
      this.wake = resolve;
    });
  }
}

/** How long a worker that leaves, or that another waits for, may be silent, in milliseconds. */
export const HANDOVER_MS = 5_000;
const LONGEST_LINGER_MS = 1_000;
const PULL_MS = 5_000;
const MOST_BYTES = 4_194_304;
const MOST_WHEN_WAITING = 256;
const BYTES_WHEN_WAITING = 262_144;
/** The server's text if the next event does not fit into the bytes of a request. */
const NO_ROOM = /maxbytes/i;
const RETRY_AFTER_MS = 500;
