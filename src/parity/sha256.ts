import { sha256 as portable } from "@noble/hashes/sha2";
import { bytesToHex } from "@noble/hashes/utils";

/**
 * The SHA-256 of bytes, as lower-case hex. It uses Node's own where available, since that is
 * many times faster, and elsewhere, as in browsers, the portable one. Bundlers
 * see no import of Node's module.
 */
export function sha256(bytes: Uint8Array): string {
  const native = globalThis.process?.getBuiltinModule?.("node:crypto");
  // Some environments have a `process` of their own, with modules that do less.
  return native?.createHash === undefined
    ? bytesToHex(portable(bytes))
    : native.createHash("sha256").update(bytes).digest("hex");
}
