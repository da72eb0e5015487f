import { crc32 } from "../../dossier/checksum.js";
import { MissionProjection } from "../mission-projection.js";
import type { DeadLetter, ProjectionPorts, StateStore } from "../ports.js";
import { eventOf, RecordReader, tooLongRecord } from "../read-record.js";
import { checkContract } from "../stored-projection.js";
import { ChangedLogError } from "./changed-log.js";
import type { LogFiles, LogLine } from "./log-files.js";
import { MissionIndex } from "./mission-index.js";
import { type LogPosition, START, type StateFolder } from "./state-folder.js";

/** The progress of a run. */
export type FilesProgress = {
  /** The dossier events that were read, including those that were part of a state before. */
  readonly events: number;
  /** Those of `events` whose payload the contract rejects, so that they do not affect a state. */
  readonly skipped: number;
  /** The events of other types, which belong to no mission. */
  readonly other: number;
  /** Those of `other` whose type is nearly one of the contract's, as if it were misspelled. */
  readonly misspelled: number;
  /** The records that became dead letters. */
  readonly deadLetters: number;
  /** The missions that had an event. */
  readonly missions: number;
  /** The bytes of the log that were read, from its beginning. */
  readonly position: number;
  /** The bytes of the log up to which all states are stored. */
  readonly durable: number;
  /** The bytes that the log has, without blanks at its end. */
  readonly size: number;
};

/** The settings of a run. */
export type LogRunOptions = {
  /** Ends the projection after it has stored what it has read. */
  readonly signal?: AbortSignal | undefined;
  /** The most missions in memory. Default: 20,000. */
  readonly maxOpenMissions?: number | undefined;
  /** Called after each piece of the log, and after each flush. */
  readonly onProgress?: ((progress: FilesProgress) => void) | undefined;
  /** Called with each new dead letter. */
  readonly onDeadLetter?: ((letter: DeadLetter) => void) | undefined;
};

/** Projects a log into one set of states, piece by piece. */
export class LogRun {
  private readonly reader = new RecordReader();
  private readonly ports: ProjectionPorts;
  private readonly open = new Map<string, MissionProjection>();
  private readonly changed = new Set<MissionProjection>();
  private readonly seen = new Set<string>();
  private last: Pick<LogPosition, "start" | "seq"> = START;
  /** The place up to which all states are stored. */
  private stored: LogPosition = START;
  private flushed = performance.now();
  private counts = { events: 0, skipped: 0, other: 0, misspelled: 0, deadLetters: 0 };

  private constructor(
    private readonly log: LogFiles,
    private readonly states: StateFolder,
    private readonly options: LogRunOptions,
  ) {
    const { deadLetters } = states;
    const store: StateStore = {
      // A damaged state is an error with its name.
      get: (mission) => states.read(mission),
      put: (mission, bytes, expected) => states.put(mission, bytes, expected),
    };
    this.ports = { log: new MissionIndex(log), states: store, deadLetters };
    deadLetters.onLetter = (letter) => {
      this.counts.deadLetters++;
      options.onDeadLetter?.(letter);
    };
  }

  /**
   * Begins where the last run ended.
   *
   * @throws ChangedLogError when the log is not the same one any more.
   * @throws InvalidBinaryError when the states are of another contract, or damaged.
   */
  static async begin(log: LogFiles, states: StateFolder, options: LogRunOptions): Promise<LogRun> {
    const run = new LogRun(log, states, options);
    const position = await states.load();
    checkContract(position.contract);
    await requireSameLog(log, position);
    run.last = position;
    run.stored = position;
    if (!(await states.isStored())) {
      // Readers see that a log is projected here, before there is a state.
      await states.commit(START);
    }
    return run;
  }

  get progress(): FilesProgress {
    const { counts, stored, log, last, seen } = this;
    const [position, durable] = [last.seq, stored.seq];
    return { ...counts, missions: seen.size, position, durable, size: log.contentSize };
  }

  /**
   * Takes the records of the log up to a sequence, or to its end, and stores the states.
   *
   * @throws ChangedLogError when the log is not the same one any more.
   */
  async readTo(end = Number.POSITIVE_INFINITY): Promise<void> {
    await requireSameLog(this.log, this.stored);
    await this.takeTo(end);
    await this.flush();
  }

  private async takeTo(end: number): Promise<void> {
    for await (const lines of this.log.lines(this.last.seq)) {
      for (const line of lines) {
        if (line.seq > end) {
          return;
        }
        await this.take(line);
      }
      this.options.onProgress?.(this.progress);
      if (this.options.signal?.aborted === true) {
        return;
      }
      if (performance.now() - this.flushed > FLUSH_EVERY_MS) {
        await this.flush();
      }
    }
  }

  /** Stores the states that have changed, with how far the log was read. */
  private async flush(): Promise<void> {
    for (const projection of this.changed) {
      await projection.flush();
    }
    this.changed.clear();
    const { start, seq } = this.last;
    if (seq > this.stored.seq) {
      // Records of another log must not count as read.
      await requireSameLog(this.log, this.stored);
      const from = Math.max(start, seq - COMPARED);
      const crc = crc32(await this.log.bytesBetween(from, seq));
      const stored = { start: from, seq, crc };
      await this.states.commit(stored);
      this.stored = stored;
    }
    this.flushed = performance.now();
    this.options.onProgress?.(this.progress);
  }

  private async take(line: LogLine): Promise<void> {
    const { seq, bytes = NO_BYTES } = line;
    const read = line.bytes === undefined ? tooLongRecord() : this.reader.read(bytes);
    if (read.kind === "mission") {
      this.counts.events++;
      this.counts.skipped += eventOf(read).kind === "rejected" ? 1 : 0;
      this.seen.add(read.mission);
      const projection = this.open.get(read.mission) ?? (await this.openMission(read.mission));
      // All records before this one were taken, so the last of the mission is known.
      await projection.take(seq, bytes, { previous: Math.min(projection.position, seq - 1), read });
      this.changed.add(projection);
    } else if (read.kind === "poison") {
      const { reason, violations } = read;
      await this.states.deadLetters.put({ mission: undefined, seq, bytes, reason, violations });
    } else {
      this.counts.other++;
      this.counts.misspelled += read.warning === undefined ? 0 : 1;
    }
    this.last = line;
  }

  private async openMission(mission: string): Promise<MissionProjection> {
    if (this.open.size >= (this.options.maxOpenMissions ?? MOST_OPEN)) {
      await this.flush();
      this.open.clear();
    }
    const projection = await MissionProjection.open(mission, this.ports);
    this.open.set(mission, projection);
    return projection;
  }
}

/** @throws ChangedLogError when a log is not the one that was read up to a position. */
export async function requireSameLog(log: LogFiles, position: LogPosition): Promise<void> {
  const { start, seq, crc } = position;
  const bytes = await log.bytesBetween(start, seq);
  if (bytes.length !== seq - start || crc32(bytes) !== crc) {
    throw new ChangedLogError(log.path, seq, log.size);
  }
}

/** Milliseconds between two writes of the states during a long log: the work that a crash costs. */
const FLUSH_EVERY_MS = 30_000;

/** How many bytes before a position are compared to recognize a log. */
const COMPARED = 256;

const MOST_OPEN = 20_000;
const NO_BYTES = new Uint8Array();
