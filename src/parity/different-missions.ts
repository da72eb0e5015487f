import { type Namespace, namespaceText } from "../dossier/namespace.js";
import { MissionDossierError } from "../event/errors/mission-dossier-error.js";

/** Raised when states of two missions are compared. They are not replicas of each other. */
export class DifferentMissionsError extends MissionDossierError {
  override readonly name = "DifferentMissionsError";

  constructor(
    /** The namespace of the first state. */
    override readonly expected: Namespace,
    /** The namespace of the second state. */
    override readonly got: Namespace,
  ) {
    super(
      "different_missions",
      `The states are of two missions. Expected: ${namespaceText(expected)}. Got: ${namespaceText(got)}.`,
      { field: "namespace", expected, got },
    );
  }
}
