import type { MissionDossierStateValue } from "../../gen/speckitty/dossier/v1/contract.js";
import {
  type MissionDossierState as MissionDossierStateMessage,
  MissionDossierStateSchema,
  type MissionDossierStateValid,
} from "../../gen/speckitty/dossier/v1/state_pb.js";
import { VALIDATORS } from "../../gen/speckitty/dossier/v1/verdict_validators.js";
import { readBinary } from "../event/codec/binary.js";
import { optionsIn } from "../event/errors/arguments.js";
import { InvalidMessageError } from "../event/errors/errors.js";
import { type ContractOptions, chosenGeneration } from "../event/generation/generation.js";
import { readInGeneration } from "../event/model/read-generation.js";
import { checkModel } from "../event/model/read-model.js";
import { type ArtifactEntry, freezeState, type MissionDossierState } from "./state.js";

/**
 * Reads a state from its wire JSON, as `JSON.parse` gives it, of any generation of the contract.
 *
 * @param options `contract` is the generation that judges it, by default the one that its names
 * show.
 * @throws InvalidMessageError with every rule that the state breaks.
 * @throws InvalidArgumentError when there is no such generation.
 */
export function parseState(json: unknown, options?: ContractOptions): MissionDossierState {
  const generation = chosenGeneration(optionsIn(options));
  const result = readInGeneration(MissionDossierStateSchema, json, generation);
  if (result.kind === "invalid") {
    throw new InvalidMessageError("state", result.violations);
  }
  const message = acceptedState(result.message);
  return freezeState(message, Object.entries(message.artifacts));
}

/**
 * Judges the wire JSON of a state, without making a message of it.
 *
 * @throws InvalidMessageError with every rule that it breaks.
 */
export function requireValidState(json: unknown): void {
  if (!VALIDATORS.MissionDossierState(json)) {
    parseState(json);
  }
}

/**
 * Reads a state from its binary form.
 *
 * @throws InvalidBinaryError when the bytes are not a state at all.
 * @throws InvalidArgumentError when they are not bytes.
 * @throws InvalidMessageError with every rule that the state breaks.
 */
export function stateFromBinary(bytes: Uint8Array): MissionDossierState {
  const artifacts = new Map<string, ArtifactEntry>();
  // The artifacts are the only map in a state.
  const message = readBinary("state", MissionDossierStateSchema, bytes, (entries) => {
    for (const [path, entry] of entries) {
      artifacts.set(path, entry as ArtifactEntry);
    }
    return Object.fromEntries(entries);
  }) as MissionDossierStateMessage;
  const result = checkModel(MissionDossierStateSchema, message);
  if (result.kind === "invalid") {
    throw new InvalidMessageError("state", result.violations);
  }
  return freezeState(acceptedState(result.message), artifacts);
}

/** A valid message has only the literals that the type of the value names. */
function acceptedState(message: MissionDossierStateValid): MissionDossierStateValue {
  return message as MissionDossierStateValue;
}
