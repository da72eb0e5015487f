import { createReadStream } from "node:fs";
import { endOfBlanks, LINE_FEED, PendingBytes, withoutMark } from "../stream/bytes.js";
import { CHUNK_SIZE } from "../stream/file.js";
import { DEFAULT_MAX_LENGTH } from "../stream/json-records.js";
import { chunksOf } from "../stream/source.js";
import { inputError, STANDARD_INPUT } from "./read-records.js";
import type { Terminal } from "./terminal.js";

/** The bytes of a line of a file, without its line feed and a byte-order mark before it. */
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
 * @param overflow Is given the bytes of lines that are longer than 16 MiB, piece by piece.
 * @throws CommandError when a file cannot be read.
 */
export async function* linesOfFiles(
  files: readonly string[],
  terminal: Terminal,
  overflow?: (bytes: Uint8Array) => void,
): AsyncGenerator<FileLine, void, undefined> {
  const { interrupted } = terminal;
  for (const name of files.length === 0 ? [STANDARD_INPUT] : files) {
    const isInput = name === STANDARD_INPUT;
    const file = isInput ? "standard input" : name;
    try {
      const chunks = isInput
        ? terminal.standardInput()
        : createReadStream(name, { highWaterMark: CHUNK_SIZE });
      const read = chunksOf(untilAborted(chunks, interrupted));
      for await (const { bytes, line } of linesOf(read, terminal, overflow)) {
        if (bytes === undefined || endOfBlanks(bytes, 0) < bytes.length) {
          yield { bytes, file, line };
        }
      }
    } catch (error) {
      if (interrupted.aborted) {
        return;
      }
      throw inputError(error, file, terminal);
    }
  }
}

/**
 * The chunks of an input, until a signal.
 *
 * @throws The reason of the signal, at once, even if the input waits for the other end of a FIFO.
 */
async function* untilAborted(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const iterator = chunks[Symbol.asyncIterator]();
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
  });
  signal.addEventListener("abort", stop);
  try {
    for (;;) {
      const { done, value } = await Promise.race([iterator.next(), stopped]);
      if (done) {
        return;
      }
      yield value;
    }
  } finally {
    signal.removeEventListener("abort", stop);
    // Waiting for this would be waiting for the other end.
    iterator.return?.().catch(() => {});
  }
}

async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  terminal: Terminal,
  overflow: ((bytes: Uint8Array) => void) | undefined,
) {
  const pending = new PendingBytes(DEFAULT_MAX_LENGTH, overflow);
  let line = 0;
  const next = (): Omit<FileLine, "file"> => {
    const bytes = pending.take();
    line++;
    return { bytes: bytes && line === 1 ? withoutMark(bytes) : bytes, line };
  };
  for await (const piece of chunks) {
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
      pending.add(piece.subarray(start, end));
      start = end + 1;
      yield next();
    }
    pending.add(piece.subarray(start));
    await terminal.ready();
  }
  yield next();
}
