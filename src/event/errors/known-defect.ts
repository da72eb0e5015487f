import type { DescMessage } from "@bufbuild/protobuf";
import {
  type DossierEventType,
  PAYLOAD_SCHEMAS,
} from "../../../gen/speckitty/dossier/v1/contract.js";
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
  return flat ?? laterNames(eventType, payload);
}

function laterNames(eventType: DossierEventType, payload: JsonMap): KnownDefect | undefined {
  const moves = [...laterNamesIn(PAYLOAD_SCHEMAS[eventType], payload, "")];
  return moves.length > 0
    ? {
        name: "later_contract_names",
        message: LATER_MESSAGE,
        moves: moves.slice(0, MAX_MOVES),
      }
    : undefined;
}

/** Every field of a message, at any level, that has the name of a later contract. */
function* laterNamesIn(desc: DescMessage, json: JsonMap, prefix: string): Generator<Move> {
  for (const field of desc.fields) {
    const value = json[field.jsonName];
    const later = LATER_NAMES.get(field.jsonName);
    if (later !== undefined && Object.hasOwn(json, later) && isAbsent(value)) {
      yield { from: `${prefix}${later}`, to: `${prefix}${field.jsonName}` };
    } else if (field.fieldKind === "message" && isJsonObject(value)) {
      yield* laterNamesIn(field.message, value, `${prefix}${field.jsonName}.`);
    } else if (field.fieldKind === "list" && field.message !== undefined && Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        if (isJsonObject(item)) {
          yield* laterNamesIn(field.message, item, `${prefix}${field.jsonName}[${index}].`);
        }
      }
    }
  }
}

const LATER_MESSAGE = "these are the names of contract 3.0.0 and later";

/** The number of moves that are listed. The first ones show the mistake of the producer. */
const MAX_MOVES = 100;

/** The name that a field has from contract 3.0.0 on, by its name here. */
const LATER_NAMES: ReadonlyMap<string, string> = new Map([
  ["feature_slug", "mission_slug"],
  ["mission_key", "mission_type"],
]);

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
