// Checked by `npm run typecheck`: each line after `@ts-expect-error` must not compile.
import {
  createEvent,
  type DossierEventJson,
  type EventJson,
  type Generation,
  type MissionDossierArtifactIndexedPayloadJson,
  type MissionDossierParityDriftDetectedPayloadJson,
  reduceMissionDossier,
} from "../../src/index.js";

declare const envelope: Omit<EventJson, "event_type" | "payload">;
declare const indexed: MissionDossierArtifactIndexedPayloadJson;
declare const generation: Generation;
declare const drift: MissionDossierParityDriftDetectedPayloadJson;

export const right: readonly DossierEventJson[] = [
  { ...envelope, event_type: "MissionDossierArtifactIndexed", payload: indexed },
  { ...envelope, event_type: "MissionDossierParityDriftDetected", payload: drift },
];

export const wrongType: DossierEventJson = {
  ...envelope,
  // @ts-expect-error The contract has no such event type.
  event_type: "MissionDossierArtifactIndexd",
  payload: indexed,
};

// @ts-expect-error A drift event has another payload.
export const wrongPayload: DossierEventJson = {
  ...envelope,
  event_type: "MissionDossierParityDriftDetected",
  payload: indexed,
};

// @ts-expect-error A payload is required.
export const noPayload: DossierEventJson = {
  ...envelope,
  event_type: "MissionDossierArtifactIndexed",
};

export const misspelledLiteral: DossierEventJson = {
  ...envelope,
  event_type: "MissionDossierArtifactIndexed",
  payload: {
    ...indexed,
    // @ts-expect-error The contract has no such class.
    artifact_id: { ...indexed.artifact_id, artifact_class: "inputt" },
  },
};

export const misspelledField: DossierEventJson = {
  ...envelope,
  event_type: "MissionDossierArtifactIndexed",
  // @ts-expect-error The contract has no such field.
  payload: { ...indexed, step: "plan" },
};

export const misspelledEnvelopeField: DossierEventJson = {
  ...envelope,
  event_type: "MissionDossierArtifactIndexed",
  payload: indexed,
  // @ts-expect-error The contract has no such field.
  project_slugg: "p",
};

// The event type says which payload it is.
export function pathOf(event: DossierEventJson): string | undefined {
  // @ts-expect-error Not every payload has an artifact.
  event.payload.artifact_id;
  return event.event_type === "MissionDossierArtifactIndexed"
    ? event.payload.artifact_id.path
    : undefined;
}

// Every optional field takes `null`.
export const nulls: DossierEventJson = {
  ...envelope,
  event_type: "MissionDossierArtifactIndexed",
  payload: { ...indexed, step_id: null, provenance: null, context_diagnostics: null },
  causation_id: null,
  data_tier: null,
  project_slug: null,
  schema_version: null,
};

export const nullForRequired: DossierEventJson = {
  ...envelope,
  event_type: "MissionDossierArtifactIndexed",
  payload: indexed,
  // @ts-expect-error A required field does not.
  node_id: null,
};

// A member of the union is an event like any other.
export const anyEvent: EventJson = right[0] ?? nulls;
export const reduced = reduceMissionDossier(right);

// The builder takes the same.
export const built: DossierEventJson["event_type"] = createEvent(
  "MissionDossierArtifactIndexed",
  indexed,
  envelope,
).event_type;
// @ts-expect-error A drift event has another payload.
createEvent("MissionDossierParityDriftDetected", indexed, envelope);
// @ts-expect-error The contract has no such event type.
createEvent("MissionDossierArtifactIndexd", indexed, envelope);
// The generation may be known only at run time.
createEvent(
  "MissionDossierArtifactIndexed",
  indexed,
  { ...envelope, build_id: "1.0" },
  { contract: generation },
);
// @ts-expect-error A payload is required.
createEvent("MissionDossierArtifactIndexed", undefined, envelope);
// @ts-expect-error The envelope must say the node.
createEvent("MissionDossierArtifactIndexed", indexed, { ...envelope, node_id: undefined });
// @ts-expect-error The event is frozen.
createEvent("MissionDossierArtifactIndexed", indexed, envelope).payload.artifact_id.path = "";
export const reducedBuilt = reduceMissionDossier([
  createEvent("MissionDossierArtifactIndexed", indexed, envelope),
]);
