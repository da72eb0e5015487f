import { stat } from "node:fs/promises";
import { MissionDossierError, reasonOf } from "../../event/errors/mission-dossier-error.js";
import { appendLines } from "../../files/append-file.js";
import { withFileLock } from "../../files/file-lock.js";
import {
  currentStates,
  type FilesProgress,
  projectFiles,
  rebuildFiles,
  type StateFolder,
  UnreadableFileError,
  UnwritableFileError,
  watchFiles,
} from "../../projection/files/index.js";
import { requireJsonLines } from "../../projection/files/log-files.js";
import { requireOwnLog } from "../../projection/files/own-log.js";
import { readStates } from "../../projection/files/read-states.js";
import { isCurrent, storedStates } from "../../projection/files/state-sets.js";
import { CommandError, EXIT_CODE_OF_ERROR, UsageError } from "../exit-codes.js";
import { isSystemError, systemErrorText } from "../system-error.js";
import { counted, printable } from "../terminal-text.js";
import type { Engine, EngineOptions, ProjectStatus } from "./engine.js";

/** The projection of a log of files into a folder. */
export function filesEngine(options: EngineOptions): Engine {
  const log = (): string => required(options.log, "LOG, the file or folder of events");
  const states = (): string => required(options.states, "--states, the folder of states");
  let folder: StateFolder | undefined;
  /** The states to read. A folder that does not exist is an error, not an empty folder. */
  const stored = async () => {
    try {
      if (!(await stat(states())).isDirectory()) {
        throw new RangeError("it is not a folder of states");
      }
    } catch (error) {
      throw new UnreadableFileError(states(), error);
    }
    const current = await currentStates(states());
    // The folder that was read before knows where most states are.
    folder = folder?.path === current.path ? folder : current;
    return folder;
  };
  /** A set that a rebuild has replaced loses its files: the next one is read instead. */
  const unlessReplaced = async (set: StateFolder, error: unknown): Promise<void> => {
    if (await isCurrent(set, states())) {
      throw error;
    }
  };
  return {
    async project({ follow, signal, onStatus, onDeadLetter }) {
      const onProgress = (progress: FilesProgress) => onStatus(statusOf(progress));
      const given = { log: log(), states: states(), follow, signal, onProgress, onDeadLetter };
      return statusOf(await projectFiles(given));
    },
    async checkStates() {
      await stored();
      await storedStates(states());
    },
    async *states() {
      const given = new Set<string>();
      for (let isWhole = false; !isWhole; ) {
        const set = await stored();
        try {
          await set.load();
          const missions = set.missions.filter((mission) => !given.has(mission));
          for await (const { projected } of readStates(set, missions)) {
            given.add(projected.mission);
            yield projected;
          }
          isWhole = await isCurrent(set, states());
        } catch (error) {
          await unlessReplaced(set, error);
        }
      }
    },
    async state(mission) {
      for (;;) {
        const set = await stored();
        try {
          await set.load();
          const found = await set.read(mission);
          if (found !== undefined || (await isCurrent(set, states()))) {
            return found?.projected;
          }
        } catch (error) {
          await unlessReplaced(set, error);
        }
      }
    },
    watch: (mission, signal) => watchFiles({ states: states(), mission, signal }),
    async *deadLetters() {
      await stored();
      yield* (await storedStates(states())).deadLetters.list();
    },
    async checkLog() {
      const given = required(options.log, LOG_TO_PUBLISH_TO);
      await requireOwnLog(given, await stored());
    },
    async removeLetter(letter) {
      await (await stored()).deadLetters.remove(letter);
    },
    async publish(records) {
      let count = 0;
      // Before any input is read.
      required(options.log, LOG_TO_PUBLISH_TO);
      for await (const lines of inBatches(records, BATCH)) {
        const text = Buffer.concat(lines.flatMap((line) => [line, FEED]));
        const append = async (): Promise<void> => {
          await requireJsonLines(log());
          await appendLines(log(), text);
        };
        try {
          await withFileLock(log(), append, { patience: PATIENCE });
        } catch (error) {
          throw cannotAppend(log(), error, count);
        }
        count += lines.length;
      }
      return { stored: count, repeated: 0 };
    },
    async rebuild({ onStatus, ...run }) {
      const onProgress = (progress: FilesProgress) => onStatus(statusOf(progress));
      const given = { ...run, log: log(), states: states(), onProgress };
      const status = statusOf(await rebuildFiles(given));
      // A comparison ends where the states do.
      return run.compareOnly ? { ...status, lag: "" } : status;
    },
    close: async () => {},
  };
}

const LOG_TO_PUBLISH_TO = "--log, the log of events";
const FEED = Buffer.from("\n");
const BATCH = 500;

/** Milliseconds to wait for another writer of the log. */
const PATIENCE = 30_000;

/**
 * The error names the log, even if it is the file beside it that cannot be written, and counts the
 * events that were stored before.
 */
function cannotAppend(log: string, error: unknown, count: number): unknown {
  const before = count === 0 ? "" : `; ${counted(count, "event")} had been published before`;
  if (error instanceof UnwritableFileError) {
    const { cause, code } = error;
    const reason = isSystemError(cause) ? systemErrorText(cause) : reasonOf(cause);
    const problem = `cannot append to ${printable(log)}: ${reason}${before}`;
    return new CommandError(problem, EXIT_CODE_OF_ERROR[code]);
  }
  if (error instanceof MissionDossierError && count > 0) {
    const problem = printable(error.message.replace(/\.$/, ""));
    return new CommandError(`${problem}${before}`, EXIT_CODE_OF_ERROR[error.code]);
  }
  return error;
}

function required(value: string | undefined, what: string): string {
  if (value === undefined) {
    throw new UsageError(`missing ${what}, or --nats`);
  }
  return value;
}

function statusOf({ size, durable, ...counts }: FilesProgress): ProjectStatus {
  const { events, missions, skipped, misspelled, deadLetters } = counts;
  const lag = size > durable ? counted(size - durable, "byte") : "";
  return { events, missions, skipped, misspelled, deadLetters, lag };
}

async function* inBatches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length === size) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) {
    yield batch;
  }
}
