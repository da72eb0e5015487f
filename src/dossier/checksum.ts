/**
 * The CRC-32 of bytes, as in gzip and zlib. Uses Node's if available, which is many times faster;
 * bundlers see no import of its module.
 */
export function crc32(bytes: Uint8Array): number {
  const native = globalThis.process?.getBuiltinModule?.("node:zlib")?.crc32;
  return native === undefined ? portableCrc32(bytes) : native(bytes);
}

/** The same, without Node. */
export function portableCrc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let index = 0; index < bytes.length; index++) {
    crc = (TABLE[(crc ^ (bytes[index] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** The remainder of each byte by the IEEE 802.3 polynomial, low bit first. */
const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) {
    remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb8_8320 : 0);
  }
  return remainder;
});
