import type { Renaming } from "../../../gen/speckitty/dossier/v3/renaming.js";
import { optionsIn } from "../errors/arguments.js";
import {
  chosenGeneration,
  FIRST_GENERATION,
  type Generation,
  type WriteOptions,
} from "./generation.js";
import { withNamesOf } from "./rename.js";

/**
 * JSON that a writer wrote in the first generation, in the one that it was asked for.
 *
 * @throws InvalidArgumentError when there is no such generation.
 */
export function jsonIn<T>(
  renaming: Renaming | undefined,
  json: T,
  options: WriteOptions<Generation> | undefined,
): T {
  const generation = chosenGeneration(optionsIn(options)) ?? FIRST_GENERATION;
  return renaming === undefined || generation === FIRST_GENERATION
    ? json
    : withNamesOf(generation, renaming, json);
}
