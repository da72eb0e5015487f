import { createReadStream } from "node:fs";
import { RecordReader } from "../../projection/index.js";
import { endOfBlanks, LINE_FEED, PendingBytes } from "../../stream/bytes.js";
import { CHUNK_SIZE } from "../../stream/file.js";
import { DEFAULT_MAX_LENGTH } from "../../stream/json-records.js";
import { chunksOf } from "../../stream/source.js";
import { CommandError, EXIT_CODES, type ExitCode } from "../exit-codes.js";
import { STANDARD_INPUT } from "../read-records.js";
import { isSystemError, systemErrorText } from "../system-error.js";
import { columns } from "../table.js";
import type { Terminal } from "../terminal.js";
import { counted, printable } from "../terminal-text.js";
import { reportViolations } from "../violation-text.js";
import type { EngineOptions } from "./engine.js";
import { withEngine } from "./open-engine.js";

/**
 * Publishes the events of files, each line as it is, to the log. A line that no mission can take
 * is refused, with its place and its violations; the others are published.
 *
 * @throws CommandError when a file cannot be read.
 */
export async function runPublish(
  files: readonly string[],
  options: EngineOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  terminal.stopRequested();
  const judge = new Judge(terminal);
  const { stored, repeated } = await withEngine(options, (engine) =>
    engine.publish(judge.events(files)),
  );
  const { refused, other } = judge;
  const rows = [
    ["published", counted(stored, "event")],
    ...(repeated === 0 ? [] : [["repeated", `${counted(repeated, "event")} that the log has`]]),
    ...(refused === 0 ? [] : [["refused", counted(refused, "line")]]),
    ...(other === 0 ? [] : [["left out", `${counted(other, "event")} of other types`]]),
  ];
  for (const line of columns(rows)) {
    terminal.write(`${line}\n`);
  }
  return refused > 0 ? EXIT_CODES.rejected.code : EXIT_CODES.ok.code;
}

class Judge {
  refused = 0;
  other = 0;
  private readonly reader = new RecordReader();

  constructor(private readonly terminal: Terminal) {}

  async *events(files: readonly string[]): AsyncGenerator<Uint8Array> {
    for (const name of files.length === 0 ? [STANDARD_INPUT] : files) {
      const isInput = name === STANDARD_INPUT;
      const chunks = isInput
        ? this.terminal.standardInput()
        : createReadStream(name, { highWaterMark: CHUNK_SIZE });
      try {
        yield* this.linesOf(chunksOf(chunks), isInput ? "standard input" : name);
      } catch (error) {
        if (isSystemError(error)) {
          const reason = systemErrorText(error);
          throw new CommandError(
            `cannot read ${printable(name)}: ${reason}`,
            EXIT_CODES.misuse.code,
          );
        }
        throw error;
      }
    }
  }

  private async *linesOf(chunks: AsyncIterable<Uint8Array>, file: string) {
    const pending = new PendingBytes(DEFAULT_MAX_LENGTH);
    let line = 0;
    for await (const piece of chunks) {
      if (this.terminal.interrupted.aborted) {
        return;
      }
      let start = 0;
      for (let end = piece.indexOf(LINE_FEED); end !== -1; end = piece.indexOf(LINE_FEED, start)) {
        pending.add(piece.subarray(start, end));
        start = end + 1;
        yield* this.judged(pending.take(), file, ++line);
      }
      pending.add(piece.subarray(start));
    }
    yield* this.judged(pending.take(), file, ++line);
  }

  private *judged(bytes: Uint8Array | undefined, file: string, line: number) {
    if (bytes !== undefined && endOfBlanks(bytes, 0) === bytes.length) {
      return;
    }
    const read = bytes && this.reader.read(bytes);
    if (bytes !== undefined && read?.kind === "mission") {
      yield bytes;
    } else if (read?.kind === "other") {
      this.other++;
    } else {
      this.refused++;
      this.terminal.report(`${printable(file)}:${line}: not published`);
      if (read === undefined) {
        this.terminal.report("  it is longer than 16 MiB");
      } else if (read.kind === "poison") {
        reportViolations(read.violations, this.terminal);
      }
    }
  }
}
