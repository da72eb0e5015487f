import { optionsIn } from "../event/errors/arguments.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import type { JsonRecord, JsonRecords } from "./record.js";
import { RecordReader } from "./record-reader.js";
import { chunksOf, type JsonSource } from "./source.js";

/** How an input is read. */
export type ReadOptions = {
  /**
   * How many bytes a line, an item of an array, or a document may have, without the
   * whitespace before it. What is longer is a record that cannot be read. Default: 16 MiB.
   */
  readonly maxLength?: number;
};

/** How many bytes a record may have by default: 16 MiB. */
export const DEFAULT_MAX_LENGTH = 2 ** 24;

/** As much as fits into one string. */
export const LARGEST_MAX_LENGTH = 2 ** 29 - 24;

/**
 * Reads JSON Lines, one JSON array, or one JSON object spread over many lines, from
 * a string, or a stream of UTF-8, gzipped or not. No more is taken from the stream
 * than is asked for, and no more than one chunk and one record are held.
 *
 * @throws InvalidArgumentError when there is no such limit.
 * @throws DamagedGzipError when what is gzipped cannot be unpacked to its end.
 */
export async function* readJsonRecords(
  source: JsonSource,
  options?: ReadOptions,
): AsyncGenerator<JsonRecord, void, undefined> {
  for await (const records of readRecordBatches(source, options)) {
    // To delegate to them would take twice the time.
    for (const record of records) {
      yield record;
    }
  }
}

/**
 * Reads like {@link readJsonRecords}, and gives together what comes together, which
 * takes less time than one by one. Each record is read when it is asked for: those of
 * a batch must be taken before the next batch is, and none can be left out.
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
