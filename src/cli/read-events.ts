import { createReadStream } from "node:fs";
import { InvalidEventError } from "../event/errors.js";
import { type ParsedEvent, parseEvent } from "../event/parse.js";
import type { Violation } from "../event/violation.js";
import { type JsonRecord, readJsonRecords } from "../stream/json-records.js";
import type { Chunks } from "../stream/lines.js";
import type { Place } from "../stream/place.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import { printable } from "./terminal-text.js";

/** Where the command found a record. */
export type Location = Place & { readonly file: string };

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
 * Reads the events of several files, one after the other. `-` is standard input.
 *
 * @throws CommandError when a file cannot be read.
 */
export async function* readEvents(
  files: readonly string[],
  standardInput: () => Chunks,
): AsyncGenerator<InputRecord, void, undefined> {
  for (const file of files) {
    const [name, chunks] =
      file === "-" ? ["standard input", standardInput()] : [file, createReadStream(file)];
    try {
      for await (const record of readJsonRecords(chunks)) {
        yield toEvent(record, { ...record.place, file: name });
      }
    } catch (error) {
      throw isSystemError(error)
        ? new CommandError(
            `cannot read ${printable(name) || '""'}: ${systemErrorText(error)}`,
            EXIT_CODES.misuse.code,
          )
        : error;
    }
  }
}

/**
 * A location as editors and terminals understand it: `events.jsonl:12`. An item of
 * an array gets its number too: `events.json:1: item 3`.
 */
export function locationText({ file, line, item }: Location): string {
  return item === undefined ? `${file}:${line}` : `${file}:${line}: item ${item}`;
}

function toEvent(record: JsonRecord, location: Location): InputRecord {
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
