import type {
  ArtifactIdentityJson,
  MissionDossierState_AnomalyEntryValue,
  MissionDossierState_ArtifactEntryValue,
  MissionDossierState_DriftRecordValue,
  MissionDossierState_SnapshotSummaryValue,
  MissionDossierStateJson,
  MissionDossierStateValue,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { ArtifactIdentitySchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import type { MissionDossierStateJson as LaterMissionDossierStateJson } from "../../gen/speckitty/dossier/v3/contract.js";
import { RENAMINGS } from "../../gen/speckitty/dossier/v3/renaming.js";
import { writeBinary } from "../event/codec/binary.js";
import { messageToJson } from "../event/codec/message-to-json.js";
import { orderedJsonText } from "../event/codec/ordered-json-text.js";
import { requireInteger, requireMessage } from "../event/errors/arguments.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import type { Generation, JsonIn, WriteOptions } from "../event/generation/generation.js";
import { jsonIn } from "../event/generation/rename.js";
import { deepFreeze, FrozenMap, type Immutable } from "../event/json/immutable.js";
import { withToJson } from "../event/json/to-json.js";

/**
 * The state of one mission's dossier according to its events, frozen all the way down.
 * `JSON.stringify` writes its wire JSON. `artifacts` is a `ReadonlyMap` in order of first
 * appearance, because in a plain object `__proto__` is a special key and `1` moves to the
 * front.
 */
export type MissionDossierState = Immutable<MissionDossierStateValue>;
/** The latest known artifact at one path. */
export type ArtifactEntry = Immutable<MissionDossierState_ArtifactEntryValue>;
/** A deviation of the dossier from its manifest. */
export type AnomalyEntry = Immutable<MissionDossierState_AnomalyEntryValue>;
/** A hash of the whole dossier. */
export type SnapshotSummary = Immutable<MissionDossierState_SnapshotSummaryValue>;
/** An observed difference between two replicas of the dossier. */
export type DriftRecord = Immutable<MissionDossierState_DriftRecordValue>;

/** Whether an artifact is present: in the state and not superseded (CONTRACT, section 11). */
export function isPresent(entry: ArtifactEntry | undefined): entry is ArtifactEntry {
  return entry !== undefined && !entry.superseded;
}

/** The wire JSON of an artifact's identity. */
export function identityToJson(identity: ArtifactEntry["identity"]): ArtifactIdentityJson {
  // The writer follows the descriptor that the type was generated from.
  return messageToJson(ArtifactIdentitySchema, identity) as ArtifactIdentityJson;
}

/** JSON with every field, absent ones as `null`. */
export type EveryField<T> = T extends object
  ? { [K in keyof T]-?: EveryField<Exclude<T[K], undefined>> }
  : T;

/**
 * The wire JSON of a state: every field in the order of the contract, with
 * `null` for what is absent. Integers are numbers, or strings from 2^53 on.
 *
 * JavaScript moves keys like `1` to the front of any object; where the order of
 * the paths matters, write text with {@link stateToJsonString}.
 *
 * @throws InvalidArgumentError when it is not a state, or there is no such generation.
 */
export function stateToJson<G extends Generation = "2.4.0">(
  state: MissionDossierState,
  options?: WriteOptions<G>,
): StateJsonIn<G> {
  requireState("state", state);
  const json = messageToJson(MissionDossierStateSchema, state, { everyField: true });
  // The writer follows the descriptor that the types were generated from.
  return jsonIn(RENAMING, json, options) as unknown as StateJsonIn<G>;
}

/** The wire JSON of a state in a generation of the contract. */
export type StateJsonIn<G extends Generation> = EveryField<
  JsonIn<G, MissionDossierStateJson, LaterMissionDossierStateJson>
>;

const RENAMING = RENAMINGS[MissionDossierStateSchema.typeName];

/**
 * The text of {@link stateToJson}, with all paths in order of first appearance.
 *
 * @param indent Spaces for each level; 0, the default, writes one line.
 * @throws TooLargeError when the text is too long for a string.
 * @throws InvalidArgumentError when `indent` is not an integer of at least 0, it is not a state, or
 * there is no such generation.
 */
export function stateToJsonString(
  state: MissionDossierState,
  indent = 0,
  options?: WriteOptions<Generation>,
): string {
  requireState("state", state);
  requireInteger("indent", indent, 0);
  const json = messageToJson(MissionDossierStateSchema, state, {
    everyField: true,
    orderedMaps: true,
  });
  return orderedJsonText(jsonIn(RENAMING, json, options), indent);
}

/**
 * The binary form of a state, the artifacts in order of first appearance.
 *
 * @throws InvalidMessageError when a value is not of the type of its field.
 * @throws InvalidArgumentError when it is not a state.
 */
export function stateToBinary(state: MissionDossierState): Uint8Array {
  requireState("state", state);
  return writeBinary("state", MissionDossierStateSchema, state);
}

/**
 * Makes a state of a message and the artifacts in their order. Freezes both, and makes
 * `JSON.stringify` write the wire JSON.
 */
export function freezeState(
  message: Omit<MissionDossierState, "artifacts">,
  artifacts: Iterable<readonly [string, ArtifactEntry]>,
): MissionDossierState {
  const state = { ...message, artifacts: new FrozenMap(artifacts) };
  return deepFreeze<MissionDossierState>(withToJson(state, stateToJson));
}

/**
 * Checks that a value is a state. A structured clone is not: it has lost its artifacts.
 *
 * @throws InvalidArgumentError when it is not.
 */
export function requireState(name: string, given: MissionDossierState): void {
  requireMessage(name, given, MissionDossierStateSchema);
  const { artifacts }: { readonly artifacts: unknown } = given;
  if (typeof Object(artifacts)[Symbol.iterator] !== "function") {
    throw new InvalidArgumentError(`${name}.artifacts`, "a map, as in a state", artifacts);
  }
}
