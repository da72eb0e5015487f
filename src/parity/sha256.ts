import { sha256 as portable } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";

/**
 * The SHA-256 of bytes, as lower-case hex. Where Node's own is at hand it is used, since
 * it is many times faster; everywhere else, browsers included, the portable one. Bundlers
 * see no import of Node's module.
 */
export function sha256(bytes: Uint8Array): string {
  const native = globalThis.process?.getBuiltinModule?.("node:crypto");
  // Some environments have a `process` of their own, with modules that do less.
  return native?.createHash === undefined
    ? bytesToHex(portable(bytes))
    : native.createHash("sha256").update(bytes).digest("hex");
}
