import { setTimeout as sleep } from "node:timers/promises";
import type { NatsConnection } from "@nats-io/transport-node";
import { type EventLog, type LogRecord, quarantined } from "../projection/index.js";
import { requestAnswers } from "./answers.js";
import { NatsError } from "./errors.js";
import type { Quarantine } from "./quarantine.js";
import type { Topology } from "./topology.js";

/** Reads the events of one mission from the stream, by its subject. Any replica may answer. */
export class NatsEventLog implements EventLog {
  private readonly subject: string;

  constructor(
    private readonly nats: NatsConnection,
    private readonly topology: Topology,
    private readonly quarantine?: Quarantine,
  ) {
    this.subject = `$JS.API.DIRECT.GET.${topology.eventStream}`;
  }

  async *read(mission: string, after: number): AsyncGenerator<LogRecord> {
    let last = after;
    // Often a single record is needed, and sometimes a whole mission.
    let batch = 1;
    for (;;) {
      const records = await this.next(mission, last, batch);
      yield* records;
      last = records.at(-1)?.seq ?? last;
      batch = Math.min(batch * 16, MOST_AT_ONCE);
    }
  }

  /** The records of a mission above a sequence that are stored now. */
  async *stored(mission: string, after: number): AsyncGenerator<LogRecord> {
    let last = after;
    for (;;) {
      const records = await this.ask(mission, last, MOST_AT_ONCE);
      if (records.length === 0) {
        return;
      }
      yield* records;
      last = records.at(-1)?.seq ?? last;
    }
  }

  /** At least one record, as soon as there is one. */
  private async next(mission: string, after: number, batch: number): Promise<LogRecord[]> {
    for (const delay of DELAYS_MS) {
      await sleep(delay);
      const records = await this.ask(mission, after, batch);
      if (records.length > 0) {
        return records;
      }
    }
    throw new NatsError("unreachable", `Mission ${mission} has no event after ${after} yet`);
  }

  private async ask(mission: string, after: number, batch: number): Promise<LogRecord[]> {
    const records: LogRecord[] = [];
    const subject = this.topology.eventSubject(mission);
    const request = {
      seq: after + 1,
      next_by_subj: subject,
      batch,
      max_bytes: MOST_BYTES_AT_ONCE,
    };
    const answers = requestAnswers(this.nats, this.subject, request, {
      silence: SILENCE_MS,
      most: batch,
      onMessage: ({ data: bytes, headers }) => {
        const seq = Number(headers?.last("Nats-Sequence"));
        const isSetAside = this.quarantine?.has(mission, seq) === true;
        records.push({ seq, bytes, ...(isSetAside ? { read: quarantined() } : {}) });
      },
    });
    await answers.ended;
    return records;
  }
}

const MOST_AT_ONCE = 1_000;
const MOST_BYTES_AT_ONCE = 8_388_608;
const SILENCE_MS = 2_000;
/** The waits before each try for a record that must be there: some 12 seconds in all. */
const DELAYS_MS = [0, 10, 50, 250, 1_000, 1_000, 2_000, 4_000, 4_000];
