import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { withFileLock } from "../../files/file-lock.js";
import { hasCode } from "../../files/has-code.js";
import { replaceFile, UnwritableFileError } from "../../files/write-file.js";
import { UnreadableFileError } from "../../stream/file.js";
import { StateFolder } from "./state-folder.js";

/**
 * A folder of states has one set of them, in a folder `set-1`; a rebuild makes `set-2` beside it,
 * and then names that one in `current`.
 */
export async function currentStates(path: string): Promise<StateFolder> {
  return new StateFolder(join(path, await currentSet(path)));
}

/** Does some work while no other process writes to the states. */
export async function withStates<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new UnwritableFileError(path, error);
  }
  return withFileLock(join(path, "states"), work);
}

/** An empty set beside the current one. */
export async function nextStates(path: string): Promise<StateFolder> {
  const next = join(path, `set-${numberOf(await currentSet(path)) + 1}`);
  // A rebuild that was killed may have left a part.
  await rm(next, { recursive: true, force: true });
  return new StateFolder(next);
}

/** Makes a set the current one, at once and for good, and removes the others. */
export async function switchTo({ path: set }: StateFolder, path: string): Promise<void> {
  const name = set.slice(path.length).replace(/^[\\/]+/, "");
  await replaceFile(join(path, CURRENT), `${name}\n`);
  for (const other of await readdir(path)) {
    if (SET.test(other) && other !== name) {
      await rm(join(path, other), { recursive: true, force: true });
    }
  }
}

const CURRENT = "current";
const SET = /^set-\d+$/;

async function currentSet(path: string): Promise<string> {
  try {
    return (await readFile(join(path, CURRENT), "utf8")).trim();
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return "set-1";
    }
    throw new UnreadableFileError(join(path, CURRENT), error);
  }
}

function numberOf(set: string): number {
  return Number(set.slice("set-".length));
}
