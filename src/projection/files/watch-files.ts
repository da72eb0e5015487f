import { setTimeout } from "node:timers/promises";
import { type ProjectedMission, readProjectedMission } from "../stored-projection.js";
import type { StateFolder } from "./state-folder.js";
import { currentStates } from "./state-sets.js";

/** The choice of states to watch. */
export type WatchFilesOptions = {
  /** The folder of states. */
  readonly states: string;
  /** The key of the mission. */
  readonly mission: string;
  /** Ends the watch. */
  readonly signal: AbortSignal;
};

/**
 * The state of a mission as it is, and then each time that it has changed, until the signal. Of
 * changes in quick succession, the last one is certain to come.
 *
 * @throws InvalidBinaryError when the state is damaged, or was stored under another contract.
 */
export async function* watchFiles({
  states,
  mission,
  signal,
}: WatchFilesOptions): AsyncGenerator<ProjectedMission> {
  let folder: StateFolder | undefined;
  let seen: string | undefined;
  while (!signal.aborted) {
    const current = await currentStates(states);
    folder = folder?.path === current.path ? folder : current;
    await folder.load();
    const found = await folder.get(mission);
    if (found !== undefined && found.revision !== seen) {
      seen = String(found.revision);
      yield readProjectedMission(found.bytes);
    }
    try {
      await setTimeout(POLL_MS, undefined, { signal });
    } catch {
      return;
    }
  }
}

/** Milliseconds between two looks. */
const POLL_MS = 200;
