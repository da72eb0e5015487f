import type { DossierEventType, EventJson, PayloadJson } from "../../src/index.js";
import { isDossierEventType, parseEvent, parsePayload } from "../../src/index.js";

type Json = { [name: string]: unknown };

/** One content of an event, as far as a reducer needs it. */
type Content = {
  readonly eventId: string;
  readonly clock: bigint;
  readonly instant: string;
  readonly eventType: DossierEventType;
  readonly payload: Json;
  readonly isValid: boolean;
  readonly given: EventJson;
};

/**
 * CONTRACT, section 5, as it stands there: filter, sort, deduplicate, fold. It keeps all
 * events, and shares no code with the reducer but the reading of one event.
 *
 * @param choose Orders two contents of one id that have one sort key, by contents alone.
 */
export function naiveReduce(
  events: readonly EventJson[],
  choose: (a: EventJson, b: EventJson) => number,
): Json {
  const distinct = distinctContents(events, choose);
  const namespaces = distinct.flatMap(({ payload }) => namespaceIn(payload));
  const steps = new Set(namespaces.map(({ step_id }) => step_id).filter((step) => step !== null));
  const state = {
    namespace:
      namespaces.map((each) => ({ ...each, ...(steps.size > 1 ? { step_id: null } : {}) })).at(0) ??
      null,
    artifacts: new Map<string, Json>(),
    anomalies: [] as Json[],
    latest_snapshot: null as Json | null,
    drift_history: [] as Json[],
  };
  for (const { eventType, payload } of distinct.filter(({ isValid }) => isValid)) {
    fold(state, eventType, payload);
  }
  const status = state.latest_snapshot === null ? "unknown" : "clean";
  return {
    ...state,
    artifacts: [...state.artifacts],
    parity_status: state.drift_history.length > 0 ? "drifted" : status,
    event_count: distinct.length,
  };
}

/** The events that count, in the order of the stream: section 5, steps 1 to 3. */
export function naiveOrder(
  events: readonly EventJson[],
  choose: (a: EventJson, b: EventJson) => number,
): EventJson[] {
  return distinctContents(events, choose).map(({ given }) => given);
}

function distinctContents(
  events: readonly EventJson[],
  choose: (a: EventJson, b: EventJson) => number,
): Content[] {
  const sorted = events
    .flatMap(contentOf)
    .sort((a, b) => compare(a, b) || choose(a.given, b.given));
  return [...new Map(sorted.toReversed().map((one) => [one.eventId, one])).values()].sort(compare);
}

function fold(
  state: {
    artifacts: Map<string, Json>;
    anomalies: Json[];
    latest_snapshot: Json | null;
    drift_history: Json[];
  },
  eventType: DossierEventType,
  json: Json,
): void {
  switch (eventType) {
    case "MissionDossierArtifactIndexed": {
      const payload = json as unknown as PayloadJson["MissionDossierArtifactIndexed"];
      const superseded = state.artifacts.get(payload.supersedes?.path ?? "");
      if (superseded !== undefined && payload.supersedes) {
        superseded["superseded"] = true;
      }
      state.artifacts.set(payload.artifact_id.path, {
        identity: identity(payload.artifact_id),
        content_ref: {
          ...pick(payload.content_ref, ["hash", "algorithm"]),
          size_bytes: integer(payload.content_ref.size_bytes),
          ...pick(payload.content_ref, ["encoding"]),
        },
        indexed_at: payload.indexed_at,
        provenance: payload.provenance
          ? {
              source_event_ids: payload.provenance.source_event_ids?.length
                ? payload.provenance.source_event_ids
                : null,
              ...pick(payload.provenance, [
                "git_sha",
                "git_ref",
                "actor_id",
                "actor_kind",
                "revised_at",
              ]),
            }
          : null,
        superseded: false,
        step_id: payload.step_id ?? null,
      });
      break;
    }
    case "MissionDossierArtifactMissing": {
      const payload = json as unknown as PayloadJson["MissionDossierArtifactMissing"];
      state.anomalies.push({
        anomaly_type: "missing_artifact",
        expected_identity: identity(payload.expected_identity),
        ...pick(payload, ["manifest_step", "checked_at", "remediation_hint"]),
      });
      break;
    }
    case "MissionDossierSnapshotComputed":
      state.latest_snapshot = {
        ...pick(json, ["snapshot_hash", "artifact_count", "anomaly_count", "computed_at"]),
        algorithm: json["algorithm"] ?? "sha256",
      };
      break;
    case "MissionDossierParityDriftDetected":
      state.drift_history.push(
        pick(json, ["expected_hash", "actual_hash", "drift_kind", "detected_at"]),
      );
      break;
  }
}

function contentOf(given: EventJson): Content[] {
  if (!isDossierEventType(given.event_type)) {
    return [];
  }
  const { eventId, lamportClock } = parseEvent(given);
  // An optional field that is `null` is absent.
  const payload = (given.payload ?? {}) as Json;
  const isValid = isAccepted(() => parsePayload(given.event_type as DossierEventType, payload));
  return [
    {
      eventId,
      clock: lamportClock ?? -1n,
      instant: instantOf(given.timestamp),
      eventType: given.event_type,
      payload: isValid ? withFirstNames(payload) : payload,
      isValid,
      given,
    },
  ];
}

/** Text that sorts like the instants: seconds since year 0, then all digits of the fraction. */
function instantOf(timestamp: string): string {
  const [, minute = "", second = "", fraction = "", zone = ""] =
    /^(.{16}):(\d\d)(?:\.(\d+))?(.*)$/.exec(timestamp.toUpperCase()) ?? [];
  const seconds = Date.parse(`${minute}:00${zone || "Z"}`) / 1000 + Number(second);
  return `${(seconds + 100_000_000_000).toString().padStart(15, "0")}.${fraction.replace(/0+$/, "")}`;
}

function compare(a: Content, b: Content): number {
  return (
    Number(a.clock - b.clock) ||
    compareText(a.instant, b.instant) ||
    compareText(a.eventId, b.eventId)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function namespaceIn(payload: Json): Json[] {
  const namespace = payload["namespace"] as Json;
  // Any event type asks whether a namespace can be read; the rest of this payload is valid.
  const isReadable = isAccepted(() =>
    parsePayload("MissionDossierSnapshotComputed", {
      namespace,
      snapshot_hash: "0",
      artifact_count: 0,
      anomaly_count: 0,
      computed_at: "",
    }),
  );
  return isReadable
    ? [
        pick(withFirstNames(namespace), [
          "project_uuid",
          "feature_slug",
          "target_branch",
          "mission_key",
          "manifest_version",
          "step_id",
        ]),
      ]
    : [];
}

/** JSON that the contract accepts, with the names of contract 2.4.0. */
function withFirstNames(json: Json): Json {
  const text = JSON.stringify(json, (_, value) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  return JSON.parse(
    text
      .replaceAll('"mission_slug":', '"feature_slug":')
      .replaceAll('"mission_type":', '"mission_key":'),
  );
}

function identity(json: object): Json {
  return pick(json, ["mission_key", "path", "artifact_class", "run_id", "wp_id"]);
}

function integer(value: unknown): unknown {
  return value === undefined || value === null
    ? null
    : Number.isSafeInteger(Number(value))
      ? Number(value)
      : BigInt(value as string).toString();
}

function pick(json: object, names: readonly string[]): Json {
  return Object.fromEntries(names.map((name) => [name, Reflect.get(json, name) ?? null]));
}

function isAccepted(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch {
    return false;
  }
}
