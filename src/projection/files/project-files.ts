import { setTimeout } from "node:timers/promises";
import { crc32 } from "../../dossier/checksum.js";
import { InvalidArgumentError } from "../../event/errors/errors.js";
import { MissionProjection } from "../mission-projection.js";
import type { DeadLetter, ProjectionPorts } from "../ports.js";
import { RecordReader, tooLongRecord } from "../read-record.js";
import { ChangedLogError } from "./changed-log.js";
import { LogFiles, type LogLine } from "./log-files.js";
import { MissionIndex } from "./mission-index.js";
import { currentStates, withStates } from "./state-sets.js";
import { type LogPosition, START, type StateFolder } from "./state-folder.js";

/** What is projected, and how. */
export type ProjectFilesOptions = {
  /** A file of JSON Lines, or a folder whose `.jsonl` files are one log in the order of names. */
  readonly log: string;
  /** The folder of states. It is made if there is none. */
  readonly states: string;
  /** Goes on when the log has been read to its end, until the signal. Default: `false`. */
  readonly follow?: boolean | undefined;
  /** Ends the projection after it has stored what it has read. */
  readonly signal?: AbortSignal | undefined;
  /** The most missions in memory. Default: 20,000. */
  readonly maxOpenMissions?: number | undefined;
  /** Called after each piece of the log, and after each flush. */
  readonly onProgress?: ((progress: FilesProgress) => void) | undefined;
  readonly onDeadLetter?: ((letter: DeadLetter) => void) | undefined;
};

/** What was done so far. */
export type FilesProgress = {
  /** The dossier events that were read, also those that were part of a state before. */
  readonly events: number;
  /** The events of other types, which belong to no mission. */
  readonly other: number;
  /** The records that became dead letters. */
  readonly deadLetters: number;
  /** The missions that had an event. */
  readonly missions: number;
  /** The bytes of the log that were read, from its beginning. */
  readonly position: number;
  /** The bytes of the log up to which all states are stored. */
  readonly durable: number;
  /** The bytes that the log has. */
  readonly size: number;
};

/**
 * Keeps the states of all missions of a log in a folder, from where it ended before.
 *
 * Once it resolves, the state of each mission is that of `reduceByNamespace` over the log. If it
 * is killed at any moment, the next call continues.
 *
 * @returns What was done. `position` is less than `size` if the last line is not finished.
 * @throws UnreadableFileError, UnwritableFileError when the system refuses a file.
 * @throws FileLockedError when another process projects into the folder.
 * @throws ChangedLogError when the log is not the one that was projected before.
 * @throws InvalidBinaryError when a stored document is damaged, or was stored under another
 * contract.
 */
export async function projectFiles(options: ProjectFilesOptions): Promise<FilesProgress> {
  const { maxOpenMissions = 20_000 } = options;
  if (!(Number.isInteger(maxOpenMissions) && maxOpenMissions > 0)) {
    throw new InvalidArgumentError("maxOpenMissions", "a positive integer", maxOpenMissions);
  }
  const log = await LogFiles.open(options.log);
  return withStates(options.states, async () =>
    projectInto(log, await currentStates(options.states), { ...options, maxOpenMissions }),
  );
}

/** Projects a log into one set of states, whose lock the caller has. */
export async function projectInto(
  log: LogFiles,
  states: StateFolder,
  options: ProjectFilesOptions,
): Promise<FilesProgress> {
  const run = new Run(log, states, options);
  await run.begin();
  for (;;) {
    await run.readToEnd();
    await run.flush();
    if (options.follow !== true || options.signal?.aborted === true) {
      return run.progress;
    }
    await waitFor(POLL_MS, options.signal);
    await log.refresh();
  }
}

/** Milliseconds between two looks at a log that may have grown. */
const POLL_MS = 200;

/** Milliseconds after which states are stored while the log is long: the work a crash costs. */
const FLUSH_EVERY_MS = 30_000;

/** The bytes before a position by which a log is known again. */
const COMPARED = 256;

/** Files written at a time. */
const AT_ONCE = 16;

class Run {
  private readonly reader = new RecordReader();
  private readonly ports: ProjectionPorts;
  private readonly open = new Map<string, MissionProjection>();
  private readonly changed = new Set<MissionProjection>();
  private readonly seen = new Set<string>();
  private last: Pick<LogPosition, "start" | "seq"> = START;
  private durable = 0;
  private flushed = performance.now();
  private counts = { events: 0, other: 0, deadLetters: 0 };

  constructor(
    private readonly log: LogFiles,
    private readonly states: StateFolder,
    private readonly options: ProjectFilesOptions,
  ) {
    const { deadLetters } = states;
    this.ports = { log: new MissionIndex(log), states, deadLetters };
    deadLetters.onLetter = (letter) => {
      this.counts.deadLetters++;
      options.onDeadLetter?.(letter);
    };
  }

  get progress(): FilesProgress {
    const { counts, durable, log, last, seen } = this;
    return { ...counts, missions: seen.size, position: last.seq, durable, size: log.size };
  }

  /** Looks where the last run ended, and whether the log is still the same one. */
  async begin(): Promise<void> {
    const { start, seq, crc } = await this.states.position();
    const bytes = await this.log.bytesBetween(start, seq);
    if (bytes.length !== seq - start || crc32(bytes) !== crc) {
      throw new ChangedLogError(this.log.path, seq, this.log.size);
    }
    this.last = { start, seq };
    this.durable = seq;
  }

  async readToEnd(): Promise<void> {
    for await (const lines of this.log.lines(this.last.seq)) {
      for (const line of lines) {
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

  /** Stores the states that have changed, then how far the log was read. */
  async flush(): Promise<void> {
    const waiting = [...this.changed];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
          await next.flush();
        }
      }),
    );
    this.changed.clear();
    const { start, seq } = this.last;
    if (seq > this.durable) {
      const from = Math.max(start, seq - COMPARED);
      const crc = crc32(await this.log.bytesBetween(from, seq));
      await this.states.setPosition({ start: from, seq, crc });
      this.durable = seq;
    }
    this.flushed = performance.now();
    this.options.onProgress?.(this.progress);
  }

  private async take(line: LogLine): Promise<void> {
    const { seq, bytes = NO_BYTES } = line;
    const read = line.bytes === undefined ? tooLongRecord() : this.reader.read(bytes);
    if (read.kind === "mission") {
      this.counts.events++;
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
    }
    this.last = line;
  }

  private async openMission(mission: string): Promise<MissionProjection> {
    if (this.open.size >= (this.options.maxOpenMissions ?? Number.POSITIVE_INFINITY)) {
      await this.flush();
      this.open.clear();
    }
    const projection = await MissionProjection.open(mission, this.ports);
    this.open.set(mission, projection);
    return projection;
  }
}

const NO_BYTES = new Uint8Array();

async function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch {
    // It was aborted, which the caller sees.
  }
}
