import { GENERATION } from "../../../gen/speckitty/dossier/v3/renaming.js";
import { InvalidArgumentError } from "../errors/errors.js";

/**
 * The generations of the contract (CONTRACT, section 10). The later one is also the contract of
 * all published versions since, up to 11.0.0.
 */
export const GENERATIONS = /* @__PURE__ */ Object.freeze(["2.4.0", GENERATION] as const);

/** One of {@link GENERATIONS}. */
export type Generation = (typeof GENERATIONS)[number];

/** The generation of this package's messages: the default of everything that is written. */
export const FIRST_GENERATION = "2.4.0" satisfies Generation;

/** The generation that is published today. */
export const LATER_GENERATION: Generation = GENERATION;

/** A choice of generation. */
export type ContractOptions = {
  /**
   * The generation of the contract. A judge takes by default the one that the names in the
   * payload show, or else `2.4.0`; a writer takes `2.4.0`.
   */
  readonly contract?: Generation | undefined;
};

/** The JSON that a writer writes, by the generation that was asked for. */
export type JsonIn<G extends Generation, First, Later> = G extends "2.4.0" ? First : Later;

/** The generation to write. */
export type WriteOptions<G extends Generation> = {
  /** The generation of the contract to write. Default: `2.4.0`. */
  readonly contract?: G | undefined;
};

/**
 * The generation that a caller chose, if any.
 *
 * @throws InvalidArgumentError when there is no such generation.
 */
export function chosenGeneration({ contract }: ContractOptions): Generation | undefined {
  if (contract !== undefined && !GENERATIONS.includes(contract)) {
    throw new InvalidArgumentError("contract", `one of ${GENERATIONS.join(", ")}`, contract);
  }
  return contract;
}
