import { setTimeout } from "node:timers/promises";
import { type ProjectedMission, readProjectedMission } from "../stored-projection.js";
import type { Revision } from "../ports.js";
import type { StateFolder } from "./state-folder.js";
import { currentStates } from "./state-sets.js";

/** The choice of states to watch. */
export type WatchFilesOptions = {
  /** The folder of states. */
  readonly states: string;
  /** The key of one mission. Default: all missions. */
  readonly mission?: string | undefined;
  /** Ends the watch. */
  readonly signal: AbortSignal;
};

/**
 * The current states, and then each state that changes, until the signal. Of several changes in
 * quick succession, only the last one is guaranteed.
 *
 * @throws InvalidBinaryError when a state is damaged, or was stored under another contract.
 */
export async function* watchFiles({
  states,
  mission,
  signal,
}: WatchFilesOptions): AsyncGenerator<ProjectedMission> {
  let folder: StateFolder | undefined;
  let stored = "";
  const seen = new Map<string, Revision>();
  while (!signal.aborted) {
    const current = await currentStates(states);
    folder = folder?.path === current.path ? folder : current;
    const { file, size } = await folder.load();
    const now = `${folder.path} ${file} ${size}`;
    for (const key of now === stored ? [] : missionsIn(folder, mission)) {
      if (signal.aborted) {
        return;
      }
      const found = folder.revisionOf(key) === seen.get(key) ? undefined : await folder.get(key);
      if (found !== undefined) {
        seen.set(key, found.revision);
        yield readProjectedMission(found.bytes);
      }
    }
    stored = now;
    try {
      await setTimeout(POLL_MS, undefined, { signal });
    } catch {
      return;
    }
  }
}

function missionsIn({ missions }: StateFolder, mission: string | undefined): readonly string[] {
  return mission === undefined ? missions : [mission];
}

/** Milliseconds between two looks. */
const POLL_MS = 200;
