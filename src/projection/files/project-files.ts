import { setTimeout } from "node:timers/promises";
import { requireInteger } from "../../event/errors/arguments.js";
import { LogFiles } from "./log-files.js";
import { type FilesProgress, LogRun, type LogRunOptions } from "./log-run.js";
import { currentStates, removeOldStates, withStates } from "./state-sets.js";

/** The options of {@link projectFiles}. */
export type ProjectFilesOptions = LogRunOptions & {
  /** A file of JSON Lines, or a folder whose `.jsonl` files are one log in the order of names. */
  readonly log: string;
  /** The folder of states. It is created if needed. */
  readonly states: string;
  /** Goes on when the log has been read to its end, until the signal. Default: `false`. */
  readonly follow?: boolean | undefined;
};

/**
 * Keeps the states of all missions of a log in a folder, continuing where the last call ended.
 *
 * Once it resolves, the state of each mission is that of `reduceByNamespace` over the log. If the
 * process is killed at any moment, the next call continues. If the states are rebuilt while it
 * follows the log, it goes on with the new ones.
 *
 * @returns Its progress. `position` is less than `size` if the last line is not finished.
 * @throws UnreadableFileError, UnwritableFileError when the system refuses a file.
 * @throws FileLockedError when another process projects into the folder.
 * @throws ChangedLogError when the log is not the one that was projected before.
 * @throws InvalidBinaryError when the stored states are damaged, or of another contract.
 * @throws InvalidArgumentError when `maxOpenMissions` is not a positive integer.
 */
export async function projectFiles(options: ProjectFilesOptions): Promise<FilesProgress> {
  checkOptions(options);
  const log = await LogFiles.open(options.log);
  return withStates(options.states, async () => {
    for (;;) {
      await removeOldStates(options.states);
      const states = await currentStates(options.states);
      // The states of a rebuild may be further than the log was at the last look.
      await log.refresh();
      const run = await LogRun.begin(log, states, options);
      let isCurrent = true;
      while (isCurrent) {
        await log.refresh();
        await run.readTo();
        const isOver = options.follow !== true || options.signal?.aborted === true;
        if (!isOver) {
          await waitFor(POLL_MS, options.signal);
        }
        // A rebuild may have made others the current ones meanwhile.
        isCurrent = (await currentStates(options.states)).path === states.path;
        if (isOver && (isCurrent || options.signal?.aborted === true)) {
          return run.progress;
        }
      }
    }
  });
}

/** @throws InvalidArgumentError when an option is out of range. */
export function checkOptions({ maxOpenMissions }: LogRunOptions): void {
  if (maxOpenMissions !== undefined) {
    requireInteger("maxOpenMissions", maxOpenMissions, 1);
  }
}

/** Milliseconds between two looks at a log that may have grown. */
const POLL_MS = 200;

async function waitFor(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch {
    // It was aborted, which the caller sees.
  }
}
