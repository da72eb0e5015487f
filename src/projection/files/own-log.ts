import { dirname, resolve } from "node:path";
import { UnreadableFileError } from "../../stream/file.js";
import { ChangedLogError } from "./changed-log.js";
import { LogFiles } from "./log-files.js";
import { requireSameLog } from "./log-run.js";
import type { LogPosition, StateFolder } from "./state-folder.js";

/**
 * Checks that a file is the log of some states. If their log is a folder, the file must be the one
 * in it that may grow.
 *
 * @throws UnreadableFileError when there is no such file.
 * @throws ChangedLogError when it is not the log that was projected before.
 */
export async function requireOwnLog(file: string, states: StateFolder): Promise<void> {
  const position = await states.load();
  const changed = await changeOf(await LogFiles.open(file), position);
  if (changed !== undefined) {
    const folder = await folderThatEndsWith(file);
    if (folder === undefined || (await changeOf(folder, position)) !== undefined) {
      throw changed;
    }
  }
}

async function changeOf(
  log: LogFiles,
  position: LogPosition,
): Promise<ChangedLogError | undefined> {
  try {
    await requireSameLog(log, position);
    return undefined;
  } catch (error) {
    if (error instanceof ChangedLogError) {
      return error;
    }
    throw error;
  }
}

/** The log that is the folder of a file, if it is the last file there. */
async function folderThatEndsWith(file: string): Promise<LogFiles | undefined> {
  try {
    const folder = await LogFiles.open(dirname(file));
    return resolve(folder.lastFile ?? "") === resolve(file) ? folder : undefined;
  } catch (error) {
    if (error instanceof UnreadableFileError) {
      return undefined;
    }
    throw error;
  }
}
