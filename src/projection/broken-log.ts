import { MissionDossierError } from "../event/errors/mission-dossier-error.js";

/**
 * Raised when a log skips a record that it must have, or gives records out of order. A state
 * without that record would be wrong, so the projection of the mission stops.
 */
export class BrokenLogError extends MissionDossierError {
  override readonly name = "BrokenLogError";

  constructor(
    /** The key of the mission. */
    readonly mission: string,
    /** The sequence up to which the log was read. */
    after: number,
    /** The sequence that the log must have. */
    override readonly expected: number,
    /** The sequence that it gave instead. */
    override readonly got: number,
  ) {
    super(
      "broken_log",
      `The log of mission ${mission} gave record ${got} after ${after}, while looking for ${expected}.`,
      { field: "seq", expected, got },
    );
  }
}
