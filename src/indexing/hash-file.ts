import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, lstat, open } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { ContentHashRefJson } from "../../gen/speckitty/dossier/v1/contract.js";

/** A hash algorithm of the contract. Node has all of them. */
export type Algorithm = ContentHashRefJson["algorithm"];

/** The outcome of hashing a file. */
export type HashedFile =
  | {
      readonly kind: "hashed";
      /** Lower-case hex. */
      readonly hash: string;
      readonly algorithm: Algorithm;
      /** In bytes. */
      readonly size: bigint;
      readonly id: FileId;
    }
  /** Nothing is at that path, or something that is not a file: a folder, a link, a pipe. */
  | { readonly kind: "absent" }
  /** It changed while it was read, twice. */
  | { readonly kind: "changing" }
  | { readonly kind: "unreadable"; readonly error: NodeJS.ErrnoException };

/** Text that identifies a file on this machine, whatever its path. */
export type FileId = string;

/** How a file is hashed. */
export type HashOptions = {
  readonly algorithm: Algorithm;
  /** Is given the number of bytes of each piece that has been read. */
  readonly onRead?: (bytes: number) => void;
  /** Stops the reading when it is aborted. */
  readonly signal?: AbortSignal;
};

/**
 * Hashes the content of a file in pieces. A hash is given only if the file was the same
 * before and after it was read; a file that changes meanwhile is read a second time.
 *
 * @param path Where the file is. A link there is not followed.
 * @throws The reason of the signal when it is aborted.
 */
export async function hashFile(path: string, options: HashOptions): Promise<HashedFile> {
  try {
    const first = await hashOnce(path, options);
    if (first.kind !== "changing") {
      return first;
    }
    await setTimeout(2 * CLOCK_TICK);
    return await hashOnce(path, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof Error)) {
      throw error;
    }
    const { code = "" }: NodeJS.ErrnoException = error;
    return NOTHING_THERE.includes(code) ? { kind: "absent" } : { kind: "unreadable", error };
  }
}

/** The identity of a file that is open. */
export function fileId({ dev, ino }: { readonly dev: bigint; readonly ino: bigint }): FileId {
  return `${dev}:${ino}`;
}

/**
 * Milliseconds in which a file may change twice without a new time: the clocks of file systems
 * are as coarse as the timer of the system.
 */
const CLOCK_TICK = 20;

/** The codes for a path with nothing at it, a link, a socket, or a name that cannot exist. */
const NOTHING_THERE = ["ENOENT", "ENOTDIR", "ELOOP", "EMLINK", "ENXIO", "ERR_INVALID_ARG_VALUE"];

/** Follows no link, and does not wait for a pipe. Windows has neither flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

async function hashOnce(path: string, options: HashOptions): Promise<HashedFile> {
  const file = await open(path, FLAGS);
  try {
    const before = await file.stat({ bigint: true });
    if (!before.isFile()) {
      return { kind: "absent" };
    }
    if (Math.abs(Date.now() - Number(before.mtimeMs)) <= CLOCK_TICK) {
      return { kind: "changing" };
    }
    const { hash, size } = await hashContent(file, before.size, options);
    // If the path still leads to this file, these facts about the path are facts about the file.
    const after = await lstat(path, { bigint: true });
    const isSame =
      size === before.size &&
      size === after.size &&
      before.dev === after.dev &&
      before.ino === after.ino &&
      before.mtimeNs === after.mtimeNs &&
      before.ctimeNs === after.ctimeNs;
    return isSame
      ? { kind: "hashed", hash, algorithm: options.algorithm, size, id: fileId(before) }
      : { kind: "changing" };
  } finally {
    await file.close();
  }
}

/**
 * Hashes one piece while the next one is read.
 *
 * @param expected How many bytes there should be. One more is read if there is one.
 */
async function hashContent(
  file: FileHandle,
  expected: bigint,
  { algorithm, onRead, signal }: HashOptions,
): Promise<{ readonly hash: string; readonly size: bigint }> {
  const hash = createHash(algorithm);
  const length = Number(expected < PIECE ? expected + 1n : PIECE);
  let [current, next] = [Buffer.allocUnsafe(length), Buffer.alloc(0)];
  let { bytesRead } = await file.read(current, 0, length);
  let size = 0n;
  while (bytesRead > 0) {
    size += BigInt(bytesRead);
    const isLast = size >= expected;
    next = isLast || next.length > 0 ? next : Buffer.allocUnsafe(length);
    const reading = isLast ? { bytesRead: 0 } : file.read(next, 0, length);
    hash.update(current.subarray(0, bytesRead));
    onRead?.(bytesRead);
    [current, next] = [next, current];
    ({ bytesRead } = await reading);
    signal?.throwIfAborted();
  }
  return { hash: hash.digest("hex"), size };
}

/** How many bytes are read at once. */
const PIECE = 2n ** 18n;
