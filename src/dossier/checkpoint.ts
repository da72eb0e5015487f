import type { MessageInitShape } from "@bufbuild/protobuf";
import { WireType } from "@bufbuild/protobuf/wire";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import { VALIDATORS } from "../../gen/speckitty/dossier/v1/verdict_validators.js";
import {
  type DossierCheckpoint,
  type DossierCheckpoint_EventRows,
  type DossierCheckpoint_EventRowsSchema,
  DossierCheckpointSchema,
} from "../../gen/speckitty/reducer/v1/checkpoint_pb.js";
import { messageToJson } from "../event/codec/message-to-json.js";
import { messageFromBinary, messageToBinary } from "../event/codec/protobuf-es/message-binary.js";
import { ID_WORDS } from "../event/envelope/event-id.js";
import {
  clockIn,
  ID_AT,
  isSortKey,
  NANOSECONDS_AT,
  SORT_KEY_WORDS,
  secondsIn,
  NO_CLOCK,
  writeClock,
  writeSeconds,
} from "../event/envelope/sort-key.js";
import { requireBytes } from "../event/errors/arguments.js";
import { InvalidBinaryError } from "../event/errors/errors.js";
import type { Immutable } from "../event/json/immutable.js";
import { isJsonObject } from "../event/json/json-object.js";
import { readPayload } from "../event/model/payload.js";
import { isDossierEventType } from "../event/model/registry.js";
import { copyOfPayload, payloadText } from "../event/model/struct-copy.js";
import { crc32 } from "./checksum.js";
import { Dossier, type Rejection } from "./dossier.js";
import { NO_ROW, offset, ROW_WORDS } from "./event-rows.js";
import { FINGERPRINT_WORDS } from "./fingerprint.js";
import type { DossierFold } from "./fold.js";
import { NAMESPACE_SCOPES, type Namespace, namespaceJson, namespaceOf } from "./namespace.js";
import { requireValidState } from "./read-state.js";
import type { AnomalyEntry, ArtifactEntry, DriftRecord, SnapshotSummary } from "./state.js";

/** The layout that `checkpoint.proto` describes. */
const LAYOUT = 2;

/** Writes everything that a dossier knows. */
export function checkpointToBinary(dossier: Dossier): Uint8Array {
  const { fold, rejections } = dossier;
  const checkpoint: Immutable<MessageInitShape<typeof DossierCheckpointSchema>> = {
    layout: LAYOUT,
    namespaceScope: dossier.scope,
    events: columnsOf(dossier),
    lostRows: [...dossier.lost],
    awaitedRows: [...dossier.awaited],
    namespaces: [...fold.namespaces.values()].map(({ json, first }) => ({
      firstRow: first,
      namespace: namespaceOf(json),
    })),
    paths: [...fold.paths].map(([path, { first, latest, artifact, superseder }]) => ({
      path,
      ...(artifact === undefined ? {} : { firstRow: first, latestRow: latest, latest: artifact }),
      ...(superseder === NO_ROW ? {} : { supersederRow: superseder }),
    })),
    ...(fold.snapshot === undefined
      ? {}
      : { snapshot: { row: fold.snapshot.row, snapshot: fold.snapshot.value } }),
    anomalies: fold.anomalies.map(({ row, value }) => ({ row, anomaly: value })),
    drifts: fold.drifts.map(({ row, value }) => ({ row, drift: value })),
    rejected: [...rejections].map(([row, { eventType, payload }]) => ({
      row,
      eventType,
      payload: payloadText(payload),
    })),
    conflictingEventIds: [...dossier.conflicts.keys()],
  };
  return withChecksum(messageToBinary(DossierCheckpointSchema, checkpoint));
}

function columnsOf({ rows }: Dossier): MessageInitShape<typeof DossierCheckpoint_EventRowsSchema> {
  const lamportClocks: bigint[] = [];
  const seconds: bigint[] = [];
  const nanoseconds: number[] = [];
  const idKinds: number[] = [];
  const ids = new Uint8Array(rows.count * ID_BYTES);
  const fingerprints = new Uint8Array(rows.count * FINGERPRINT_BYTES);
  const [idView, fingerprintView] = [viewOf(ids), viewOf(fingerprints)];
  let clock = 0n;
  let second = 0;
  for (let row = 0; row < rows.count; row++) {
    const words = rows.wordsOf(row);
    const at = offset(row);
    const [ownClock, ownSecond] = [clockIn(words, at), secondsIn(words, at)];
    lamportClocks.push(BigInt.asIntN(64, ownClock - clock));
    seconds.push(BigInt(ownSecond - second));
    clock = ownClock;
    second = ownSecond;
    nanoseconds.push(words[at + NANOSECONDS_AT] ?? 0);
    idKinds.push(words[at + ID_AT] ?? 0);
    writeWords(idView, row * ID_BYTES, words, at + ID_AT + 1, ID_WORDS - 1);
    writeWords(
      fingerprintView,
      row * FINGERPRINT_BYTES,
      words,
      at + SORT_KEY_WORDS,
      FINGERPRINT_WORDS,
    );
  }
  const longFractions = Array.from(rows.allFurtherDigits, ([row, digits]) => ({ row, digits }));
  return { lamportClocks, seconds, nanoseconds, longFractions, idKinds, ids, fingerprints };
}

const ID_BYTES = (ID_WORDS - 1) * 4;
const FINGERPRINT_BYTES = FINGERPRINT_WORDS * 4;

/** Writes a part of the words of a row as bytes, upper byte first. */
function writeWords(
  view: DataView,
  place: number,
  words: Uint32Array,
  at: number,
  count: number,
): void {
  for (let word = 0; word < count; word++) {
    view.setUint32(place + word * 4, words[at + word] ?? 0);
  }
}

function readWords(view: DataView, place: number, words: Uint32Array): void {
  for (let word = 0; word < words.length; word++) {
    words[word] = view.getUint32(place + word * 4);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The bytes of a checkpoint with their checksum as the last field. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  const field = checksumField(bytes);
  const whole = new Uint8Array(bytes.length + field.length);
  whole.set(bytes);
  whole.set(field, bytes.length);
  return whole;
}

/** @throws RangeError when the last field is not the checksum of the bytes before it. */
function checkChecksum(bytes: Uint8Array): void {
  const end = Math.max(0, bytes.length - CHECKSUM_LENGTH);
  const field = checksumField(bytes.subarray(0, end));
  if (!field.every((byte, index) => byte === bytes[end + index])) {
    throw new RangeError("its checksum does not match its content");
  }
}

function checksumField(bytes: Uint8Array): Uint8Array {
  const field = new DataView(new ArrayBuffer(CHECKSUM_LENGTH));
  field.setUint8(0, (DossierCheckpointSchema.field.checksum.number << 3) | WireType.Bit32);
  field.setUint32(1, crc32(bytes), true);
  return new Uint8Array(field.buffer);
}

/** A tag of one byte, and 32 bits. */
const CHECKSUM_LENGTH = 5;

/**
 * Reads what {@link checkpointToBinary} wrote.
 *
 * @throws InvalidBinaryError when the bytes are not a checkpoint.
 * @throws InvalidArgumentError when they are not bytes at all.
 */
export function checkpointFromBinary(bytes: Uint8Array): Dossier {
  requireBytes(bytes);
  try {
    checkChecksum(bytes);
    // The message is of the type that goes with its descriptor.
    return restore(messageFromBinary(DossierCheckpointSchema, bytes) as DossierCheckpoint);
  } catch (error) {
    throw new InvalidBinaryError("checkpoint", error);
  }
}

function restore(checkpoint: DossierCheckpoint): Dossier {
  const scope = NAMESPACE_SCOPES.find((known) => known === checkpoint.namespaceScope);
  if (checkpoint.layout !== LAYOUT || scope === undefined) {
    throw new RangeError(`a checkpoint of layout ${checkpoint.layout} cannot be read`);
  }
  check(checkpoint.events !== undefined, "it has no events");
  requireValidState(valuesOf(checkpoint));
  const dossier = new Dossier(scope);
  restoreRows(dossier, checkpoint.events, new Set(checkpoint.lostRows));
  const { rows, fold, awaited, conflicts } = dossier;
  const known = (row: number): number => {
    check(row < rows.count, `row ${row} does not exist`);
    return row;
  };
  restoreFold(fold, checkpoint, known);
  for (const row of checkpoint.awaitedRows) {
    awaited.add(known(row));
  }
  for (const { row, eventType, payload } of checkpoint.rejected) {
    dossier.reject(known(row), rejectionIn(eventType, JSON.parse(payload), payload.length));
  }
  for (const eventId of checkpoint.conflictingEventIds) {
    const row = rows.findId(eventId);
    check(row !== NO_ROW && rows.eventIdOf(row) === eventId, "a conflicting id has no event");
    conflicts.set(eventId, undefined);
  }
  // An accumulator never mixes missions.
  dossier.refuseMixture();
  return dossier;
}

/**
 * Restores a fold. All values but the namespaces are known to be valid, so their literals are
 * those that the types of entries name.
 */
function restoreFold(
  fold: DossierFold,
  { namespaces, paths, snapshot, anomalies, drifts }: DossierCheckpoint,
  known: (row: number) => number,
): void {
  for (const { firstRow, namespace } of namespaces) {
    check(namespace !== undefined, "a namespace is missing");
    // It is judged as JSON, and may lack fields until then.
    const json = namespaceJson(namespace as Namespace);
    check(VALIDATORS.LocalNamespaceTuple(json), "a namespace breaks the contract");
    const register = fold.namespaceRegister(json);
    check(register.first === NO_ROW, "it has a namespace twice");
    fold.add(known(firstRow), register, undefined);
  }
  for (const { path, firstRow, latestRow, latest, supersederRow } of paths) {
    check(!fold.paths.has(path), "it has a path twice");
    const isIndexed = latest !== undefined && latest.identity?.path === path;
    check(isIndexed || latest === undefined, "an artifact has another path");
    check((firstRow !== undefined) === isIndexed, "the first event of a path is missing");
    check((latestRow !== undefined) === isIndexed, "the latest event of a path is missing");
    fold.paths.set(path, {
      first: known(firstRow ?? NO_ROW),
      latest: known(latestRow ?? NO_ROW),
      artifact: latest as ArtifactEntry | undefined,
      superseder: known(supersederRow ?? NO_ROW),
    });
  }
  if (snapshot !== undefined) {
    check(snapshot.snapshot !== undefined, "a snapshot is missing");
    fold.snapshot = { row: known(snapshot.row), value: snapshot.snapshot as SnapshotSummary };
  }
  fold.anomalies = anomalies.map(({ row, anomaly }) => ({
    row: known(row),
    value: anomaly as AnomalyEntry,
  }));
  fold.drifts = drifts.map(({ row, drift }) => ({ row: known(row), value: drift as DriftRecord }));
}

/** The wire JSON of a state that shows all values of a checkpoint. */
function valuesOf({ paths, anomalies, snapshot, drifts }: DossierCheckpoint): unknown {
  const state: MessageInitShape<typeof MissionDossierStateSchema> = {
    anomalies: anomalies.map(({ anomaly = {} }) => anomaly),
    driftHistory: drifts.map(({ drift = {} }) => drift),
    parityStatus: "unknown",
    eventCount: 0,
    ...(snapshot?.snapshot && { latestSnapshot: snapshot.snapshot }),
  };
  const artifacts = new Map(paths.flatMap(({ path, latest }) => (latest ? [[path, latest]] : [])));
  return messageToJson(MissionDossierStateSchema, { ...state, artifacts }, { everyField: true });
}

function restoreRows(
  dossier: Dossier,
  columns: DossierCheckpoint_EventRows,
  lost: ReadonlySet<number>,
): void {
  const { lamportClocks, seconds, nanoseconds, idKinds, ids, fingerprints } = columns;
  const count = lamportClocks.length;
  const isComplete =
    seconds.length === count &&
    nanoseconds.length === count &&
    idKinds.length === count &&
    ids.length === count * ID_BYTES &&
    fingerprints.length === count * FINGERPRINT_BYTES;
  check(isComplete, "its columns have different lengths");
  const digits = new Map(columns.longFractions.map((long) => [long.row, long.digits]));
  for (const text of digits.values()) {
    check(/^[0-9]*[1-9]$/.test(text), "a long fraction has invalid digits");
  }
  const words = new Uint32Array(ROW_WORDS);
  const idWords = words.subarray(ID_AT + 1, SORT_KEY_WORDS);
  const fingerprintWords = words.subarray(SORT_KEY_WORDS);
  const [idView, fingerprintView] = [viewOf(ids), viewOf(fingerprints)];
  let clock = 0n;
  let second = 0n;
  for (let row = 0; row < count; row++) {
    clock = BigInt.asIntN(64, clock + (lamportClocks[row] ?? 0n));
    second += seconds[row] ?? 0n;
    check(clock >= NO_CLOCK, `row ${row} has an invalid Lamport clock`);
    writeClock(words, 0, clock);
    writeSeconds(words, 0, Number(second));
    words[NANOSECONDS_AT] = nanoseconds[row] ?? 0;
    words[ID_AT] = idKinds[row] ?? 0;
    readWords(idView, row * ID_BYTES, idWords);
    readWords(fingerprintView, row * FINGERPRINT_BYTES, fingerprintWords);
    check(isSortKey(words, 0), `row ${row} has an invalid sort key`);
    dossier.restoreRow(words, digits.get(row) ?? "", lost.has(row));
  }
}

function rejectionIn(eventType: string, json: unknown, size: number): Rejection {
  if (!isDossierEventType(eventType) || !isJsonObject(json)) {
    throw new RangeError("a rejected payload belongs to no dossier event");
  }
  // A forged checkpoint may nest a payload too deep.
  const payload = copyOfPayload(json);
  const result = readPayload(eventType, payload);
  if (result.kind === "valid") {
    // The event now belongs in the state, which takes a replay of the log.
    throw new RangeError("the contract accepts a payload that it rejected before");
  }
  const { violations, knownDefect } = result;
  return { eventType, payload, violations, knownDefect, position: undefined, size };
}

/** @throws RangeError when a condition does not hold. */
function check(holds: boolean, problem: string): asserts holds {
  if (!holds) {
    throw new RangeError(problem);
  }
}
