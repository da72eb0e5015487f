import { optionsIn } from "../event/errors/arguments.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import type { JsonRecord, JsonRecords } from "./record.js";
import { RecordReader } from "./record-reader.js";
import { chunksOf, type JsonSource } from "./source.js";

/** Options for reading an input. */
export type ReadOptions = {
  /**
   * How many bytes a line, an item of an array, or a document may have, not counting the
   * whitespace before it. A longer one is an unreadable record. Default: 16 MiB.
   */
  readonly maxLength?: number;
};

/** How many bytes a record may have by default: 16 MiB. */
export const DEFAULT_MAX_LENGTH = 2 ** 24;

/** The longest string that V8 allows. */
export const LARGEST_MAX_LENGTH = 2 ** 29 - 24;

/**
 * Reads JSON Lines, one JSON array, or one JSON object spread over many lines, from
 * a string, or a stream of UTF-8, gzipped or not. A stream is read only as far as the
 * caller asks, and no more than one chunk and one record are held in memory.
 *
 * @throws InvalidArgumentError when `maxLength` is out of range, or the source is of another type.
 * @throws DamagedGzipError when gzipped input cannot be unpacked to its end.
 */
export async function* readJsonRecords(
  source: JsonSource,
  options?: ReadOptions,
): AsyncGenerator<JsonRecord, void, undefined> {
  for await (const records of readRecordBatches(source, options)) {
    // `yield*` would take twice the time.
    for (const record of records) {
      yield record;
    }
  }
}

/**
 * Reads like {@link readJsonRecords}, but yields the records of each chunk as one batch,
 * which takes less time than one by one. A record is parsed when the caller asks for it,
 * so every record of a batch must be taken before the next batch.
 */
export async function* readRecordBatches(
  source: JsonSource,
  options?: ReadOptions,
): AsyncGenerator<JsonRecords, void, undefined> {
  const { maxLength = DEFAULT_MAX_LENGTH } = optionsIn(options);
  if (!(Number.isInteger(maxLength) && maxLength > 0 && maxLength <= LARGEST_MAX_LENGTH)) {
    throw new InvalidArgumentError(
      "maxLength",
      `a whole number of bytes from 1 to ${LARGEST_MAX_LENGTH}`,
      maxLength,
    );
  }
  const reader = new RecordReader(maxLength);
  for await (const chunk of chunksOf(source)) {
    yield reader.read(chunk);
  }
  yield reader.end();
}
