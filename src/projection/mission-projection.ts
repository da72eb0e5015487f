import { checkpointFromBinary, checkpointToBinary } from "../dossier/checkpoint.js";
import { Dossier } from "../dossier/dossier.js";
import { InvalidArgumentError, InvalidBinaryError } from "../event/errors/errors.js";
import { BrokenLogError } from "./broken-log.js";
import type { LogRecord, ProjectionPorts, Revision } from "./ports.js";
import { eventOf, ofMission, type ReadRecord, RecordReader } from "./read-record.js";
import { projectedMissionToBinary, readProjectedMission } from "./stored-projection.js";

/** Facts about a delivered record that save work. */
export type Known = {
  /**
   * The sequence of the record directly before this one in the mission's log, 0 for the first.
   * With it, a delivery without a gap needs no read of the log. It must be certain: leave it
   * out if another reader may have been given a record in between.
   */
  readonly previous?: number;
  /** The result of a `RecordReader` for the bytes, if the caller has read them already. */
  readonly read?: ReadRecord;
};

/** How a projection is opened. */
export type OpenOptions = {
  /**
   * Whether no state is expected, so that the store is not asked. If there is one, the first flush
   * finds it. Default: `false`.
   */
  readonly isNew?: boolean;
};

/**
 * Keeps the stored state of one mission up to date while its records are delivered: some of
 * them late, twice, out of order or not at all.
 *
 * The state is always the fold of the mission's log up to a position, and the position never
 * passes a record that was not folded. So any number of projections of one mission may run at
 * the same time, in any processes: a second one costs a lost write, never a wrong state.
 *
 * Calls run one after the other, in the order in which they were made. After an error, the
 * same call can be made again.
 */
export class MissionProjection {
  private readonly reader = new RecordReader();
  private dossier = new Dossier("mission");
  private folded = 0;
  private stored = 0;
  /** The revision of the stored projection that was seen last. */
  private revision: Revision | undefined;
  private lastCall: Promise<unknown> = Promise.resolve();

  private constructor(
    /** The key of the mission: that of `namespaceKey`. */
    readonly mission: string,
    private readonly ports: ProjectionPorts,
  ) {}

  /**
   * Opens the projection of a mission, from where the stored one ends.
   *
   * @param mission The key of the mission, as `namespaceKey` gives it.
   * @throws InvalidBinaryError when the stored projection is damaged, of another mission, or
   * written under another contract.
   */
  static async open(
    mission: string,
    ports: ProjectionPorts,
    { isNew = false }: OpenOptions = {},
  ): Promise<MissionProjection> {
    const projection = new MissionProjection(mission, ports);
    if (!isNew) {
      await projection.readStored();
    }
    return projection;
  }

  /** The sequence of the last record that was folded, in memory. 0 before the first. */
  get position(): number {
    return this.folded;
  }

  /** The sequence up to which the stored state is known to be durable: see {@link flush}. */
  get durable(): number {
    return this.stored;
  }

  /**
   * Folds the record of a delivery, and all those before it that are not folded yet. One that
   * was folded before changes nothing. Poison becomes a dead letter.
   *
   * @param bytes They must not change until the promise is settled.
   * @throws BrokenLogError when the log does not have the record.
   * @throws TooLargeError when the dossier has no room for it.
   * @throws InvalidArgumentError when `seq` is not a positive safe integer, or `previous` is not an
   * integer from 0 to `seq - 1`.
   */
  take(seq: number, bytes: Uint8Array, { previous, read }: Known = {}): Promise<void> {
    return this.inTurn(async () => {
      checkSequence("seq", seq, 1, Number.MAX_SAFE_INTEGER);
      checkSequence("previous", previous ?? 0, 0, seq - 1);
      if (seq <= this.folded) {
        return;
      }
      if (previous !== undefined && previous <= this.folded) {
        await this.fold({ seq, bytes }, read);
        return;
      }
      for await (const record of this.records(this.folded, seq)) {
        await this.fold(record);
      }
    });
  }

  /**
   * Stores the state, unless the stored one is as far or further.
   *
   * @returns {@link durable}: the records up to this sequence may be acknowledged, and no
   * others.
   * @throws InvalidBinaryError when the state that another projection stored cannot be read.
   */
  flush(): Promise<number> {
    return this.inTurn(async () => {
      while (this.folded > this.stored) {
        await this.store();
      }
      return this.stored;
    });
  }

  private async fold(record: LogRecord, known?: ReadRecord): Promise<void> {
    const { seq, bytes } = record;
    const read = this.read(record, known);
    if (read.kind === "poison") {
      const { reason, violations } = read;
      await this.ports.deadLetters.put({ mission: this.mission, seq, bytes, reason, violations });
    }
    addTo(this.dossier, read);
    this.folded = seq;
  }

  private read({ bytes, read }: LogRecord, known = read): ReadRecord {
    return ofMission(known ?? this.reader.read(bytes), this.mission);
  }

  /**
   * The records of the log after a sequence, up to another one that the log must have. That one
   * must be seen: a read that ends early proves nothing.
   */
  private async *records(after: number, last: number): AsyncGenerator<LogRecord> {
    let seen = after;
    while (seen < last) {
      for await (const record of this.ports.log.read(this.mission, seen)) {
        if (record.seq <= seen || record.seq > last) {
          throw new BrokenLogError(this.mission, seen, last, record.seq);
        }
        seen = record.seq;
        yield record;
        if (seen === last) {
          return;
        }
      }
    }
  }

  private async store(): Promise<void> {
    const { mission, folded: seq } = this;
    if (this.dossier.staleIds().length > 0) {
      await this.replay();
    }
    const checkpoint = checkpointToBinary(this.dossier);
    const bytes = projectedMissionToBinary({ mission, seq, checkpoint });
    const revision = await this.ports.states.put(mission, bytes, this.revision);
    if (revision === undefined) {
      await this.readStored();
    } else {
      this.revision = revision;
      this.stored = seq;
    }
  }

  /** Folds the log again, now that it is known which content of each conflicting id counts. */
  private async replay(): Promise<void> {
    const dossier = this.dossier.replay();
    for await (const record of this.records(0, this.folded)) {
      addTo(dossier, this.read(record));
    }
    this.dossier = dossier;
  }

  /** Continues from the stored projection if it is ahead, and otherwise replaces it next. */
  private async readStored(): Promise<void> {
    const found = await this.ports.states.get(this.mission);
    if (found !== undefined) {
      const { mission, seq, checkpoint } = readProjectedMission(found.bytes);
      if (mission !== this.mission) {
        throw new InvalidBinaryError("projection", `it is of mission ${mission}`);
      }
      if (seq > this.folded) {
        this.dossier = checkpointFromBinary(checkpoint);
        this.folded = seq;
      }
      // The store may have given an earlier version, which the next write then does not replace.
      this.stored = Math.max(this.stored, seq);
    }
    this.revision = found?.revision;
  }

  private inTurn<T>(call: () => Promise<T>): Promise<T> {
    const result = this.lastCall.then(call);
    // A failed call does not stop the next one.
    this.lastCall = result.catch(() => undefined);
    return result;
  }
}

function addTo(dossier: Dossier, read: ReadRecord): void {
  if (read.kind === "mission") {
    // The record is known to be of this mission.
    dossier.add(eventOf(read), undefined, true);
  }
}

function checkSequence(name: string, given: number, least: number, most: number): void {
  if (!Number.isSafeInteger(given) || given < least || given > most) {
    throw new InvalidArgumentError(name, `an integer from ${least} to ${most}`, given);
  }
}
