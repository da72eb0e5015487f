import { InvalidBinaryError } from "../../event/errors/errors.js";
import type { ReadState, StateFolder } from "./state-folder.js";

/**
 * The states of some missions in a folder. A damaged one does not keep the others back: its error
 * comes after them.
 *
 * @throws InvalidBinaryError when a state is damaged, or was stored under another contract.
 */
export async function* readStates(
  folder: StateFolder,
  missions: readonly string[],
): AsyncGenerator<ReadState> {
  let damage: InvalidBinaryError | undefined;
  for (const mission of missions) {
    let found: ReadState | undefined;
    try {
      found = await folder.read(mission);
    } catch (error) {
      if (!(error instanceof InvalidBinaryError)) {
        throw error;
      }
      damage ??= error;
    }
    if (found !== undefined) {
      yield found;
    }
  }
  if (damage !== undefined) {
    throw damage;
  }
}
