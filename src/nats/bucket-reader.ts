import { setTimeout as sleep } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { requestAnswers } from "./answers.js";
import { DeliveryChain, deliveryOf, giveBack } from "./delivery.js";
import type { Projector, Window } from "./projector.js";
import type { Topology } from "./topology.js";

/** How a worker reads. */
export type ReadingOptions = {
  /** The most events of a bucket in memory. Default: 500. */
  readonly batch: number;
  /** The wait for more events before those that came are stored, in milliseconds. Default: 20. */
  readonly lingerMs: number;
};

/** Reads the events of one bucket and acknowledges those that are stored, until it is stopped. */
export class BucketReader {
  private isStopping = false;
  /** Ends the wait of the loop. */
  private wake: () => void = () => undefined;
  private readonly done: Promise<void>;

  constructor(
    private readonly bucket: number,
    private readonly nats: NatsConnection,
    private readonly topology: Topology,
    private readonly projector: Projector,
    private readonly options: ReadingOptions,
  ) {
    this.done = this.run();
  }

  /** Stores and acknowledges what was begun, and gives the rest back. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.done;
  }

  private async run(): Promise<void> {
    let suspectUpTo: number | undefined;
    while (!this.isStopping) {
      try {
        suspectUpTo ??= await this.deliveredToOthers();
        await this.readOnce(suspectUpTo);
      } catch (error) {
        this.projector.observer.onError?.(error);
        await this.pause(RETRY_AFTER_MS);
      }
    }
  }

  /**
   * The last event that another worker has been given, and may have ended with. 0 if each one
   * was acknowledged.
   */
  private async deliveredToOthers(): Promise<number> {
    const manager = await jetstreamManager(this.nats);
    const { eventStream } = this.topology;
    const info = await manager.consumers.info(eventStream, this.topology.consumer(this.bucket));
    return info.num_ack_pending === 0 ? 0 : info.delivered.stream_seq;
  }

  private async readOnce(suspectUpTo: number): Promise<void> {
    const { batch, lingerMs } = this.options;
    const chain = new DeliveryChain();
    let queue: Window["deliveries"][number][] = [];
    let isOver = false;
    const consumer = `${this.topology.eventStream}.${this.topology.consumer(this.bucket)}`;
    const answers = requestAnswers(
      this.nats,
      `$JS.API.CONSUMER.MSG.NEXT.${consumer}`,
      { batch, expires: PULL_MS * 1e6, max_bytes: MOST_BYTES },
      {
        silence: PULL_MS + 2_000,
        most: batch,
        onMessage: (message) => {
          const delivery = deliveryOf(message);
          queue.push({ ...delivery, previous: chain.previous(delivery) });
          this.wake();
        },
      },
    );
    const ended = answers.ended.then((end) => {
      isOver = true;
      this.wake();
      return end;
    });
    while (!this.isStopping && !(isOver && queue.length === 0)) {
      if (queue.length === 0) {
        await this.pause();
      } else {
        if (!isOver) {
          await sleep(lingerMs);
        }
        const deliveries = queue;
        queue = [];
        await this.projector.project({ bucket: this.bucket, deliveries, suspectUpTo });
      }
    }
    answers.close();
    for (const delivery of queue) {
      giveBack(this.nats, delivery);
    }
    const { code } = await ended;
    if (code >= 409) {
      // The consumer is away, moves to another server, or has no room.
      await this.pause(RETRY_AFTER_MS);
    }
  }

  private async pause(milliseconds?: number): Promise<void> {
    if (!this.isStopping) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
        if (milliseconds !== undefined) {
          setTimeout(resolve, milliseconds);
        }
      });
    }
  }
}

const PULL_MS = 5_000;
const MOST_BYTES = 8_388_608;
const RETRY_AFTER_MS = 500;
