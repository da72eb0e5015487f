import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { FileLockedError, withFileLock } from "../../files/file-lock.js";
import { replaceFile } from "../../files/write-file.js";
import { contentOf, makeFolder, namesIn } from "./folder-of-letters.js";
import { NoStatesError } from "./no-states.js";
import { StateFolder } from "./state-folder.js";

/**
 * The current set of states. A folder of states has one set, in the folder `set-1`; a rebuild makes
 * `set-2` beside it, and then names that one in `current`. Nothing is read before
 * `StateFolder.load`.
 */
export async function currentStates(path: string): Promise<StateFolder> {
  return new StateFolder(join(path, await currentSet(path)));
}

/**
 * The current set of states, to be read.
 *
 * @throws NoStatesError when nothing was projected into the folder.
 */
export async function storedStates(path: string): Promise<StateFolder> {
  const states = await currentStates(path);
  if (!(await states.isStored())) {
    throw new NoStatesError(path);
  }
  return states;
}

/** Does some work while no other process projects into the folder. */
export async function withStates<T>(path: string, work: () => Promise<T>): Promise<T> {
  await makeFolder(path);
  return withFileLock(join(path, "states"), work);
}

/** An empty set beside the current one. The caller is the only one that rebuilds. */
export async function nextStates(path: string): Promise<StateFolder> {
  const next = new StateFolder(join(path, `set-${numberOf(await currentSet(path)) + 1}`));
  // A rebuild that was killed may have left a part of it.
  await rm(next.path, { recursive: true, force: true });
  await next.make();
  return next;
}

/** Makes a set the current one, at once and for good. */
export async function switchTo({ path: set }: StateFolder, path: string): Promise<void> {
  await replaceFile(join(path, CURRENT), `${basename(set)}\n`);
  try {
    await withStates(path, () => removeOldStates(path));
  } catch (error) {
    // The process that projects removes them when it goes on with the new set.
    if (!(error instanceof FileLockedError)) {
      throw error;
    }
  }
}

/** Removes the sets before the current one. The caller is the only one that projects. */
export async function removeOldStates(path: string): Promise<void> {
  const current = numberOf(await currentSet(path));
  for (const set of await namesIn(path)) {
    if (SET.test(set) && numberOf(set) < current) {
      await rm(join(path, set), { recursive: true, force: true });
    }
  }
}

const CURRENT = "current";
const SET = /^set-\d+$/;

async function currentSet(path: string): Promise<string> {
  const name = await contentOf(join(path, CURRENT));
  return name === undefined ? "set-1" : new TextDecoder().decode(name).trim();
}

function numberOf(set: string): number {
  return Number(set.slice("set-".length));
}
