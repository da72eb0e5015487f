import { InvalidEventError } from "../event/errors.js";
import { type ParsedEvent, parseEvent } from "../event/parse.js";
import type { Violation } from "../event/violation.js";
import type { Chunks } from "../stream/lines.js";
import { type LocatedRecord, type Location, readRecords } from "./read-records.js";

/** One record of the input files: an event, or why it is none. */
export type InputRecord =
  | { readonly kind: "event"; readonly location: Location; readonly event: ParsedEvent }
  | { readonly kind: "unreadable"; readonly location: Location; readonly reason: string }
  | {
      readonly kind: "invalid";
      readonly location: Location;
      readonly eventId: string | undefined;
      readonly violations: readonly Violation[];
    };

/**
 * Reads the events of several files, one after the other. `-` is standard input,
 * and so is no file at all.
 *
 * @throws CommandError when a file cannot be read.
 */
export async function* readEvents(
  files: readonly string[],
  standardInput: () => Chunks,
): AsyncGenerator<InputRecord, void, undefined> {
  for await (const record of readRecords(files, standardInput)) {
    yield toEvent(record);
  }
}

function toEvent(record: LocatedRecord): InputRecord {
  const { location } = record;
  if (record.kind === "unreadable") {
    return { kind: "unreadable", location, reason: record.reason };
  }
  try {
    return { kind: "event", location, event: parseEvent(record.json) };
  } catch (error) {
    if (error instanceof InvalidEventError) {
      return { kind: "invalid", location, eventId: error.eventId, violations: error.violations };
    }
    throw error;
  }
}
