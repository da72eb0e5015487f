import { createReadStream } from "node:fs";
import { type JsonRecord, readJsonRecords } from "../stream/json-records.js";
import type { Chunks } from "../stream/lines.js";
import type { Place } from "../stream/place.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import { printable } from "./terminal-text.js";

/** Where the command found a record. */
export type Location = Place & { readonly file: string };

/** A record, and where it was found. */
export type LocatedRecord = JsonRecord & { readonly location: Location };

/**
 * Reads the records of several files, one after the other. `-` is standard input,
 * and so is no file at all.
 *
 * @throws CommandError when a file cannot be read.
 */
export async function* readRecords(
  files: readonly string[],
  standardInput: () => Chunks,
): AsyncGenerator<LocatedRecord, void, undefined> {
  for (const file of files.length === 0 ? ["-"] : files) {
    const [name, chunks] =
      file === "-" ? ["standard input", standardInput()] : [file, createReadStream(file)];
    try {
      for await (const record of readJsonRecords(chunks)) {
        yield { ...record, location: { ...record.place, file: name } };
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
