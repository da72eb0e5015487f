import { createReadStream } from "node:fs";
import { endOfBlanks, LINE_FEED, PendingBytes } from "../stream/bytes.js";
import { CHUNK_SIZE } from "../stream/file.js";
import { DEFAULT_MAX_LENGTH } from "../stream/json-records.js";
import { chunksOf } from "../stream/source.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { STANDARD_INPUT } from "./read-records.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import type { Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";

/** A line of a file as it is, without its line feed. */
export type FileLine = {
  /** Undefined if it is longer than 16 MiB. */
  readonly bytes: Uint8Array | undefined;
  /** The name of the file, for people. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
};

/**
 * Reads the lines of files, or of standard input if none are named, until Ctrl-C. Blank lines are
 * left out.
 *
 * @throws CommandError when a file cannot be read.
 */
export async function* linesOfFiles(
  files: readonly string[],
  terminal: Terminal,
): AsyncGenerator<FileLine, void, undefined> {
  for (const name of files.length === 0 ? [STANDARD_INPUT] : files) {
    const isInput = name === STANDARD_INPUT;
    const chunks = isInput
      ? terminal.standardInput()
      : createReadStream(name, { highWaterMark: CHUNK_SIZE });
    const file = isInput ? "standard input" : name;
    try {
      for await (const { bytes, line } of linesOf(chunksOf(chunks), terminal)) {
        if (bytes === undefined || endOfBlanks(bytes, 0) < bytes.length) {
          yield { bytes, file, line };
        }
      }
    } catch (error) {
      if (isSystemError(error)) {
        const reason = systemErrorText(error);
        throw new CommandError(`cannot read ${printable(name)}: ${reason}`, EXIT_CODES.misuse.code);
      }
      throw error;
    }
  }
}

async function* linesOf(chunks: AsyncIterable<Uint8Array>, terminal: Terminal) {
  const pending = new PendingBytes(DEFAULT_MAX_LENGTH);
  let line = 0;
  for await (const piece of chunks) {
    if (terminal.interrupted.aborted) {
      return;
    }
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
      pending.add(piece.subarray(start, end));
      start = end + 1;
      yield { bytes: pending.take(), line: ++line };
    }
    pending.add(piece.subarray(start));
  }
  yield { bytes: pending.take(), line: ++line };
}
