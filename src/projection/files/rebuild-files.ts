import { rm } from "node:fs/promises";
import { join } from "node:path";
import { InvalidBinaryError } from "../../event/errors/errors.js";
import { withFileLock } from "../../files/file-lock.js";
import { comparableState, type StateDifference } from "../state-difference.js";
import { makeFolder } from "./folder-of-letters.js";
import { LogFiles } from "./log-files.js";
import { type FilesProgress, LogRun } from "./log-run.js";
import { checkOptions, type ProjectFilesOptions } from "./project-files.js";
import { StateFolder } from "./state-folder.js";
import { currentStates, isCurrent, nextStates, storedStates, switchTo } from "./state-sets.js";

/** The options of {@link rebuildFiles}. */
export type RebuildFilesOptions = Omit<ProjectFilesOptions, "follow"> & {
  /** Compares only: the states stay as they are. Default: `false`. */
  readonly compareOnly?: boolean | undefined;
  /** Called with each mission whose new and old states differ at the same place of the log. */
  readonly onDifference?: ((difference: StateDifference) => void) | undefined;
};

/**
 * Builds the states again from the log, beside the current ones, and puts them in their place at
 * once. The two are compared at the place of the log that the current ones had reached, so that
 * newer events do not count as differences.
 *
 * Another process may go on with the current states until then, and with the new ones after that.
 *
 * @throws As `projectFiles` does; the current states then stay.
 * @throws NoStatesError when there are no states to compare with, and nothing else is to be done.
 */
export async function rebuildFiles(options: RebuildFilesOptions): Promise<FilesProgress> {
  checkOptions(options);
  const log = await LogFiles.open(options.log);
  if (options.compareOnly === true) {
    await storedStates(options.states);
  }
  await makeFolder(options.states);
  return withFileLock(join(options.states, "rebuild"), async () => {
    const after = await nextStates(options.states);
    try {
      const kept = join(after.path, "before");
      const before = await statesBefore(options.states, kept);
      // A process that follows the log may be further than the log was at the first look.
      await log.refresh();
      const run = await LogRun.begin(log, after, options);
      await run.readTo(before.seq);
      options.signal?.throwIfAborted();
      await compare(before.states, after, options);
      await rm(kept, { force: true });
      if (options.compareOnly !== true) {
        await log.refresh();
        await run.readTo();
        options.signal?.throwIfAborted();
        await switchTo(after, options.states);
      }
      return run.progress;
    } finally {
      if (!(await isCurrent(after, options.states))) {
        await rm(after.path, { recursive: true, force: true });
      }
    }
  });
}

/** The states as they are now, and the place of the log that they have reached. */
async function statesBefore(
  path: string,
  kept: string,
): Promise<{ readonly states: StateFolder; readonly seq: number | undefined }> {
  try {
    const states = await currentStates(path);
    const { seq } = await states.keepAt(kept);
    return { states, seq };
  } catch (error) {
    if (error instanceof InvalidBinaryError) {
      // None of the old states can be read.
      return { states: new StateFolder(kept), seq: undefined };
    }
    throw error;
  }
}

async function compare(
  before: StateFolder,
  after: StateFolder,
  { onDifference }: RebuildFilesOptions,
): Promise<void> {
  for (const mission of new Set([...before.missions, ...after.missions])) {
    const states = [await stateIn(before, mission), await stateIn(after, mission)] as const;
    if (states[0] !== states[1]) {
      onDifference?.({ mission, before: states[0], after: states[1] });
    }
  }
}

async function stateIn(states: StateFolder, mission: string): Promise<string | undefined> {
  return comparableState((await states.get(mission))?.bytes);
}
