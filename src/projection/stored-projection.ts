import { toBinary } from "@bufbuild/protobuf";
import { FileDescriptorProtoSchema } from "@bufbuild/protobuf/wkt";
import { sha256 } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";
import { PAYLOAD_SCHEMAS } from "../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { checkpointFromBinary } from "../dossier/checkpoint.js";
import { crc32 } from "../dossier/checksum.js";
import type { MissionDossierState } from "../dossier/state.js";
import { requireBytes } from "../event/errors/arguments.js";
import { InvalidBinaryError } from "../event/errors/errors.js";
import { isJsonObject } from "../event/json/json-object.js";

/** The fold of one mission's log up to a sequence. */
export type ProjectedMission = {
  /** The key of the mission. */
  readonly mission: string;
  /** The sequence of the last record in it. */
  readonly seq: number;
  /** The accumulator after that record: `DossierAccumulator.fromBinary(checkpoint)`. */
  readonly checkpoint: Uint8Array;
};

/**
 * Writes a projection: a line of JSON, which any language can read, then the checkpoint, then
 * the CRC-32 of both in four bytes, high byte first.
 */
export function projectedMissionToBinary(projected: ProjectedMission): Uint8Array {
  const { mission, seq, checkpoint } = projected;
  const header = { format: FORMAT, contract: contractFingerprint(), mission, seq };
  const line = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  const whole = new Uint8Array(line.length + checkpoint.length + CHECKSUM_LENGTH);
  whole.set(line);
  whole.set(checkpoint, line.length);
  const end = whole.length - CHECKSUM_LENGTH;
  new DataView(whole.buffer).setUint32(end, crc32(whole.subarray(0, end)));
  return whole;
}

/**
 * Reads a projection from the bytes that a `StateStore` holds.
 *
 * @throws InvalidBinaryError when the bytes are damaged, or were written under another contract.
 */
export function readProjectedMission(bytes: Uint8Array): ProjectedMission {
  const { contract, ...projected } = readOfAnyContract(bytes);
  checkContract(contract);
  return projected;
}

/** Reads a projection to compare it with another one, even if its contract is another. */
export function readOfAnyContract(
  bytes: Uint8Array,
): ProjectedMission & { readonly contract: unknown } {
  requireBytes(bytes);
  try {
    return read(bytes);
  } catch (error) {
    throw new InvalidBinaryError("projection", error);
  }
}

/** @throws InvalidBinaryError when states of a contract cannot be continued under this one. */
export function checkContract(contract: unknown): void {
  if (contract !== contractFingerprint()) {
    const problem = "it was written under another contract, so it must be rebuilt";
    throw new InvalidBinaryError("projection", problem);
  }
}

/**
 * The state in a projection.
 *
 * @throws InvalidBinaryError when its checkpoint is damaged.
 * @throws ReplayRequiredError when its checkpoint is stale, which a stored projection never is.
 */
export function projectedState({ checkpoint }: ProjectedMission): MissionDossierState {
  return checkpointFromBinary(checkpoint).state();
}

function read(bytes: Uint8Array): ReturnType<typeof readOfAnyContract> {
  const end = bytes.length - CHECKSUM_LENGTH;
  const newline = bytes.indexOf(0x0a);
  if (newline === -1 || newline >= end) {
    throw new RangeError("it is cut off");
  }
  const checksum = new DataView(bytes.buffer, bytes.byteOffset + end).getUint32(0);
  if (checksum !== crc32(bytes.subarray(0, end))) {
    throw new RangeError("its checksum does not match its content");
  }
  const header: unknown = JSON.parse(new TextDecoder().decode(bytes.subarray(0, newline)));
  if (!isJsonObject(header) || header["format"] !== FORMAT) {
    throw new RangeError("its format is unknown");
  }
  const { contract, mission, seq } = header;
  if (typeof mission !== "string" || typeof seq !== "number" || !Number.isSafeInteger(seq)) {
    throw new RangeError("its mission or its sequence is missing");
  }
  return { contract, mission, seq, checkpoint: bytes.slice(newline + 1, end) };
}

const FORMAT = "mission-dossier projection 1";
const CHECKSUM_LENGTH = 4;

/**
 * Differs between two contracts that may judge or fold an event differently: a hash of the
 * messages and their rules.
 */
export function contractFingerprint(): string {
  if (fingerprint === undefined) {
    const schemas = [EventSchema, LocalNamespaceTupleSchema, ...Object.values(PAYLOAD_SCHEMAS)];
    const hash = sha256.create();
    for (const { proto } of new Set(schemas.map(({ file }) => file))) {
      hash.update(toBinary(FileDescriptorProtoSchema, proto));
    }
    fingerprint = bytesToHex(hash.digest().subarray(0, 8));
  }
  return fingerprint;
}

let fingerprint: string | undefined;
