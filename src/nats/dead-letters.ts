import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Violation } from "../event/errors/violation.js";
import { isJsonObject } from "../event/json/json-object.js";
import type { DeadLetter, DeadLetters, PoisonReason } from "../projection/index.js";
import { withoutValues } from "../projection/read-record.js";
import { NO_MISSION, Topology } from "./topology.js";

/**
 * The dead letters, in a stream of their own: one message for each, with its reason and its
 * violations. The record itself stays in the log, and is read from there.
 */
export class NatsDeadLetters implements DeadLetters {
  private constructor(
    private readonly manager: JetStreamManager,
    private readonly topology: Topology,
  ) {}

  static async open(
    nats: NatsConnection,
    topology: Topology = new Topology(),
  ): Promise<NatsDeadLetters> {
    return new NatsDeadLetters(await jetstreamManager(nats), topology);
  }

  /** Called with each new letter. */
  onLetter: (letter: DeadLetter) => void = () => undefined;

  async put(letter: DeadLetter): Promise<void> {
    const { mission = NO_MISSION, seq, reason, violations } = letter;
    const shown = withoutValues(violations.slice(0, MOST_VIOLATIONS));
    try {
      await this.manager
        .jetstream()
        .publish(
          this.topology.deadLetterSubject(mission, seq),
          JSON.stringify({ reason, violations: shown }),
          { expect: { lastSubjectSequence: 0 } },
        );
    } catch (error) {
      if (error instanceof JetStreamApiError && EXISTS.has(error.code)) {
        return;
      }
      throw error;
    }
    this.onLetter(letter);
  }

  /** All letters, or those of one mission, in the order in which they were written. */
  async *list(mission: string | "*" = "*"): AsyncGenerator<DeadLetter> {
    const { deadLetterStream } = this.topology;
    const filter = this.topology.deadLetterSubject(mission, "*");
    let next = 1;
    for (;;) {
      const message = await this.manager.direct.getMessage(deadLetterStream, {
        seq: next,
        next_by_subj: filter,
      });
      if (message === null) {
        return;
      }
      next = message.seq + 1;
      yield await this.letter(message.subject, message.json());
    }
  }

  /**
   * Removes a letter that was dealt with, for example because its event was repaired and published
   * again. It comes back when the states are rebuilt.
   *
   * @returns Whether there was one.
   */
  async remove({
    mission = NO_MISSION,
    seq,
  }: Pick<DeadLetter, "mission" | "seq">): Promise<boolean> {
    const filter = this.topology.deadLetterSubject(mission, seq);
    const { purged } = await this.manager.streams.purge(this.topology.deadLetterStream, { filter });
    return purged > 0;
  }

  private async letter(subject: string, content: unknown): Promise<DeadLetter> {
    const [mission, seq] = subject.split(".").slice(-2);
    const record = await this.manager.direct.getMessage(this.topology.eventStream, {
      seq: Number(seq),
    });
    const { reason, violations } = isJsonObject(content) ? content : {};
    return {
      mission: mission === NO_MISSION ? undefined : mission,
      seq: Number(seq),
      bytes: record?.data ?? new Uint8Array(),
      // Both were written by `put`.
      reason: reason as PoisonReason,
      violations: violations as unknown as readonly Violation[],
    };
  }
}

const MOST_VIOLATIONS = 100;
const EXISTS: ReadonlySet<number> = new Set([
  JetStreamApiCodes.StreamWrongLastSequence,
  JetStreamApiCodes.StreamWrongLastSequenceUnknown,
]);
