import { PAYLOAD_RENAMINGS, type Renaming } from "../../../gen/speckitty/dossier/v3/renaming.js";
import { isJsonObject } from "../json/json-object.js";
import {
  type ContractOptions,
  chosenGeneration,
  FIRST_GENERATION,
  type Generation,
  LATER_GENERATION,
} from "./generation.js";
import { renamedFields } from "./rename.js";

/**
 * The generation of an event by the names in its payload. `schema_version` does not tell it.
 * A payload with names of several generations is of the later one, which rejects it.
 *
 * @param event The wire JSON of an event.
 * @returns `undefined` if no name in the payload tells, or if the event is of another type.
 */
export function generationOf(event: unknown): Generation | undefined {
  if (!isJsonObject(event)) {
    return undefined;
  }
  const { event_type: eventType, payload } = event;
  const renaming = renamingOf(eventType);
  const [first] = renamedFields(renaming, payload);
  return first === undefined ? undefined : shownGeneration(renaming, payload);
}

/** The generation that judges a payload: the chosen one, or else the one that its names show. */
export function judgingGeneration(
  eventType: unknown,
  payload: unknown,
  options: ContractOptions = NOT_CHOSEN,
): Generation {
  return chosenGeneration(options) ?? shownGeneration(renamingOf(eventType), payload);
}

/** The generation that the names in a message's JSON show, or else the first. */
export function shownGeneration(renaming: Renaming | undefined, json: unknown): Generation {
  return renaming?.showsLater(json) ? LATER_GENERATION : FIRST_GENERATION;
}

const NOT_CHOSEN: ContractOptions = Object.freeze({});

/** The names in a payload that differ between generations, `undefined` if none do. */
export function renamingOf(eventType: unknown): Renaming | undefined {
  return renamings.get(eventType);
}

const renamings: ReadonlyMap<unknown, Renaming> = new Map(Object.entries(PAYLOAD_RENAMINGS));
