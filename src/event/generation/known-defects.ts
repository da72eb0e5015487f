import type { DossierEventType } from "../../../gen/speckitty/dossier/v1/contract.js";
import type { KnownDefect, Move } from "../errors/known-defect.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { type ContractOptions, FIRST_GENERATION, LATER_GENERATION } from "./generation.js";
import { renamedFields } from "./rename.js";
import { judgingGeneration, renamingOf } from "./shown.js";

/**
 * The defect of a payload that the contract rejects, if it is a known one: a
 * `MissionDossierArtifactIndexed` whose identity and content are fields of the payload itself
 * rather than of `artifact_id` and `content_ref`, or a payload with names of another generation
 * than the one that judges it.
 */
export function knownDefectOf(
  eventType: DossierEventType,
  payload: unknown,
  options?: ContractOptions,
): KnownDefect | undefined {
  if (!isJsonObject(payload)) {
    return undefined;
  }
  const flat = eventType === "MissionDossierArtifactIndexed" ? flatDefect(payload) : undefined;
  return flat ?? otherNames(eventType, payload, options);
}

function otherNames(
  eventType: DossierEventType,
  payload: JsonMap,
  options: ContractOptions | undefined,
): KnownDefect | undefined {
  const renaming = renamingOf(eventType);
  const pairs = renaming === undefined ? [] : [...renamedFields(renaming, payload)];
  const isFirst = judgingGeneration(eventType, payload, options) === FIRST_GENERATION;
  const moves = pairs
    .filter(({ hasFirst, hasLater }) => (isFirst ? hasLater && !hasFirst : hasFirst))
    .map(({ parent, later, first }) => {
      const [earlierPath, laterPath] = [first, later].map((name) =>
        parent === "" ? name : `${parent}.${name}`,
      );
      return isFirst
        ? { from: `${laterPath}`, to: `${earlierPath}` }
        : { from: `${earlierPath}`, to: `${laterPath}` };
    });
  if (moves.length === 0) {
    return undefined;
  }
  return isFirst
    ? {
        name: "later_contract_names",
        message: `these are the names of contract ${LATER_GENERATION} and later`,
        moves: moves.slice(0, MAX_MOVES),
      }
    : {
        name: "earlier_contract_names",
        message: `these are the names of contract ${FIRST_GENERATION}, beside those of ${LATER_GENERATION}`,
        moves: moves.slice(0, MAX_MOVES),
      };
}

/** The number of moves that are listed. The first ones show the mistake of the producer. */
const MAX_MOVES = 100;

function flatDefect(payload: JsonMap): KnownDefect | undefined {
  const moves = FLAT_FIELDS.filter(({ from }) => Object.hasOwn(payload, from));
  const isFlat =
    moves.length >= FEW && isAbsent(payload["artifact_id"]) && isAbsent(payload["content_ref"]);
  return isFlat ? { name: "flat_artifact_indexed", message: FLAT_MESSAGE, moves } : undefined;
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** A single field with such a name proves nothing. */
const FEW = 2;

const FLAT_MESSAGE =
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
