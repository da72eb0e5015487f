// Checked by `npm run typecheck`: each line after `@ts-expect-error` must not compile.
import {
  type Algorithm,
  type ArtifactClass,
  type DriftKind,
  type MissionDossierState,
  type ParityStatus,
  type ParsedDossierEvent,
  type ParsedEvent,
  parseEvent,
  parsePayload,
  reduceMissionDossier,
  safeParseEvent,
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

// Judged events are discriminated by their event type, those of other types included.
export function describeEvent(json: unknown): string {
  const result = safeParseEvent(json);
  if (!result.success) {
    // @ts-expect-error An event that was refused is none.
    result.event;
    return result.violations.map(({ path }) => path.join("/")).join();
  }
  const { event } = result;
  // @ts-expect-error Not every payload has an artifact.
  event.payload.artifactId;
  switch (event.eventType) {
    case "MissionDossierArtifactIndexed": {
      const indexedClass: ArtifactClass = event.payload.artifactId.artifactClass;
      return indexedClass;
    }
    case "MissionDossierArtifactMissing":
      return event.payload.manifestStep;
    case "MissionDossierSnapshotComputed":
      // @ts-expect-error That is in the payload of another event type.
      event.payload.artifactId;
      return event.payload.snapshotHash;
    case "MissionDossierParityDriftDetected":
      return event.payload.driftKind;
    case undefined:
      return event.otherEventType;
  }
}

// @ts-expect-error No event type of the contract, nor that of another.
export const isTypo = (event: ParsedDossierEvent) => event.eventType === "MissionDossierMissing";
