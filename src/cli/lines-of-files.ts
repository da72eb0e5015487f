import { createReadStream } from "node:fs";
import { endOfBlanks, isJsonArray, LINE_FEED, PendingBytes, withoutMark } from "../stream/bytes.js";
import { CHUNK_SIZE } from "../stream/file.js";
import { DEFAULT_MAX_LENGTH } from "../stream/json-records.js";
import { chunksOf } from "../stream/source.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { inputError, STANDARD_INPUT } from "./read-records.js";
import type { Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";

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
 * @throws CommandError when a file cannot be read, or is one JSON document instead of JSON Lines.
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
      const read = withoutArray(chunksOf(untilAborted(chunks, interrupted)), file);
      yield* withoutDocument(linesOf(read, file, terminal, overflow), file);
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

/** @throws CommandError when the chunks are those of a JSON array. */
async function* withoutArray(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  let isBlank = true;
  for await (const chunk of chunks) {
    if (isBlank && isJsonArray(chunk)) {
      throw notLines(file, "a JSON array");
    }
    isBlank &&= endOfBlanks(chunk, 0) === chunk.length;
    yield chunk;
  }
}

/** @throws CommandError when the lines are those of one JSON object. */
async function* withoutDocument(
  lines: AsyncIterable<FileLine>,
  file: string,
): AsyncGenerator<FileLine, void, undefined> {
  let isFirst = true;
  let opening: FileLine | undefined;
  for await (const line of lines) {
    if (isFirst && beginningOf(line) === "{") {
      opening = line;
    } else {
      if (opening !== undefined) {
        if (beginningOf(line).startsWith('"')) {
          throw notLines(file, "JSON on several lines");
        }
        yield opening;
        opening = undefined;
      }
      yield line;
    }
    isFirst = false;
  }
  if (opening !== undefined) {
    yield opening;
  }
}

/** As much of a line as shows whether it is a part of a document. */
function beginningOf({ bytes }: FileLine): string {
  return new TextDecoder().decode(bytes?.subarray(0, 64)).trim();
}

function notLines(file: string, form: string): CommandError {
  return new CommandError(
    `cannot read ${printable(file)}: it is ${form}, and a log is JSON Lines`,
    EXIT_CODES.misuse.code,
  );
}

async function* linesOf(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  terminal: Terminal,
  overflow: ((bytes: Uint8Array) => void) | undefined,
): AsyncGenerator<FileLine, void, undefined> {
  const pending = new PendingBytes(DEFAULT_MAX_LENGTH, overflow);
  let line = 0;
  function* next(): Generator<FileLine, void, undefined> {
    const taken = pending.take();
    line++;
    const bytes = taken && line === 1 ? withoutMark(taken) : taken;
    if (bytes === undefined || endOfBlanks(bytes, 0) < bytes.length) {
      yield { bytes, file, line };
    }
  }
  for await (const piece of chunks) {
    let start = 0;
    for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
      pending.add(piece.subarray(start, end));
      start = end + 1;
      yield* next();
    }
    pending.add(piece.subarray(start));
    await terminal.ready();
  }
  yield* next();
}
