import { rm } from "node:fs/promises";
import { comparableState, type StateDifference } from "../state-difference.js";
import { readProjectedMission } from "../stored-projection.js";
import { LogFiles } from "./log-files.js";
import { type FilesProgress, type ProjectFilesOptions, projectInto } from "./project-files.js";
import type { StateFolder } from "./state-folder.js";
import { currentStates, nextStates, switchTo, withStates } from "./state-sets.js";

/** What is rebuilt, and how. */
export type RebuildFilesOptions = Omit<ProjectFilesOptions, "follow"> & {
  /** Compares only: the states stay as they are. Default: `false`. */
  readonly compareOnly?: boolean | undefined;
  /** Called with each mission whose new state is not its old one. */
  readonly onDifference?: ((difference: StateDifference) => void) | undefined;
};

/**
 * Builds the states anew from the whole log, beside the current ones, compares the two, and then
 * puts the new ones in their place at once. Readers see the old states until then.
 *
 * @throws As `projectFiles` does; the current states then stay.
 */
export async function rebuildFiles(options: RebuildFilesOptions): Promise<FilesProgress> {
  const log = await LogFiles.open(options.log);
  return withStates(options.states, async () => {
    const before = await currentStates(options.states);
    const after = await nextStates(options.states);
    try {
      const progress = await projectInto(log, after, options);
      options.signal?.throwIfAborted();
      for (const mission of await missionsOf(before, after)) {
        const states = [await stateIn(before, mission), await stateIn(after, mission)] as const;
        if (states[0] !== states[1]) {
          options.onDifference?.({ mission, before: states[0], after: states[1] });
        }
      }
      if (options.compareOnly !== true) {
        await switchTo(after, options.states);
      }
      return progress;
    } finally {
      if ((await currentStates(options.states)).path !== after.path) {
        await rm(after.path, { recursive: true, force: true });
      }
    }
  });
}

async function missionsOf(...sets: readonly StateFolder[]): Promise<string[]> {
  const missions = new Set<string>();
  for (const set of sets) {
    for await (const mission of set.missions()) {
      missions.add(mission);
    }
  }
  return [...missions].sort();
}

function stateIn(states: StateFolder, mission: string): Promise<string | undefined> {
  return comparableState(async () => {
    const found = await states.get(mission);
    return found && readProjectedMission(found.bytes);
  });
}
