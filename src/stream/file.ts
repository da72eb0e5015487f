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
export async function* readEventFile(
  path: string | URL,
  options?: ReadOptions,
): AsyncGenerator<EventJson, void, undefined> {
  yield* readEvents(createReadStream(path, { highWaterMark: CHUNK_SIZE }), options);
}
