import { stateToJsonString } from "../dossier/state.js";
import { InvalidBinaryError } from "../event/errors/errors.js";
import { type ProjectedMission, projectedState } from "./stored-projection.js";

/** A mission whose state in one set is not that in another, as after a rebuild. */
export type StateDifference = {
  readonly mission: string;
  /** The old state as JSON; `undefined` if there is none, or it cannot be read any more. */
  readonly before: string | undefined;
  readonly after: string | undefined;
};

/**
 * The state of a mission as JSON, to be compared; `undefined` if there is none, or it was stored
 * under another contract, which is why states are rebuilt.
 */
export async function comparableState(
  read: () => Promise<ProjectedMission | undefined>,
): Promise<string | undefined> {
  try {
    const projected = await read();
    return projected && stateToJsonString(projectedState(projected));
  } catch (error) {
    if (error instanceof InvalidBinaryError) {
      return undefined;
    }
    throw error;
  }
}
