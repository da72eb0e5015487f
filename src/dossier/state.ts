import type { MissionDossierStateJson } from "../../gen/speckitty/dossier/v1/contract.js";
import {
  type MissionDossierState_AnomalyEntryValid,
  type MissionDossierState_ArtifactEntryValid,
  type MissionDossierState_DriftRecordValid,
  type MissionDossierState_SnapshotSummaryValid,
  type MissionDossierState as MissionDossierStateMessage,
  MissionDossierStateSchema,
  type MissionDossierStateValid,
} from "../../gen/speckitty/dossier/v1/state_pb.js";
import { readBinary } from "../event/binary.js";
import { InvalidMessageError } from "../event/errors.js";
import { messageToJson } from "../event/json.js";
import { checkModel, readModel } from "../event/model.js";
import { orderedToBinary } from "../event/ordered-binary.js";
import { orderedJsonText } from "../event/ordered-json-text.js";
import { deepFreeze, FrozenMap, type Immutable } from "./immutable.js";

/**
 * What a stream of events says about one mission's dossier, frozen all the way
 * down. `artifacts` is a `ReadonlyMap` in order of first appearance, because in a
 * plain object `__proto__` is no ordinary key and `1` moves to the front.
 */
export type MissionDossierState = Immutable<MissionDossierStateValid>;
/** The latest that is known of the artifact at one path. */
export type ArtifactEntry = Immutable<MissionDossierState_ArtifactEntryValid>;
/** Something in the dossier that is not as the manifest asks for. */
export type AnomalyEntry = Immutable<MissionDossierState_AnomalyEntryValid>;
/** The dossier hashed as a whole. */
export type SnapshotSummary = Immutable<MissionDossierState_SnapshotSummaryValid>;
/** One time that two replicas of the dossier were seen to differ. */
export type DriftRecord = Immutable<MissionDossierState_DriftRecordValid>;

/** JSON in which every field stands, absent ones as `null`. */
export type EveryField<T> = T extends object
  ? { [K in keyof T]-?: EveryField<Exclude<T[K], undefined>> }
  : T;

/**
 * The wire JSON of a state: every field in the order of the contract, with
 * `null` for what is absent. Integers are numbers, or strings from 2^53 on.
 *
 * JavaScript moves keys like `1` to the front of any object; where the order of
 * the paths matters, write text with {@link stateToJsonString}.
 */
export function stateToJson(state: MissionDossierState): EveryField<MissionDossierStateJson> {
  const json = messageToJson(MissionDossierStateSchema, state, { everyField: true });
  // The writer follows the descriptor that the type was generated from.
  return json as unknown as EveryField<MissionDossierStateJson>;
}

/**
 * The text of {@link stateToJson}, with the paths in order of first appearance,
 * whatever they are.
 *
 * @param indent Spaces for each level; 0, the default, writes one line.
 */
export function stateToJsonString(state: MissionDossierState, indent = 0): string {
  const json = messageToJson(MissionDossierStateSchema, state, {
    everyField: true,
    orderedMaps: true,
  });
  return orderedJsonText(json, indent);
}

/**
 * Reads a state from its wire JSON, as `JSON.parse` gives it.
 *
 * @throws InvalidMessageError with every rule that the state breaks.
 */
export function parseState(json: unknown): MissionDossierState {
  const result = readModel(MissionDossierStateSchema, json);
  if (result.kind === "invalid") {
    throw new InvalidMessageError("state", result.violations);
  }
  return freezeState(result.message, Object.entries(result.message.artifacts));
}

/** The binary form of a state, the artifacts in order of first appearance. */
export function stateToBinary(state: MissionDossierState): Uint8Array {
  return orderedToBinary(MissionDossierStateSchema, state);
}

/**
 * Reads a state from its binary form.
 *
 * @throws InvalidBinaryError when the bytes are no state at all.
 * @throws InvalidMessageError with every rule that the state breaks.
 */
export function stateFromBinary(bytes: Uint8Array): MissionDossierState {
  const artifacts = new Map<string, MissionDossierState_ArtifactEntryValid>();
  // The only map of the state is the one of its artifacts.
  const message = readBinary("state", MissionDossierStateSchema, bytes, (entries) => {
    for (const [path, entry] of entries) {
      artifacts.set(path, entry as MissionDossierState_ArtifactEntryValid);
    }
    return Object.fromEntries(entries);
  }) as MissionDossierStateMessage;
  const result = checkModel(MissionDossierStateSchema, message);
  if (result.kind === "invalid") {
    throw new InvalidMessageError("state", result.violations);
  }
  return freezeState(result.message, artifacts);
}

/** Makes a state of a message and the artifacts in their order. Freezes both. */
export function freezeState(
  message: Omit<MissionDossierState, "artifacts">,
  artifacts: Iterable<readonly [string, ArtifactEntry]>,
): MissionDossierState {
  return deepFreeze<MissionDossierState>({ ...message, artifacts: new FrozenMap(artifacts) });
}
