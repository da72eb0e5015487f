import { LocalNamespaceTupleSchema } from "../../../gen/speckitty/dossier/v1/values_pb.js";
import { RENAMINGS } from "../../../gen/speckitty/dossier/v3/renaming.js";
import type { KnownDefect, Move } from "../errors/known-defect.js";
import { isAbsent, isJsonObject, type JsonMap } from "../json/json-object.js";

// Producers up to contract 3.1 sent the identity and the content of an indexed artifact as fields
// of the payload itself. Such an event lacks facts, which only a caller can supply.

/** The event type of the flat payload. */
const FLAT_EVENT_TYPE = "MissionDossierArtifactIndexed";

/** The top-level fields of the flat payload, and the messages that they belong to. */
const FLAT_FIELDS = [
  { from: "artifact_key", message: "context_diagnostics", field: "artifact_key" },
  { from: "artifact_class", message: "artifact_id", field: "artifact_class" },
  { from: "content_hash_sha256", message: "content_ref", field: "hash" },
  { from: "relative_path", message: "artifact_id", field: "path" },
  { from: "required_status", message: "context_diagnostics", field: "required_status" },
  { from: "size_bytes", message: "content_ref", field: "size_bytes" },
  { from: "wp_id", message: "artifact_id", field: "wp_id" },
] as const;

/** The defect of a flat payload, `undefined` for any other payload. */
export function flatDefect(eventType: unknown, payload: JsonMap): KnownDefect | undefined {
  const moves = FLAT_FIELDS.filter(({ from }) => Object.hasOwn(payload, from)).map(moveOf);
  const isFlat =
    eventType === FLAT_EVENT_TYPE &&
    moves.length >= FEW &&
    isAbsent(payload["artifact_id"]) &&
    isAbsent(payload["content_ref"]);
  return isFlat ? { name: "flat_artifact_indexed", message: MESSAGE, moves } : undefined;
}

/** A single field with such a name proves nothing. */
const FEW = 2;

const MESSAGE =
  "this is the flat payload of an earlier producer: its values belong in artifact_id and content_ref";

/** A field of the payload that has no place in the contract is a diagnostic. */
function moveOf({ from, message, field }: (typeof FLAT_FIELDS)[number]): Move {
  const isDiagnostic = message === "context_diagnostics";
  return {
    from,
    to: isDiagnostic ? `${message}[${JSON.stringify(field)}]` : `${message}.${field}`,
  };
}

/** Facts that a caller supplies, by the name of the field in contract 2.4.0. */
export type Assumptions = { readonly [field: string]: string };

/**
 * The event of contract 2.4.0 that a flat one stands for. It may still lack facts: the contract
 * judges it like any other event. Values without a place in the contract become diagnostics.
 *
 * @param assumed Facts of the namespace that the event does not have.
 */
export function unflattened(event: JsonMap, payload: JsonMap, assumed: Assumptions): JsonMap {
  const messages: { [name: string]: { [field: string]: unknown } } = {
    artifact_id: {},
    content_ref: { algorithm: "sha256" },
    context_diagnostics: {},
  };
  const given: JsonMap = isJsonObject(payload["namespace"]) ? payload["namespace"] : {};
  const namespace: { [field: string]: unknown } = {};
  const fields = namespaceFields();
  for (const [field, later] of fields) {
    const value =
      given[field] ?? given[later] ?? payload[field] ?? payload[later] ?? assumed[field];
    if (!isAbsent(value)) {
      namespace[field] = value;
    }
  }
  namespace["project_uuid"] ??= event["project_uuid"];
  const placed = new Set<string>(["namespace", ...KEPT, ...fields.flat()]);
  for (const { from, message, field } of FLAT_FIELDS) {
    placed.add(from);
    if (!isAbsent(payload[from])) {
      messages[message] = { ...messages[message], [field]: payload[from] };
    }
  }
  const others = Object.entries(payload)
    .filter(([name, value]) => !placed.has(name) && !isAbsent(value))
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  const kept = KEPT.filter((name) => !isAbsent(payload[name])).map((name) => [name, payload[name]]);
  const { artifact_id, content_ref, context_diagnostics } = messages;
  return {
    ...event,
    // The event begins its chain of work, as in one that is created.
    correlation_id: event["correlation_id"] ?? event["event_id"],
    payload: {
      indexed_at: event["timestamp"],
      ...Object.fromEntries(kept),
      namespace,
      artifact_id: { mission_key: namespace["mission_key"], ...artifact_id },
      content_ref,
      context_diagnostics: { ...context_diagnostics, ...Object.fromEntries(others) },
    },
  };
}

/** The fields of a namespace, by their names in both generations. */
function namespaceFields(): readonly (readonly [first: string, later: string])[] {
  const names = RENAMINGS[LocalNamespaceTupleSchema.typeName]?.names ?? [];
  const laterNames = new Map(names.map(([later, first]) => [first, later]));
  return LocalNamespaceTupleSchema.fields.map(({ jsonName }) => [
    jsonName,
    laterNames.get(jsonName) ?? jsonName,
  ]);
}

/** Fields of the flat payload that the contract has in the same place. */
const KEPT = ["indexed_at", "provenance", "supersedes"] as const;
