import { stateToJsonString } from "../dossier/state.js";
import { InvalidBinaryError } from "../event/errors/errors.js";
import { MissionProjection } from "./mission-projection.js";
import type { EventLog } from "./ports.js";
import { type ProjectedMission, projectedState, readOfAnyContract } from "./stored-projection.js";

/** A mission whose states in two sets differ, as after a rebuild. */
export type StateDifference = {
  /** The key of the mission. */
  readonly mission: string;
  /** The old state as JSON; `undefined` if there is none, or it can no longer be read. */
  readonly before: string | undefined;
  /** The new state as JSON; `undefined` if there is none, or it cannot be read. */
  readonly after: string | undefined;
};

/**
 * The state in a stored document as JSON, to be compared. `undefined` if there is no document,
 * or it can no longer be read. The document may be of another contract: a rebuild shows which
 * states the new contract changes.
 */
export function comparableState(bytes: Uint8Array | undefined): string | undefined {
  return readIn(bytes, (projected) => stateToJsonString(projectedState(projected)));
}

/** The sequence of a stored document, if it can be read. */
export function sequenceOf(bytes: Uint8Array | undefined): number | undefined {
  return readIn(bytes, ({ seq }) => seq);
}

/** The result of reading a stored document, if there is one and it is not damaged. */
function readIn<T>(
  bytes: Uint8Array | undefined,
  read: (projected: ProjectedMission) => T,
): T | undefined {
  try {
    return bytes && read(readOfAnyContract(bytes));
  } catch (error) {
    if (error instanceof InvalidBinaryError) {
      return undefined;
    }
    throw error;
  }
}

/** The state that the log gives for a mission at a sequence, as JSON. */
export async function stateAt(
  mission: string,
  seq: number,
  log: EventLog,
): Promise<string | undefined> {
  let stored: Uint8Array | undefined;
  const put = async (_mission: string, bytes: Uint8Array) => {
    stored = bytes;
    return seq;
  };
  const states = { get: async () => undefined, put };
  const deadLetters = { put: async () => undefined };
  const projection = await MissionProjection.open(mission, { log, states, deadLetters });
  // The previous record is not known, so the log is read, and these bytes are not used.
  await projection.take(seq, new Uint8Array());
  await projection.flush();
  return comparableState(stored);
}
