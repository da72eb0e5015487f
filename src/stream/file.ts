import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import type { EventJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { MissionDossierError, reasonOf } from "../event/errors/mission-dossier-error.js";
import { readEvents, UnreadableRecordError } from "./events.js";
import { DamagedGzipError } from "./gunzip.js";
import type { ReadOptions } from "./json-records.js";

/** How many bytes of a file are read at once. Larger chunks take more memory but save no time. */
export const CHUNK_SIZE = 2 ** 18;

/** Raised when a file cannot be opened or read. Its `cause` is the error of the operating system. */
export class UnreadableFileError extends MissionDossierError {
  override readonly name = "UnreadableFileError";
  constructor(file: string, cause: unknown) {
    super("unreadable_file", `cannot be read: ${reasonOf(cause)}`, { file }, { cause });
  }
}

/**
 * Reads the events of a file one by one, as {@link readEvents} does, from its beginning each time
 * that they are iterated over. Its errors name the file.
 *
 * @throws UnreadableFileError when the file cannot be read.
 * @throws UnreadableRecordError at the first record that is not JSON.
 * @throws DamagedGzipError when a gzipped file cannot be unpacked to its end.
 * @throws InvalidArgumentError when `maxLength` is out of range.
 */
export function readEventFile(path: string | URL, options?: ReadOptions): AsyncIterable<EventJson> {
  return { [Symbol.asyncIterator]: () => eventsOfFile(path, options) };
}

async function* eventsOfFile(
  path: string | URL,
  options: ReadOptions | undefined,
): AsyncGenerator<EventJson, void, undefined> {
  const file = path instanceof URL ? pathOf(path) : path;
  try {
    yield* readEvents(openFile(file), options);
  } catch (error) {
    if (error instanceof UnreadableRecordError) {
      throw new UnreadableRecordError(error.place, error.reason, file);
    }
    throw error instanceof DamagedGzipError ? new DamagedGzipError(error.cause, file) : error;
  }
}

function pathOf(url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (error) {
    throw new UnreadableFileError(url.href, error);
  }
}

/** Opens the file at the first read, not before. */
async function* openFile(file: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* createReadStream(file, { highWaterMark: CHUNK_SIZE });
  } catch (error) {
    throw new UnreadableFileError(file, error);
  }
}
