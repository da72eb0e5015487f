import { createReadStream } from "node:fs";
import type { EventJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { readEvents } from "./events.js";
import type { ReadOptions } from "./json-records.js";

/** How many bytes of a file are read at once. More at once take more memory, and no less time. */
export const CHUNK_SIZE = 2 ** 18;

/**
 * Reads the events of a file one by one, as {@link readEvents} does.
 *
 * @throws UnreadableRecordError at the first piece that is no JSON.
 * @throws DamagedGzipError when a gzipped file cannot be unpacked to its end.
 * @throws Error of the operating system, with its `code`, when the file cannot be read.
 */
export function readEventFile(
  path: string | URL,
  options?: ReadOptions,
): AsyncGenerator<EventJson, void, undefined> {
  return readEvents(openFile(path), options);
}

/** Opens the file only when somebody begins to read. */
async function* openFile(path: string | URL): AsyncGenerator<Uint8Array, void, undefined> {
  yield* createReadStream(path, { highWaterMark: CHUNK_SIZE });
}
