import type { EventJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { MissionDossierError } from "../event/errors/mission-dossier-error.js";
import { type ReadOptions, readRecordBatches } from "./json-records.js";
import type { Place } from "./place.js";
import type { JsonSource } from "./source.js";

/** Raised when a record of an input is not JSON. */
export class UnreadableRecordError extends MissionDossierError {
  override readonly name = "UnreadableRecordError";
  constructor(
    /** Where the record begins. */
    readonly place: Place,
    /** The reason that it is unreadable. */
    readonly reason: string,
    file?: string,
  ) {
    super(
      "unreadable_record",
      `Line ${place.line}${place.item === undefined ? "" : `, item ${place.item}`}: ${reason}`,
      { file, line: place.line, expected: "JSON" },
    );
  }
}

/**
 * Reads events one by one, as wire JSON, from JSON Lines or a JSON array, gzipped or
 * not. The events are not validated: the reducers, {@link parseEvent} and the
 * conformance suite do that. A stream is read only as far as the caller asks.
 *
 * The events of text and bytes can be read again, as `reduceStream` may have to; those of a
 * stream once.
 *
 * @throws UnreadableRecordError at the first record that is not JSON.
 * {@link readJsonRecords} yields such a record instead, and goes on.
 * @throws DamagedGzipError when gzipped input cannot be unpacked to its end.
 * @throws InvalidArgumentError when the source is of another type, or `maxLength` is out of range.
 */
export function readEvents(source: JsonSource, options?: ReadOptions): AsyncIterable<EventJson> {
  const isKept = typeof source === "string" || source instanceof Uint8Array;
  return isKept
    ? { [Symbol.asyncIterator]: () => eventsOf(source, options) }
    : eventsOf(source, options);
}

async function* eventsOf(
  source: JsonSource,
  options: ReadOptions | undefined,
): AsyncGenerator<EventJson, void, undefined> {
  for await (const records of readRecordBatches(source, options)) {
    for (const record of records) {
      if (record.kind === "unreadable") {
        throw new UnreadableRecordError(record.place, record.reason);
      }
      // Nothing checks the type here: whoever uses the event validates it.
      yield record.json as EventJson;
    }
  }
}
