import type { Msg, NatsConnection } from "@nats-io/transport-node";

/** An event as a consumer has delivered it. */
export type Delivery = {
  /** Its place in the stream. */
  readonly seq: number;
  /** The place of the delivery among all deliveries of the consumer. */
  readonly deliverySeq: number;
  /** How often the event has been delivered, this time included. */
  readonly count: number;
  /** How many events of the bucket have not been delivered yet. */
  readonly pending: number;
  readonly subject: string;
  /** The mission that the subject names: its last part. */
  readonly mission: string;
  readonly bytes: Uint8Array;
  /** Its headers are parsed on access, which takes time; most deliveries do not need them. */
  readonly message: Msg;
  /** In milliseconds since 1970. */
  readonly deliveredAt: number;
  /** The subject of the acknowledgement. */
  readonly reply: string;
};

export function deliveryOf(message: Msg): Delivery {
  const { subject, data: bytes, reply = "" } = message;
  const parts = reply.split(".");
  // `$JS.ACK.` DOMAIN.ACCOUNT. STREAM.CONSUMER.count.seq.deliverySeq.time.pending
  const first = parts.length > 9 ? 6 : 4;
  const [count = 0, seq = 0, deliverySeq = 0, , pending = 0] = parts.slice(first).map(Number);
  const mission = subject.slice(subject.lastIndexOf(".") + 1);
  const deliveredAt = Date.now();
  return { seq, deliverySeq, count, pending, subject, mission, bytes, message, deliveredAt, reply };
}

/** The headers that the producer of an event gave it, without those of NATS. */
export function ownHeaders({ message: { headers } }: Delivery): Record<string, string> {
  const names = headers?.keys().filter((name) => !/^nats-/i.test(name)) ?? [];
  return Object.fromEntries(names.map((name) => [name, headers?.get(name) ?? ""]));
}

export function acknowledge(nats: NatsConnection, { reply }: Delivery): void {
  nats.publish(reply, "+ACK");
}

/** Gives an event back, to be delivered again after a delay in milliseconds. */
export function giveBack(nats: NatsConnection, { reply }: Delivery, delay = 0): void {
  nats.publish(reply, delay === 0 ? "-NAK" : `-NAK ${JSON.stringify({ delay: delay * 1e6 })}`);
}

/**
 * Proves which event of a mission came directly before a delivered one, from the deliveries of
 * one request. A single run of the consumer answers such a request, and it delivers the events of
 * its bucket in order. So two consecutive deliveries have no event between them.
 */
export class DeliveryChain {
  private readonly lastOf = new Map<string, number>();
  /** Nothing was delivered before this chain, so a mission that is not in it had no event. */
  private isFromStart = true;
  private deliverySeq = 0;
  private seq = 0;

  /** The sequence of the event before, 0 if there is none, `undefined` if it is not certain. */
  previous({ seq, deliverySeq, count, mission }: Delivery): number | undefined {
    const isNext = deliverySeq === this.deliverySeq + 1;
    this.deliverySeq = deliverySeq;
    if (!isNext) {
      this.break();
    }
    if (count > 1) {
      return undefined;
    }
    if (seq <= this.seq) {
      this.break();
    }
    this.seq = seq;
    const previous = this.lastOf.get(mission) ?? (this.isFromStart ? 0 : undefined);
    this.lastOf.set(mission, seq);
    return previous;
  }

  private break(): void {
    this.lastOf.clear();
    this.isFromStart = false;
  }
}
