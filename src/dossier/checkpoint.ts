import { create, toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  DOSSIER_EVENT_TYPES,
  type LocalNamespaceTupleJson,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { VALIDATORS as DOSSIER_VALIDATORS } from "../../gen/speckitty/dossier/v1/verdict_validators.js";
import {
  type DossierCheckpoint,
  DossierCheckpointSchema,
} from "../../gen/speckitty/reducer/v1/checkpoint_pb.js";
import {
  type ContributionJson,
  NAMESPACE_SCOPES,
} from "../../gen/speckitty/reducer/v1/contract.js";
import { VALIDATORS as REDUCER_VALIDATORS } from "../../gen/speckitty/reducer/v1/verdict_validators.js";
import { messageToJson } from "../event/codec/message-to-json.js";
import { messageFromBinary as orderedFromBinary } from "../event/codec/protobuf-es/message-binary.js";
import { isSortKey } from "../event/envelope/order.js";
import { InvalidBinaryError } from "../event/errors/errors.js";
import { isJsonObject } from "../event/json/json-object.js";
import { readPayload } from "../event/model/payload.js";
import { isDossierEventType } from "../event/model/registry.js";
import { structProblem } from "../event/model/struct-limits.js";
import { findingsToMessages, restoreFindings } from "./checkpoint-findings.js";
import { crc32 } from "./checksum.js";
import { contentIn, NOTHING_PACKED, RECORD_WORDS } from "./event-records.js";
import type { Inspector } from "./inspector.js";
import { Ledger } from "./ledger.js";
import { entryOf, type LedgerEntry } from "./ledger-entry.js";
import { namespaceOf } from "./namespace.js";
import type { PackedMessages } from "./packed.js";

/** The layout of the records and of what is packed, as `checkpoint.proto` describes it. */
const LAYOUT = 1;

/** Writes what a ledger and an inspector know. */
export function checkpointToBinary(ledger: Ledger, inspector: Inspector): Uint8Array {
  const { chunks, vocabularies } = ledger.packed.content;
  return withChecksum(
    toBinary(
      DossierCheckpointSchema,
      create(DossierCheckpointSchema, {
        layout: LAYOUT,
        namespaceScope: ledger.scope,
        eventTypes: [...DOSSIER_EVENT_TYPES],
        namespaces: ledger.namespaces.all.map((json) => ({ ...namespaceOf(json) })),
        records: ledger.records.toBytes(),
        packed: [...chunks],
        vocabularies: vocabularies.map((strings) => ({ strings: [...strings] })),
        rejected: Array.from(ledger.rejections, ([record, { payload }]) => ({
          record,
          payload: JSON.stringify(payload),
        })),
        longFractions: ledger.records.allFurtherDigits.map(([record, digits]) => ({
          record,
          digits,
        })),
        conflictingEventIds: [...ledger.conflicts.keys()],
        ...findingsToMessages(inspector),
        eventCount: ledger.size,
      }),
    ),
  );
}

/** The bytes of a checkpoint, and its last field. */
function withChecksum(bytes: Uint8Array): Uint8Array {
  const field = checksumField(bytes);
  const whole = new Uint8Array(bytes.length + field.length);
  whole.set(bytes);
  whole.set(field, bytes.length);
  return whole;
}

/** @throws RangeError when the last field is not what it should be. */
function checkChecksum(bytes: Uint8Array): void {
  const end = Math.max(0, bytes.length - CHECKSUM_LENGTH);
  const field = checksumField(bytes.subarray(0, end));
  if (!field.every((byte, index) => byte === bytes[end + index])) {
    throw new RangeError("its checksum is not that of its content");
  }
}

function checksumField(bytes: Uint8Array): Uint8Array {
  const { number } = DossierCheckpointSchema.field.checksum;
  return new BinaryWriter().tag(number, WireType.Bit32).fixed32(crc32(bytes)).finish();
}

/** A tag of one byte, and 32 bits. */
const CHECKSUM_LENGTH = 5;

/**
 * Makes a ledger from what {@link checkpointToBinary} wrote.
 *
 * @param inspector Is given what was found.
 * @throws InvalidBinaryError when the bytes are nothing of the kind.
 */
export function checkpointFromBinary(bytes: Uint8Array, inspector: Inspector): Ledger {
  try {
    checkChecksum(bytes);
    // The message is of the type that goes with its descriptor.
    const checkpoint = orderedFromBinary(DossierCheckpointSchema, bytes) as DossierCheckpoint;
    restoreFindings(checkpoint, inspector);
    return restore(checkpoint);
  } catch (error) {
    throw new InvalidBinaryError("checkpoint", error);
  }
}

/** Every event is put in anew, so that no bytes can make a ledger that is not one. */
function restore(checkpoint: DossierCheckpoint): Ledger {
  const scope = NAMESPACE_SCOPES.find((known) => known === checkpoint.namespaceScope);
  if (checkpoint.layout !== LAYOUT || scope === undefined) {
    throw new RangeError(`a checkpoint of layout ${checkpoint.layout} cannot be read`);
  }
  const ledger = new Ledger(scope);
  const words = wordsOf(checkpoint.records);
  if (checkpoint.eventCount !== words.length / RECORD_WORDS) {
    throw new RangeError("it does not go on to its end");
  }
  const readEntry = entryReader(checkpoint, ledger.packed);
  const furtherDigits = new Map(
    checkpoint.longFractions.map(({ record, digits }) => [record, digits]),
  );
  for (let record = 0; record < words.length / RECORD_WORDS; record++) {
    const at = record * RECORD_WORDS;
    const further = furtherDigits.get(record) ?? "";
    if (!isSortKey(words, at, further)) {
      throw new RangeError(`record ${record} has no sort key`);
    }
    ledger.records.stageKey(words, at, further);
    ledger.settle(readEntry(record, words, at), undefined, true);
  }
  for (const eventId of checkpoint.conflictingEventIds) {
    ledger.noteConflict(eventId, undefined);
  }
  ledger.rejectMixed();
  return ledger;
}

function wordsOf(bytes: Uint8Array): Uint32Array {
  if (bytes.length % (RECORD_WORDS * 4) !== 0) {
    throw new RangeError("the last record is not complete");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, word) =>
    view.getUint32(word * 4, true),
  );
}

type EntryReader = (record: number, words: Uint32Array, at: number) => LedgerEntry;

function entryReader(checkpoint: DossierCheckpoint, target: PackedMessages): EntryReader {
  const namespaces = checkpoint.namespaces.map(readNamespaceMessage);
  const rejected = new Map(checkpoint.rejected.map(({ record, payload }) => [record, payload]));
  const contributions = target.readerOf({
    chunks: checkpoint.packed,
    vocabularies: checkpoint.vocabularies.map(({ strings }) => strings),
  });
  return (record, words, at) => {
    const { type, namespace, packed } = contentIn(words, at);
    const eventType = checkpoint.eventTypes[type];
    if (!isDossierEventType(eventType)) {
      throw new RangeError(`record ${record} is of no known event type`);
    }
    const payload = rejected.get(record);
    if (payload !== undefined) {
      return rejectedEntry(eventType, JSON.parse(payload));
    }
    const found = namespaces[namespace - 1];
    if (found === undefined) {
      throw new RangeError(`record ${record} has no namespace`);
    }
    const contribution = packed === NOTHING_PACKED ? undefined : contributions.read(packed);
    if (contribution !== undefined && !REDUCER_VALIDATORS.Contribution(contribution)) {
      throw new RangeError(`record ${record} says what the contract rejects`);
    }
    // It has just been judged.
    return {
      eventType,
      namespace: found,
      contribution: contribution as ContributionJson | undefined,
      rejection: undefined,
    };
  };
}

function rejectedEntry(eventType: LedgerEntry["eventType"], payload: unknown): LedgerEntry {
  if (!isJsonObject(payload) || structProblem(payload) !== undefined) {
    throw new RangeError("a rejected payload is none that an event can have");
  }
  const result = readPayload(eventType, payload);
  // The contract may have come to accept it since.
  const violations = result.kind === "invalid" ? result.violations : undefined;
  return entryOf(eventType, payload, violations, undefined);
}

function readNamespaceMessage(
  message: DossierCheckpoint["namespaces"][number],
): LocalNamespaceTupleJson {
  const json = messageToJson(LocalNamespaceTupleSchema, message);
  if (!DOSSIER_VALIDATORS.LocalNamespaceTuple(json)) {
    throw new RangeError("a namespace is none that the contract accepts");
  }
  return json as unknown as LocalNamespaceTupleJson;
}
