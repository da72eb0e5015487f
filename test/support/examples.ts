import type { JsonObject, JsonValue } from "@bufbuild/protobuf";
import {
  DOSSIER_EVENT_TYPES,
  type DossierEventType,
  PAYLOAD_SCHEMAS,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { minimalJson } from "./minimal-json.js";

/** Minimal wire JSON of each message, with only the fields that the contract requires. */
export const namespace = {
  project_uuid: "a47275cb-634e-427c-abd3-3e5d17997d4e",
  feature_slug: "014-rate-limits",
  target_branch: "main",
  mission_key: "software-dev",
  manifest_version: "1",
} as const;

export const identity = {
  mission_key: "software-dev",
  path: "kitty-specs/014-rate-limits/spec.md",
  artifact_class: "input",
} as const;

export const contentRef = {
  hash: "513663639ae8cb04cefec199eab87988413a4c3f24147b787ba8f726a1a6e112",
  algorithm: "sha256",
} as const;

export const indexed = {
  namespace,
  artifact_id: identity,
  content_ref: contentRef,
  indexed_at: "2026-03-02T09:14:07Z",
} as const;

export const missing = {
  namespace,
  expected_identity: identity,
  manifest_step: "required_always",
  checked_at: "2026-03-02T09:14:08Z",
} as const;

export const snapshot = {
  namespace,
  snapshot_hash: "6c95f2cea5b5739aa5c4391fe0de4360f1606b906915000eeb1901704d78b2cb",
  artifact_count: 1,
  anomaly_count: 0,
  computed_at: "2026-03-02T09:14:09Z",
} as const;

export const drift = {
  namespace,
  expected_hash: "6c95f2cea5b5739aa5c4391fe0de4360f1606b906915000eeb1901704d78b2cb",
  actual_hash: "b297c4241f7d42e07e980f8b66f533f6eb6231d055ac50ad59b68be3a7ee33e1",
  drift_kind: "artifact_mutated",
  detected_at: "2026-03-02T09:14:10Z",
} as const;

export const envelope = {
  event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWA",
  event_type: "MissionDossierArtifactIndexed",
  aggregate_id: "mission/014-rate-limits",
  timestamp: "2026-03-02T09:14:07Z",
  node_id: "laptop-7f3a",
  lamport_clock: 1,
  project_uuid: "a47275cb-634e-427c-abd3-3e5d17997d4e",
  correlation_id: "01KJPZ8V2M4T6R1E9C3H5N7QWB",
} as const;

const examples = {
  MissionDossierArtifactIndexed: indexed,
  MissionDossierArtifactMissing: missing,
  MissionDossierSnapshotComputed: snapshot,
  MissionDossierParityDriftDetected: drift,
} as const;

/** A payload of each event type: one of those above, or the smallest one of its message. */
export const payloads = {
  ...Object.fromEntries(
    DOSSIER_EVENT_TYPES.map((type) => [
      type,
      {
        ...minimalJson(PAYLOAD_SCHEMAS[type]),
        ...("namespace" in PAYLOAD_SCHEMAS[type].field ? { namespace } : {}),
      },
    ]),
  ),
  ...examples,
  // It has every event type by how it is made, which the compiler cannot see.
} as typeof examples & { readonly [T in DossierEventType]: JsonObject };

/** As the value in {@link withValue}, removes the field. */
export const ABSENT: unique symbol = Symbol("absent");

/** A copy of an object with the value at a dotted path replaced, added or removed. */
export function withValue(
  json: JsonObject,
  path: string,
  value: JsonValue | typeof ABSENT,
): JsonObject {
  const [key = "", ...rest] = path.split(".");
  const copy = { ...json };
  if (rest.length > 0) {
    const inner = copy[key];
    const object =
      typeof inner === "object" && inner !== null && !Array.isArray(inner) ? inner : {};
    copy[key] = withValue(object, rest.join("."), value);
  } else if (value === ABSENT) {
    delete copy[key];
  } else {
    copy[key] = value;
  }
  return copy;
}

let ids = 0;

/** An envelope around a payload, with an id of its own unless one is given. */
export function event(
  eventType: string,
  payload: JsonObject,
  envelopeFields: JsonObject = {},
): JsonObject {
  ids++;
  return {
    ...envelope,
    event_id: `01KJPZ8V2M4T6R1E9C3H5${ids.toString().padStart(5, "0")}`,
    event_type: eventType,
    payload,
    ...envelopeFields,
  };
}
