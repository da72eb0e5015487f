import { createReadStream } from "node:fs";
import { InvalidEventError } from "../event/errors.js";
import { type ParsedEvent, parseEvent } from "../event/parse.js";
import type { Violation } from "../event/violation.js";
import { type JsonRecord, type Place, readJsonRecords } from "../stream/json-records.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";

/** Where the command found a record. */
export type Location = Place & { readonly file: string };

/** One record of the input files: an event, or why it is none. */
export type InputRecord =
  | { readonly kind: "event"; readonly location: Location; readonly event: ParsedEvent }
  | {
      readonly kind: "invalid";
      readonly location: Location;
      readonly eventId: string | undefined;
      readonly reasons: readonly (string | Violation)[];
    };

/**
 * Reads the events of several files, one after the other. `-` is standard input.
 *
 * @throws CommandError when a file cannot be read.
 */
export async function* readEvents(
  files: readonly string[],
  standardInput: AsyncIterable<Uint8Array>,
): AsyncGenerator<InputRecord, void, undefined> {
  for (const file of files) {
    const chunks = file === "-" ? standardInput : createReadStream(file);
    const name = file === "-" ? "standard input" : file;
    try {
      for await (const record of readJsonRecords(chunks)) {
        yield toEvent(record, { ...record.place, file: name });
      }
    } catch (error) {
      throw isSystemError(error)
        ? new CommandError(
            `cannot read ${name}: ${reasons.get(error.code) ?? error.message}`,
            EXIT_CODES.misuse.code,
          )
        : error;
    }
  }
}

/** A location as editors and terminals understand it: `events.jsonl:12`. */
export function locationText({ file, unit, number }: Location): string {
  return unit === "line" ? `${file}:${number}` : `${file}: item ${number}`;
}

function toEvent(record: JsonRecord, location: Location): InputRecord {
  if (record.kind === "unreadable") {
    return { kind: "invalid", location, eventId: undefined, reasons: [record.reason] };
  }
  try {
    return { kind: "event", location, event: parseEvent(record.json) };
  } catch (error) {
    if (error instanceof InvalidEventError) {
      return { kind: "invalid", location, eventId: error.eventId, reasons: error.violations };
    }
    throw error;
  }
}

const reasons = new Map([
  ["EACCES", "permission denied"],
  ["EISDIR", "it is a directory"],
  ["ENOENT", "no such file"],
]);

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "syscall" in error && "code" in error;
}
