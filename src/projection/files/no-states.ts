import { MissionDossierError } from "../../event/errors/mission-dossier-error.js";

/** Raised when nothing was projected into a folder yet, so that it has no states to read. */
export class NoStatesError extends MissionDossierError {
  override readonly name = "NoStatesError";
  constructor(override readonly file: string) {
    super("no_states", `no states are stored in ${file}`, { file });
  }
}
