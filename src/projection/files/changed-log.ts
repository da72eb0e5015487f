import { MissionDossierError } from "../../event/errors/mission-dossier-error.js";

/** Raised when a log is not the one whose states are stored, or has lost records. */
export class ChangedLogError extends MissionDossierError {
  override readonly name = "ChangedLogError";
  constructor(
    override readonly file: string,
    /** The bytes of it that were read before. */
    override readonly expected: number,
    /** The bytes that it has. */
    override readonly got: number,
  ) {
    super(
      "changed_log",
      got < expected
        ? `${file} has ${got} bytes, but ${expected} were projected before; ${NEXT_STEP}.`
        : `${file} is not the log that was projected before: its first ${expected} bytes are others, or end within a line; ${NEXT_STEP}.`,
      { file, expected, got },
    );
  }
}

const NEXT_STEP = "give the log of these states, or rebuild them";
