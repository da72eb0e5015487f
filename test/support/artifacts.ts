import { type EventJson, type MissionDossierState, reduceMissionDossier } from "../../src/index.js";
import { event, indexed } from "./examples.js";

/** An event that indexes an artifact. */
export function artifact(
  path: string,
  hash: string,
  {
    artifactClass = "input",
    supersedes,
  }: { readonly artifactClass?: string; readonly supersedes?: string } = {},
): EventJson {
  const identity = { ...indexed.artifact_id, path, artifact_class: artifactClass };
  return event("MissionDossierArtifactIndexed", {
    ...indexed,
    artifact_id: identity,
    content_ref: { ...indexed.content_ref, hash },
    ...(supersedes === undefined
      ? {}
      : { supersedes: { ...indexed.artifact_id, path: supersedes } }),
  }) as unknown as EventJson;
}

/** The state of events in the order of the list. */
export function stateOf(events: readonly EventJson[]): MissionDossierState {
  return reduceMissionDossier(events.map((given, index) => ({ ...given, lamport_clock: index })));
}
