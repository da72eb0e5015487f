import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  jetstream,
  jetstreamManager,
  PubHeaders,
} from "@nats-io/jetstream";
import { headers, type MsgHdrs, type NatsConnection } from "@nats-io/transport-node";
import { requireInteger } from "../event/errors/arguments.js";
import { RecordReader } from "../projection/index.js";
import { type NatsProblem, PublishError } from "./errors.js";
import { NO_MISSION, Topology, type TopologyOptions } from "./topology.js";

/** How events are published. */
export type PublishOptions = TopologyOptions & {
  /** The events in one atomic batch, and the most that are in flight: 1 to 1,000. Default: 500. */
  readonly batch?: number | undefined;
  /** How long to try when the server does not answer, in milliseconds. Default: 30 s. */
  readonly patienceMs?: number | undefined;
  /** Headers of each event, as for a trace. Called once a batch. */
  readonly headers?: (() => Readonly<Record<string, string>>) | undefined;
  /** Called after each batch with the number of events given so far, which are now stored. */
  readonly onProgress?: ((events: number) => void) | undefined;
};

/** A report of published events. */
export type PublishReport = {
  /** The events that were stored. */
  readonly stored: number;
  /** The events that the server has stored within its duplicate window, with the same bytes. */
  readonly repeated: number;
  /** Events of other types, which belong to no mission. They are not stored. */
  readonly other: number;
  /** Those of `other` whose type is nearly one of the contract's, as if it were misspelled. */
  readonly misspelled: number;
  /** Records that no mission can take. They are stored, and become dead letters. */
  readonly poison: number;
};

/**
 * Publishes events, each as JSON in UTF-8, to the subjects of their missions. Each is stored
 * once the promise resolves. If the server supports it, a batch is stored as a whole or not at all.
 * The next batch is read only after that.
 *
 * A repetition within the stream's duplicate window is not stored again; an event with the same id
 * and another content is.
 *
 * @throws PublishError at the first event that was not stored, with its place.
 * @throws InvalidArgumentError when `batch` is out of range.
 */
export async function publishToNats(
  nats: NatsConnection,
  events: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: PublishOptions = {},
): Promise<PublishReport> {
  const { batch = 500, onProgress } = options;
  requireInteger("batch", batch, 1, LARGEST_BATCH);
  const publisher = await Publisher.open(nats, options);
  let messages: EventMessage[] = [];
  let given = 0;
  for await (const bytes of events) {
    if (!publisher.isTooLarge(bytes)) {
      messages.push(...publisher.messages(bytes, given++));
    } else {
      await publisher.publish(messages);
      const limit = new RangeError(`it has ${bytes.length} bytes`);
      throw new PublishError("event_too_large", given, limit);
    }
    if (messages.length === batch) {
      await publisher.publish(messages);
      messages = [];
      onProgress?.(given);
    }
  }
  await publisher.publish(messages);
  onProgress?.(given);
  return publisher.report;
}

type EventMessage = {
  readonly position: number;
  readonly subject: string;
  readonly id: string;
  readonly bytes: Uint8Array;
};

class Publisher {
  private readonly reader = new RecordReader();
  private counts = { stored: 0, repeated: 0, other: 0, misspelled: 0, poison: 0 };

  private constructor(
    private readonly nats: NatsConnection,
    private readonly client: JetStreamClient,
    private readonly topology: Topology,
    private readonly isAtomic: boolean,
    private readonly patienceMs: number,
    private readonly more: () => Readonly<Record<string, string>>,
  ) {}

  static async open(nats: NatsConnection, options: PublishOptions): Promise<Publisher> {
    const topology = new Topology(options);
    const client = jetstream(nats);
    const { patienceMs = 30_000, headers: more = () => ({}) } = options;
    try {
      const manager = await jetstreamManager(nats);
      const { config } = await manager.streams.info(topology.eventStream);
      const isAtomic = config.allow_atomic === true;
      return new Publisher(nats, client, topology, isAtomic, patienceMs, more);
    } catch (error) {
      throw new PublishError(problemOf(error), 0, error);
    }
  }

  get report(): PublishReport {
    return this.counts;
  }

  isTooLarge({ length }: Uint8Array): boolean {
    const { max_payload = Number.POSITIVE_INFINITY } = this.nats.info ?? {};
    return length > max_payload - ROOM_FOR_HEADERS;
  }

  /** The message of an event; none if it belongs to no mission. */
  messages(bytes: Uint8Array, position: number): EventMessage[] {
    const read = this.reader.read(bytes);
    if (read.kind === "other") {
      this.counts.other++;
      this.counts.misspelled += read.warning === undefined ? 0 : 1;
      return [];
    }
    if (read.kind === "poison") {
      this.counts.poison++;
    }
    const mission = read.kind === "mission" ? read.mission : NO_MISSION;
    // The hash covers the id as well as the content: both contents of an id are stored.
    const id = createHash("sha256").update(bytes).digest("base64url");
    return [{ position, subject: this.topology.eventSubject(mission), id, bytes }];
  }

  async publish(messages: readonly EventMessage[]): Promise<void> {
    const more = this.more();
    if (this.isAtomic && messages.length > 1) {
      try {
        await this.publishBatch(messages, more);
        this.counts.stored += messages.length;
        return;
      } catch (error) {
        if (problemOf(error) === "stream_full") {
          throw new PublishError("stream_full", messages[0]?.position ?? 0, error);
        }
        // One of them is a repetition, or an answer was lost. Publishing them one by one will show.
      }
    }
    const results = await Promise.allSettled(
      messages.map((message) => this.publishOne(message, more)),
    );
    for (const [index, result] of results.entries()) {
      if (result.status === "rejected") {
        const position = messages[index]?.position ?? 0;
        throw new PublishError(problemOf(result.reason), position, result.reason);
      }
    }
  }

  private async publishBatch(
    messages: readonly EventMessage[],
    more: Readonly<Record<string, string>>,
  ): Promise<void> {
    const [first, ...rest] = messages;
    const last = rest.pop();
    if (first === undefined || last === undefined) {
      return;
    }
    const { subject, bytes } = first;
    const batch = await this.client.startBatch(subject, bytes, { headers: headersOf(first, more) });
    for (const message of rest) {
      batch.add(message.subject, message.bytes, { headers: headersOf(message, more) });
    }
    await batch.commit(last.subject, last.bytes, {
      headers: headersOf(last, more),
      timeout: TIMEOUT_MS,
    });
  }

  private async publishOne(
    message: EventMessage,
    more: Readonly<Record<string, string>>,
  ): Promise<void> {
    const { subject, bytes } = message;
    const end = performance.now() + this.patienceMs;
    for (;;) {
      try {
        const ack = await this.client.publish(subject, bytes, {
          headers: headersOf(message, more),
          timeout: TIMEOUT_MS,
        });
        if (ack.duplicate) {
          this.counts.repeated++;
        } else {
          this.counts.stored++;
        }
        return;
      } catch (error) {
        if (problemOf(error) !== "unreachable" || performance.now() > end) {
          throw error;
        }
        await sleep(RETRY_AFTER_MS);
      }
    }
  }
}

function headersOf({ id }: EventMessage, more: Readonly<Record<string, string>>): MsgHdrs {
  const all = headers();
  for (const [name, value] of Object.entries(more)) {
    all.set(name, value);
  }
  all.set(PubHeaders.MsgIdHdr, id);
  return all;
}

function problemOf(error: unknown): NatsProblem {
  if (!(error instanceof JetStreamApiError)) {
    return "unreachable";
  }
  switch (error.code) {
    case JetStreamApiCodes.StreamNotFound:
      return "not_set_up";
    case STORE_FAILED:
      return error.message.includes("maximum") ? "stream_full" : "unreachable";
    case RESOURCES_EXCEEDED:
    case STORAGE_EXCEEDED:
      return "stream_full";
    case MESSAGE_TOO_LARGE:
      return "event_too_large";
    default:
      return error.status >= 500 ? "unreachable" : "refused";
  }
}

const LARGEST_BATCH = 1_000;
const ROOM_FOR_HEADERS = 512;
const TIMEOUT_MS = 5_000;
const RETRY_AFTER_MS = 250;

// Codes of the server's API that the client has no names for.
const STORE_FAILED = 10_077;
const RESOURCES_EXCEEDED = 10_023;
const STORAGE_EXCEEDED = 10_047;
const MESSAGE_TOO_LARGE = 10_054;
