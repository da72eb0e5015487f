import {
  type LocalNamespaceTupleJson,
  PAYLOAD_SCHEMAS,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { LocalNamespaceTupleSchema } from "../../../gen/speckitty/dossier/v1/values_pb.js";
import { RENAMINGS } from "../../../gen/speckitty/dossier/v3/renaming.js";
import type { KnownDefect, Move } from "../errors/known-defect.js";
import { isAbsent, isJsonObject, type JsonMap } from "../json/json-object.js";
import { FIRST_GENERATION } from "./generation.js";
import { withNamesOf } from "./rename.js";

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
  { from: "run_id", message: "artifact_id", field: "run_id" },
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
export type Assumptions = { readonly [field in keyof LocalNamespaceTupleJson]?: string };

/**
 * The event of contract 2.4.0 that a flat one stands for. It may still lack facts: the contract
 * judges it like any other event. Values without a place in the contract become diagnostics.
 *
 * @param payload Data that a `google.protobuf.Struct` can hold.
 * @param assumed Facts of the namespace that the event does not have.
 */
export function unflattened(event: JsonMap, payload: JsonMap, assumed: Assumptions): JsonMap {
  // A flat payload has the fields of a namespace among its own.
  const flat = withNamesOf(FIRST_GENERATION, NAMESPACE, payload);
  const others: { [name: string]: unknown } = { ...flat };
  const message = (name: string): { [field: string]: unknown } => {
    const given = others[name];
    if (!isJsonObject(given)) {
      return {};
    }
    delete others[name];
    return { ...given };
  };

  const namespace = withNamesOf(FIRST_GENERATION, NAMESPACE, message("namespace"));
  for (const name of NAMESPACE_NAMES) {
    const value = namespace[name] ?? flat[name] ?? (assumed as JsonMap)[name];
    if (!isAbsent(value)) {
      namespace[name] = value;
    }
    if (others[name] === value) {
      delete others[name];
    }
  }
  namespace["project_uuid"] ??= event["project_uuid"];

  const kept: { [name: string]: unknown } = { indexed_at: event["timestamp"] };
  for (const name of KEPT) {
    delete others[name];
    if (!isAbsent(flat[name])) {
      kept[name] = flat[name];
    }
  }
  const context_diagnostics = message("context_diagnostics");
  const messages: { readonly [name: string]: { [field: string]: unknown } } = {
    artifact_id: { mission_key: namespace["mission_key"] },
    content_ref: { algorithm: "sha256" },
    context_diagnostics,
  };
  for (const { from, message: name, field } of FLAT_FIELDS) {
    delete others[from];
    const target = messages[name];
    if (target !== undefined && !isAbsent(flat[from])) {
      target[field] = flat[from];
    }
  }
  const diagnostics = Object.entries({ ...context_diagnostics, ...others })
    .filter(([, value]) => !isAbsent(value))
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  return {
    ...event,
    // The event begins its chain of work, as in one that is created.
    correlation_id: event["correlation_id"] ?? event["event_id"],
    payload: withNamesOf(FIRST_GENERATION, PAYLOAD, {
      ...kept,
      namespace,
      ...messages,
      context_diagnostics: Object.fromEntries(diagnostics),
    }),
  };
}

const NAMESPACE = RENAMINGS[LocalNamespaceTupleSchema.typeName];
const PAYLOAD = RENAMINGS[PAYLOAD_SCHEMAS[FLAT_EVENT_TYPE].typeName];

/** The fields of a namespace, by their names in both generations. */
const NAMESPACE_NAMES: readonly string[] = [
  ...LocalNamespaceTupleSchema.fields.map(({ jsonName }) => jsonName),
  ...(NAMESPACE?.names.map(([later]) => later) ?? []),
];

/** Fields of the flat payload that the contract has in the same place. */
const KEPT = ["indexed_at", "provenance", "step_id", "supersedes"] as const;
