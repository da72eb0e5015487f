import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { InvalidBinaryError } from "../../event/errors/errors.js";
import { FileLockedError, withFileLock } from "../../files/file-lock.js";
import { replaceFile } from "../../files/write-file.js";
import { damagedStates } from "./damaged-states.js";
import { contentOf, makeFolder, namesIn } from "./folder-of-letters.js";
import { NoStatesError } from "./no-states.js";
import { POSITION, StateFolder } from "./state-folder.js";

/**
 * The current set of states. A folder of states has one set, in the folder `set-1`; a rebuild makes
 * `set-2` beside it, and then names that one in `current`. Nothing is read before
 * `StateFolder.load`.
 *
 * @throws InvalidBinaryError when `current` is damaged, or its set is gone.
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
  const next = new StateFolder(join(path, `set-${(await lastNumber(path)) + 1}`));
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

/** Whether a set is the current one, or no longer is, since a rebuild has made another. */
export async function isCurrent({ path: set }: StateFolder, path: string): Promise<boolean> {
  return ((await nameIn(join(path, CURRENT))) ?? FIRST) === basename(set);
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
const FIRST = "set-1";
const SET = /^set-\d+$/;

async function currentSet(path: string): Promise<string> {
  const file = join(path, CURRENT);
  for (;;) {
    const name = await nameIn(file);
    if (name === undefined) {
      return FIRST;
    }
    if (SET.test(name) && (await contentOf(join(path, name, POSITION))) !== undefined) {
      return name;
    }
    // A rebuild may have removed that set meanwhile.
    if ((await nameIn(file)) === name) {
      const problem = SET.test(name)
        ? `it names ${name}, which has no ${POSITION}`
        : "it names no set";
      throw damagedStates(file, problem);
    }
  }
}

async function nameIn(file: string): Promise<string | undefined> {
  const name = await contentOf(file);
  return name && new TextDecoder().decode(name).trim();
}

/** The number of the current set, or if that is not known, the highest one. */
async function lastNumber(path: string): Promise<number> {
  try {
    return numberOf(await currentSet(path));
  } catch (error) {
    if (!(error instanceof InvalidBinaryError)) {
      throw error;
    }
    const sets = (await namesIn(path)).filter((name) => SET.test(name));
    return Math.max(1, ...sets.map(numberOf));
  }
}

function numberOf(set: string): number {
  return Number(set.slice("set-".length));
}
