import type { DossierEventType } from "../../../gen/speckitty/dossier/v1/contract.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";

/** A known mistake of a producer, recognized in a payload. */
export type KnownDefect = {
  readonly name: "flat_artifact_indexed" | "later_contract_names";
  /** A description, for people. */
  readonly message: string;
  /** The right place for each misplaced value. */
  readonly moves: readonly Move[];
};

/** A misplaced value. */
export type Move = {
  /** The path of the field that holds it. */
  readonly from: string;
  /** The path of the field where it belongs. */
  readonly to: string;
};

/**
 * The defect of a payload that the contract rejects, if it is a known one: a
 * `MissionDossierArtifactIndexed` whose identity and content are fields of the payload itself
 * rather than of `artifact_id` and `content_ref`, or a payload with names of contract 3.0.0 and
 * later.
 */
export function knownDefectOf(
  eventType: DossierEventType,
  payload: unknown,
): KnownDefect | undefined {
  if (!isJsonObject(payload)) {
    return undefined;
  }
  const flat = eventType === "MissionDossierArtifactIndexed" ? flatDefect(payload) : undefined;
  return flat ?? laterNames(payload);
}

function laterNames(payload: JsonMap): KnownDefect | undefined {
  const moves = LATER_NAMES.flatMap(({ within, from, to }): Move[] => {
    const message = payload[within];
    return isJsonObject(message) && Object.hasOwn(message, from) && isAbsent(message[to])
      ? [{ from: `${within}.${from}`, to: `${within}.${to}` }]
      : [];
  });
  return moves.length > 0
    ? { name: "later_contract_names", message: LATER_MESSAGE, moves }
    : undefined;
}

const LATER_MESSAGE = "these are the names of contract 3.0.0 and later";

/** The fields that contract 3.0.0 renamed, with the payload field that contains them. */
const LATER_NAMES = [
  { within: "namespace", from: "mission_slug", to: "feature_slug" },
  ...["namespace", "artifact_id", "expected_identity", "supersedes"].map((within) => ({
    within,
    from: "mission_type",
    to: "mission_key",
  })),
] as const;

function flatDefect(payload: JsonMap): KnownDefect | undefined {
  const moves = FLAT_FIELDS.filter(({ from }) => Object.hasOwn(payload, from));
  const isFlat =
    moves.length >= FEW && isAbsent(payload["artifact_id"]) && isAbsent(payload["content_ref"]);
  return isFlat ? { name: "flat_artifact_indexed", message: MESSAGE, moves } : undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** A single field with such a name proves nothing. */
const FEW = 2;

const MESSAGE =
  "this is the flat payload of an earlier producer: its values belong in artifact_id and content_ref";

/**
 * The top-level fields of the flat payload. Those without a field in the contract are
 * diagnostics.
 */
const FLAT_FIELDS: readonly Move[] = [
  { from: "artifact_key", to: 'context_diagnostics["artifact_key"]' },
  { from: "artifact_class", to: "artifact_id.artifact_class" },
  { from: "content_hash_sha256", to: "content_ref.hash" },
  { from: "relative_path", to: "artifact_id.path" },
  { from: "required_status", to: 'context_diagnostics["required_status"]' },
  { from: "size_bytes", to: "content_ref.size_bytes" },
  { from: "wp_id", to: "artifact_id.wp_id" },
];
