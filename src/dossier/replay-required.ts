import { MissionDossierError } from "../event/errors/mission-dossier-error.js";

/**
 * Raised when an accumulator is stale: an id came with different content that sorts first, and
 * the state shows the content that no longer counts. Only the log has the value that it
 * replaced. Add the log again to the accumulator that `DossierAccumulator.replay` returns.
 */
export class ReplayRequiredError extends MissionDossierError {
  override readonly name = "ReplayRequiredError";

  constructor(
    /** The ids, in canonical form and alphabetical order. At least one. */
    readonly eventIds: readonly string[],
  ) {
    const [first, ...others] = eventIds;
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    super(
      "replay_required",
      `Event ${first}${more} came with a second content that sorts before the first. ` +
        "The events must be read again.",
      { eventId: first, field: "event_id" },
    );
  }
}
