// Checked by `npm run typecheck`: each line after `@ts-expect-error` must not compile.
import {
  type Algorithm,
  type ArtifactClass,
  type DriftKind,
  type MissionDossierState,
  type ParityStatus,
  type ParsedEvent,
  parseEvent,
  parsePayload,
  reduceMissionDossier,
} from "../../src/index.js";

declare const state: MissionDossierState;
declare const event: ParsedEvent;

// Literals are their unions, in payloads and in the state.
export const status: ParityStatus = state.parityStatus;
export const driftKinds: readonly DriftKind[] = state.driftHistory.map((each) => each.driftKind);
export const snapshotAlgorithm: Algorithm | undefined = state.latestSnapshot?.algorithm;
export const classes: readonly ArtifactClass[] = Array.from(
  state.artifacts.values(),
  ({ identity }) => identity.artifactClass,
);
export const payload = parsePayload("MissionDossierArtifactIndexed", {});
export const artifactClass: ArtifactClass = payload.artifactId.artifactClass;
export const contentAlgorithm: Algorithm = payload.contentRef.algorithm;

// @ts-expect-error No literal of the parity status.
export const isDrifting = state.parityStatus === "drifting";
// @ts-expect-error No literal of the artifact class.
export const isInput = payload.artifactId.artifactClass === "inputs";

// Parsed events are read-only all the way down.
// @ts-expect-error
event.eventId = "";
// @ts-expect-error
event.payload["namespace"] = null;
// @ts-expect-error
payload.artifactId.path = "";
// @ts-expect-error
payload.provenance?.sourceEventIds.push("");
// @ts-expect-error
payload.contextDiagnostics["key"] = "value";
// @ts-expect-error
state.anomalies.pop();

// And still events for the reducer.
export const reduced = reduceMissionDossier([event, parseEvent({})]);
