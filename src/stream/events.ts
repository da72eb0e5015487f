import type { EventJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { MissionDossierError } from "../event/errors/mission-dossier-error.js";
import { type ReadOptions, readRecordBatches } from "./json-records.js";
import type { Place } from "./place.js";
import type { JsonSource } from "./source.js";

/** Raised when a piece of an input is no JSON. */
export class UnreadableRecordError extends MissionDossierError {
  override readonly name = "UnreadableRecordError";
  constructor(
    /** Where it begins. */
    readonly place: Place,
    /** What is wrong with it. */
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
 * not. They are not judged: the reducers, {@link parseEvent} and the conformance
 * suite do that. No more is taken from a stream than is asked for.
 *
 * @throws UnreadableRecordError at the first piece that is no JSON.
 * {@link readJsonRecords} gives such pieces among the others.
 * @throws DamagedGzipError when what is gzipped cannot be unpacked to its end.
 */
export async function* readEvents(
  source: JsonSource,
  options?: ReadOptions,
): AsyncGenerator<EventJson, void, undefined> {
  for await (const records of readRecordBatches(source, options)) {
    for (const record of records) {
      if (record.kind === "unreadable") {
        throw new UnreadableRecordError(record.place, record.reason);
      }
      // The type is what it should be. Who reads it judges it.
      yield record.json as EventJson;
    }
  }
}
