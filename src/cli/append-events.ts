import { type BigIntStats, statSync } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { reasonOf } from "../event/errors/mission-dossier-error.js";
import { appendLines } from "../files/append-file.js";
import { FileLockedError, withFileLock } from "../files/file-lock.js";
import { withFile } from "../files/with-file.js";
import { UnwritableFileError } from "../files/write-file.js";
import { type FileId, fileId } from "../indexing/hash-file.js";
import { GZIP_MAGIC, isJsonArray, startsWith } from "../stream/bytes.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import { printable } from "./terminal-text.js";

/** A file at one moment. Any change to its content gives another state. */
export type FileState = { readonly id: FileId; readonly version: string };

/**
 * The state of a file, `undefined` if there is none.
 *
 * @throws CommandError when the path cannot be followed.
 */
export function fileState(file: string): FileState | undefined {
  try {
    const stats = statSync(file, { bigint: true, throwIfNoEntry: false });
    return stats && stateOf(stats);
  } catch (error) {
    throw isSystemError(error)
      ? new CommandError(
          `cannot read ${printable(file)}: ${systemErrorText(error)}`,
          EXIT_CODES.misuse.code,
        )
      : error;
  }
}

/**
 * Appends events to a log of JSON Lines, gzipped or not, in one write: another program that
 * appends to the same file comes before or after all of them. If the disk is full, the log stays
 * as it was, unless another program has appended in the meantime. A power failure can leave
 * a part of the events, whose last line is not JSON.
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
    if (error instanceof UnwritableFileError) {
      const { cause, bytesLeft } = error;
      throw refusal(
        log,
        isSystemError(cause) ? systemErrorText(cause) : reasonOf(cause),
        bytesLeft,
      );
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
  await withFile(log, "a+", async (file) => {
    const stats = await file.stat({ bigint: true });
    const isAsRead = before === undefined ? stats.size === 0n : isSame(stateOf(stats), before);
    if (!isAsRead) {
      throw refusal(log, "it has changed since it was read");
    }
    await append(file, stats, text, log);
  });
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
  const { buffer, bytesRead } = await file.read(Buffer.alloc(1024), 0, 1024, 0);
  const beginning = buffer.subarray(0, bytesRead);
  if (isJsonArray(beginning)) {
    throw refusal(log, "it is a JSON array, not JSON Lines");
  }
  const isGzipped = startsWith(beginning, GZIP_MAGIC);
  // The last gzipped line may lack a line feed, and an empty line does no harm.
  await appendLines(log, isGzipped ? gzipSync(`\n${text}`) : Buffer.from(text), isGzipped);
}

function stateOf(stats: BigIntStats): FileState {
  return { id: fileId(stats), version: `${stats.size} ${stats.mtimeNs} ${stats.ctimeNs}` };
}

function isSame(a: FileState, b: FileState): boolean {
  return a.id === b.id && a.version === b.version;
}

function refusal(log: string, reason: string, bytesLeft = 0): CommandError {
  const outcome =
    bytesLeft === 0
      ? "nothing was written"
      : `${bytesLeft} bytes were written before what another program appended: remove them`;
  return new CommandError(
    `cannot append to ${printable(log)}: ${reason}; ${outcome}`,
    EXIT_CODES.misuse.code,
  );
}
