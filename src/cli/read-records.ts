import { createReadStream, statSync } from "node:fs";
import { CHUNK_SIZE } from "../stream/file.js";
import { DamagedGzipError } from "../stream/gunzip.js";
import { readRecordBatches } from "../stream/json-records.js";
import type { Place } from "../stream/place.js";
import type { JsonRecord } from "../stream/record.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import type { Progress } from "./progress.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import type { Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";

/** The options of every command that reads records. */
export type InputOptions = {
  /** How many bytes a record may have. */
  readonly maxLength?: number;
};

/** Where the command found a record. */
export type Location = Place & { readonly file: string };

/** Some records of one file. All of them must be taken before the next batch. */
export type RecordBatch = { readonly file: string; readonly records: Iterable<JsonRecord> };

/**
 * Reads the records of several files, one after the other, some at a time. `-` is
 * standard input, and so is no file at all.
 *
 * @throws CommandError when a file cannot be read, or Ctrl-C was pressed.
 */
export async function* readFiles(
  files: readonly string[],
  { maxLength }: InputOptions,
  terminal: Terminal,
): AsyncGenerator<RecordBatch, void, undefined> {
  const names = files.length === 0 ? [STANDARD_INPUT] : files;
  const progress = terminal.startProgress(totalSize(names), "bytes");
  const options = maxLength === undefined ? {} : { maxLength };
  try {
    for (const name of names) {
      const file = name === STANDARD_INPUT ? "standard input" : name;
      const chunks =
        name === STANDARD_INPUT
          ? terminal.standardInput()
          : createReadStream(name, { highWaterMark: CHUNK_SIZE, signal: terminal.interrupted });
      try {
        for await (const records of readRecordBatches(counted(chunks, progress), options)) {
          yield { file, records };
        }
      } catch (error) {
        throw inputError(error, file, terminal);
      }
    }
  } finally {
    progress?.clear();
  }
}

/** Whether files can be read a second time: standard input and pipes cannot. */
export function canBeReadAgain(files: readonly string[]): boolean {
  return files.length > 0 && totalSize(files) !== undefined;
}

/**
 * A location as editors and terminals understand it: `events.jsonl:12`. An item of
 * an array gets its number too: `events.json:1: item 3`.
 */
export function locationText({ file, line, item }: Location): string {
  return item === undefined ? `${file}:${line}` : `${file}:${line}: item ${item}`;
}

/** The name that means standard input. */
export const STANDARD_INPUT = "-";

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  progress: Progress | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks) {
    progress?.advance(chunk.length);
    yield chunk;
  }
}

/** The size of all files together in bytes, `undefined` if it cannot be known. */
function totalSize(names: readonly string[]): number | undefined {
  let total = 0;
  for (const name of names) {
    const size = name === STANDARD_INPUT ? undefined : fileSize(name);
    if (size === undefined) {
      return undefined;
    }
    total += size;
  }
  return total;
}

function fileSize(name: string): number | undefined {
  try {
    const stats = statSync(name);
    return stats.isFile() ? stats.size : undefined;
  } catch {
    // Reading the file will report the problem.
    return undefined;
  }
}

/** The error of a command whose input cannot be read. */
export function inputError(error: unknown, file: string, { interrupted }: Terminal): unknown {
  if (interrupted.aborted) {
    return new CommandError("interrupted", EXIT_CODES.interrupted.code);
  }
  const problem = isSystemError(error)
    ? systemErrorText(error)
    : error instanceof DamagedGzipError
      ? error.message
      : undefined;
  return problem === undefined
    ? error
    : new CommandError(
        `cannot read ${printable(file) || '""'}: ${problem}`,
        EXIT_CODES.misuse.code,
      );
}
