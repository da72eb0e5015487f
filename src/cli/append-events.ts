import { type BigIntStats, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { FileLockedError, withFileLock } from "../files/file-lock.js";
import { type FileId, fileId } from "../indexing/hash-file.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import { printable } from "./terminal-text.js";

/** A file at one moment, which any change of its content changes. */
export type FileState = { readonly id: FileId; readonly version: string };

/** The state of a file, `undefined` if there is none. */
export function fileState(file: string): FileState | undefined {
  const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats && stateOf(stats);
}

/**
 * Appends events to a log of JSON Lines, gzipped or not, in one write: another program that
 * appends to the same file comes before or after all of them. If the disk is full, the log is
 * what it was, unless another program has appended in the meantime. A power failure can leave
 * a part of the events, of which the last line is no JSON.
 *
 * Two commands that append to one log take turns. A program that does not ask for the lock may
 * append between the look at the log and the write.
 *
 * @param before The state of the log when it was read, `undefined` if there was none.
 * @throws CommandError when the log has changed since, or cannot be written.
 */
export async function appendEvents(
  log: string,
  before: FileState | undefined,
  events: readonly object[],
): Promise<void> {
  if (events.length === 0) {
    return;
  }
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join("");
  try {
    await withFileLock(log, () => appendIfAsRead(log, before, text), { patience: PATIENCE });
  } catch (error) {
    if (error instanceof FileLockedError) {
      const { holder, lockFile } = error;
      const who = `process ${holder.pid} on ${holder.host}`;
      throw refusal(log, `${who} is writing to it, as ${printable(lockFile)} says`);
    }
    throw isSystemError(error) ? refusal(log, systemErrorText(error)) : error;
  }
}

/** Milliseconds to wait for another command, which writes for a moment only. */
const PATIENCE = 5000;

async function appendIfAsRead(
  log: string,
  before: FileState | undefined,
  text: string,
): Promise<void> {
  const file = await open(log, "a+");
  try {
    const stats = await file.stat({ bigint: true });
    const isAsRead = before === undefined ? stats.size === 0n : isSame(stateOf(stats), before);
    if (!isAsRead) {
      throw refusal(log, "it has changed since it was read");
    }
    await append(file, stats, text, log);
  } finally {
    await file.close();
  }
}

async function append(
  file: FileHandle,
  stats: BigIntStats,
  text: string,
  log: string,
): Promise<void> {
  if (!stats.isFile()) {
    throw refusal(log, "it is not a regular file");
  }
  const size = Number(stats.size);
  const [first = 0, second = 0] = await bytesAt(file, 0, 2);
  const [last = LINE_FEED] = await bytesAt(file, Math.max(0, size - 1), 1);
  if (await isArray(file)) {
    throw refusal(log, "it is a JSON array, not JSON Lines");
  }
  const isGzipped = first === 0x1f && second === 0x8b;
  const bytes = isGzipped
    ? // The last line may have no end, and an empty line is nothing.
      gzipSync(`\n${text}`)
    : Buffer.from(last === LINE_FEED ? text : `\n${text}`);
  // A write that fails has written nothing.
  const { bytesWritten } = await file.write(bytes);
  try {
    if (bytesWritten < bytes.length) {
      throw refusal(log, "the disk took only a part of them");
    }
    await file.sync();
  } catch (error) {
    // What another program has appended since must stay.
    if ((await file.stat()).size === size + bytesWritten) {
      await file.truncate(size);
      throw error;
    }
    throw new CommandError(
      `${printable(log)} has the first ${bytesWritten} of ${bytes.length} new bytes, followed by what another program appended: remove them by hand`,
      EXIT_CODES.misuse.code,
    );
  }
}

const LINE_FEED = 0x0a;

async function isArray(file: FileHandle): Promise<boolean> {
  const beginning = Buffer.from(await bytesAt(file, 0, 1024)).toString();
  return beginning
    .replace(/^\ufeff/, "")
    .trimStart()
    .startsWith("[");
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function stateOf(stats: BigIntStats): FileState {
  return { id: fileId(stats), version: `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}` };
}

function isSame(a: FileState, b: FileState): boolean {
  return a.id === b.id && a.version === b.version;
}

function refusal(log: string, reason: string): CommandError {
  return new CommandError(
    `cannot append to ${printable(log)}: ${reason}; nothing was written`,
    EXIT_CODES.misuse.code,
  );
}
