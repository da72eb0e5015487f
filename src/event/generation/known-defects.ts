import type { DossierEventType } from "../../../gen/speckitty/dossier/v1/contract.js";
import type { KnownDefect } from "../errors/known-defect.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { flatDefect } from "./flat-event.js";
import { type ContractOptions, FIRST_GENERATION, LATER_GENERATION } from "./generation.js";
import { renamedFields } from "./rename.js";
import { judgingGeneration, renamingOf } from "./shown.js";

/**
 * The defect of a payload that the contract rejects, if it is a known one: a
 * `MissionDossierArtifactIndexed` whose identity and content are fields of the payload itself
 * rather than of `artifact_id` and `content_ref`, or a payload with the names of a generation
 * other than the one that judges it.
 */
export function knownDefectOf(
  eventType: DossierEventType,
  payload: unknown,
  options?: ContractOptions,
): KnownDefect | undefined {
  if (!isJsonObject(payload)) {
    return undefined;
  }
  return flatDefect(eventType, payload) ?? otherNames(eventType, payload, options);
}

function otherNames(
  eventType: DossierEventType,
  payload: JsonMap,
  options: ContractOptions | undefined,
): KnownDefect | undefined {
  const pairs = [...renamedFields(renamingOf(eventType), payload)];
  const isFirst = judgingGeneration(eventType, payload, options) === FIRST_GENERATION;
  const moves = pairs
    .filter(({ hasFirst, hasLater }) => (isFirst ? hasLater && !hasFirst : hasFirst))
    .map(({ parent, later, first }) => {
      const [from, to] = isFirst ? [later, first] : [first, later];
      return { from: pathText([...parent, from]), to: pathText([...parent, to]) };
    });
  if (moves.length === 0) {
    return undefined;
  }
  return { ...(isFirst ? LATER_NAMES : EARLIER_NAMES), moves: moves.slice(0, MAX_MOVES) };
}

const LATER_NAMES = {
  name: "later_contract_names",
  message: `these are the names of contract ${LATER_GENERATION} and later`,
} as const;

const EARLIER_NAMES = {
  name: "earlier_contract_names",
  message: `these are the names of contract ${FIRST_GENERATION}, not of ${LATER_GENERATION}`,
} as const;

/** The number of moves that are listed. The first ones show the mistake of the producer. */
const MAX_MOVES = 100;

function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === "number" ? `${text}[${step}]` : text === "" ? step : `${text}.${step}`,
    "",
  );
}
