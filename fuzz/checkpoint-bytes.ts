import { crc32 } from "node:zlib";
import { toBinary } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import {
  type DossierCheckpoint,
  DossierCheckpointSchema,
} from "mission-dossier/gen/speckitty/reducer/v1/checkpoint_pb.js";

// Whoever makes up a checkpoint can give it the right checksum, too.

/** A checkpoint as bytes. */
export function checkpointBytes(checkpoint: DossierCheckpoint): Uint8Array<ArrayBuffer> {
  const { checksum: _, ...content } = checkpoint;
  return withChecksum(toBinary(DossierCheckpointSchema, content));
}

/** Bytes with the checksum of all before it in the place of their last field. */
export function withRightChecksum(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return withChecksum(bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_LENGTH)));
}

const CHECKSUM_LENGTH = 5;

function withChecksum(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { number } = DossierCheckpointSchema.field.checksum;
  const field = new BinaryWriter().tag(number, WireType.Bit32).fixed32(crc32(bytes)).finish();
  return Uint8Array.from([...bytes, ...field]);
}
