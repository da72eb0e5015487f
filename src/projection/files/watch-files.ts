import { setTimeout } from "node:timers/promises";
import { checkpointToBinary } from "../../dossier/checkpoint.js";
import { Dossier } from "../../dossier/dossier.js";
import type { ProjectedMission } from "../stored-projection.js";
import type { Revision } from "../ports.js";
import type { StateFolder } from "./state-folder.js";
import { readStates } from "./read-states.js";
import { currentStates, isCurrent } from "./state-sets.js";

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
 * quick succession, only the last one is guaranteed. A mission that a rebuild has removed comes
 * once more, without events.
 *
 * @throws InvalidBinaryError when a state is damaged, or was stored under another contract. The
 * other states come before.
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
    try {
      const { file, size, seq } = await folder.load();
      const now = `${folder.path} ${file} ${size}`;
      if (now !== stored) {
        const changed = missionsIn(folder, mission).filter(isNewIn(folder, seen));
        for await (const { projected, revision } of readStates(folder, changed)) {
          if (signal.aborted) {
            return;
          }
          seen.set(projected.mission, revision);
          yield projected;
        }
        // A set that another has replaced loses its states one by one.
        const isWhole = await isCurrent(folder, states);
        for (const key of isWhole ? missingIn(folder, seen) : []) {
          seen.delete(key);
          yield { mission: key, seq, checkpoint: checkpointToBinary(new Dossier("mission")) };
        }
      }
      stored = now;
    } catch (error) {
      if (await isCurrent(folder, states)) {
        throw error;
      }
    }
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

function isNewIn(
  folder: StateFolder,
  seen: ReadonlyMap<string, Revision>,
): (mission: string) => boolean {
  return (mission) => folder.revisionOf(mission) !== seen.get(mission);
}

function missingIn(folder: StateFolder, seen: ReadonlyMap<string, Revision>): readonly string[] {
  return [...seen.keys()].filter((mission) => folder.revisionOf(mission) === undefined);
}

/** Milliseconds between two looks. */
const POLL_MS = 200;
