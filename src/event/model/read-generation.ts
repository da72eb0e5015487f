import type { DescMessage } from "@bufbuild/protobuf";
import { RENAMINGS } from "../../../gen/speckitty/dossier/v3/renaming.js";
import { FIRST_GENERATION, type Generation } from "../generation/generation.js";
import { withNamesOf } from "../generation/rename.js";
import { shownGeneration } from "../generation/shown.js";
import type { ReadOptions } from "./json-reader.js";
import { type ModelResult, readModel } from "./read-model.js";
import { messageIn } from "./registry.js";

/**
 * Reads the wire JSON of a message. One generation of the contract judges it; the result is a
 * message of the first.
 *
 * @param generation Default: the one that the names in the JSON show.
 */
export function readInGeneration<Desc extends DescMessage>(
  desc: Desc,
  json: unknown,
  generation: Generation = shownGeneration(RENAMINGS[desc.typeName], json),
  options: Pick<ReadOptions, "strict" | "isPayload"> = {},
): ModelResult<Desc> {
  if (generation === FIRST_GENERATION) {
    return readModel(desc, json, options);
  }
  const judged = readModel(messageIn(generation, desc), json, options);
  if (judged.kind === "invalid") {
    return judged;
  }
  const first = withNamesOf(FIRST_GENERATION, RENAMINGS[desc.typeName], json);
  return readModel(desc, first, { isPayload: options.isPayload ?? false });
}
