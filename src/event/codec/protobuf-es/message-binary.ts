import type { DescMessage, Message } from "@bufbuild/protobuf";
import { type MakeMap, MessageReader } from "./message-reader.js";
import { MessageWriter } from "./message-writer.js";

// This folder writes and reads messages by their descriptors, on the primitives of
// @bufbuild/protobuf/wire. It stands in for `toBinary` and `fromBinary` of
// @bufbuild/protobuf 2.13, which do the following; stock-protobuf.test.ts fails
// when a later version no longer does:
//
// - maps: `fromBinary` sets the keys of a map on a plain object. It loses the key `__proto__`,
//   and moves keys like `1` to the front. `toBinary` does not write a `Map`.
// - text: its decoder strips a leading byte-order mark from every string. Its encoder writes
//   U+FFFD for a lone surrogate.
// - lengths: `fromBinary` takes a length modulo 2^32, and reads a field past the end of its
//   message.
// - wire types: it ignores a wrong wire type, and reads the field by its declared type.
//
// Other implementations do none of this, so programs would disagree about the same bytes.

/**
 * The binary form of a message. A map in it may be an object or a `Map`.
 *
 * @throws Error when a value is not of the type of its field.
 */
export function messageToBinary(desc: DescMessage, message: object): Uint8Array {
  return new MessageWriter().message(desc, message).finish();
}

export type { MakeMap } from "./message-reader.js";

/**
 * Reads the binary form of a message.
 *
 * @param makeMap Makes each map of the message; by default, a plain object.
 * @throws Error when the bytes are not such a message.
 */
export function messageFromBinary(
  desc: DescMessage,
  bytes: Uint8Array,
  makeMap: MakeMap = Object.fromEntries,
): Message {
  return new MessageReader(bytes, makeMap).read(desc);
}
