import { acceptedEvent, isOfOtherType } from "../event/envelope/accepted-event.js";
import type { JudgedEvent } from "../event/envelope/read-event.js";
import { InvalidEventError } from "../event/errors/errors.js";
import type { Violation } from "../event/errors/violation.js";
import type { JsonRecord } from "../stream/record.js";
import { type InputOptions, type Location, readFiles } from "./read-records.js";
import type { Terminal } from "./terminal.js";

/** Takes the events of an input, and says of each whether somebody may ask where it stands. */
export type EventSink = (judged: JudgedEvent, position: number) => boolean;

/** A record that is no valid event. */
export type InvalidRecord =
  | { readonly kind: "unreadable"; readonly location: Location; readonly reason: string }
  | {
      readonly kind: "invalid";
      readonly location: Location;
      readonly eventId: string | undefined;
      readonly violations: readonly Violation[];
    };

/** What the reading of an input came to. */
export type InputSummary = {
  /** How many records there were. */
  readonly records: number;
  readonly invalid: number;
  /** How many are events of types that no dossier is made of. */
  readonly others: number;
  /** How many of the invalid ones are not even JSON. */
  readonly unreadable: number;
  /** Where the events are that somebody will ask for, by their position. */
  readonly locations: ReadonlyMap<number, Location>;
};

/**
 * Reads the events of files into a sink. Records that are no events are given to
 * `reject`.
 *
 * @throws CommandError when a file cannot be read, or Ctrl-C was pressed.
 */
export async function readInput(
  files: readonly string[],
  options: InputOptions,
  terminal: Terminal,
  put: EventSink,
  reject: (record: InvalidRecord) => void,
): Promise<InputSummary> {
  const locations = new Map<number, Location>();
  let position = -1;
  let others = 0;
  let invalid = 0;
  let unreadable = 0;
  for await (const { file, records } of readFiles(files, options, terminal)) {
    for (const record of records) {
      position++;
      const accepted = record.kind === "json" ? acceptedEvent(record.json) : undefined;
      if (accepted !== undefined) {
        const judged = { event: accepted, envelope: accepted, violations: undefined };
        if (put(judged, position)) {
          locations.set(position, { ...record.place, file });
        }
        continue;
      }
      if (record.kind === "json" && isOfOtherType(record.json)) {
        others++;
        continue;
      }
      const location = { ...record.place, file };
      const read = await explain(record, location);
      if (read.kind === "skipped") {
        put(read, position);
        locations.set(position, location);
      } else {
        unreadable += read.kind === "unreadable" ? 1 : 0;
        invalid++;
        reject(read);
        await terminal.ready();
      }
    }
  }
  return { records: position + 1, others, invalid, unreadable, locations };
}

/** A dossier event whose payload the contract rejects. */
type Skipped = { readonly kind: "skipped" } & JudgedEvent;

/** Says what is wrong with a record. What that takes is loaded only now: mostly nothing is. */
async function explain(record: JsonRecord, location: Location): Promise<InvalidRecord | Skipped> {
  if (record.kind === "unreadable") {
    return { kind: "unreadable", location, reason: record.reason };
  }
  const { judgeEvent } = await import("../event/envelope/read-event.js");
  try {
    return { kind: "skipped", ...judgeEvent(record.json) };
  } catch (error) {
    if (error instanceof InvalidEventError) {
      return { kind: "invalid", location, eventId: error.eventId, violations: error.violations };
    }
    throw error;
  }
}
