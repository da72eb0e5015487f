import { fstatSync, statSync } from "node:fs";
import { type FileId, fileId } from "../../indexing/hash-file.js";
import { RecordReader } from "../../projection/index.js";
import { CommandError, EXIT_CODES, type ExitCode } from "../exit-codes.js";
import { linesOfFiles } from "../lines-of-files.js";
import { STANDARD_INPUT } from "../read-records.js";
import { columns } from "../table.js";
import type { Terminal } from "../terminal.js";
import { counted, printable } from "../terminal-text.js";
import { reportViolations } from "../violation-text.js";
import type { EngineOptions } from "./engine.js";
import { violationsOf, warnOfPayload } from "./letter-text.js";
import { withEngine } from "./open-engine.js";

/**
 * Publishes the events of files, each line as it is, to the log. A line that no mission can take
 * is refused, with its place and its violations, and so is an event whose type is nearly one of the
 * contract's; the others are published. If Ctrl-C is pressed, or a file cannot be read, the lines
 * before that are published. A payload that the contract rejects is published and reported: its
 * event counts.
 *
 * @throws CommandError when a file cannot be read.
 */
export async function runPublish(
  files: readonly string[],
  options: EngineOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  refuseOwnLog(files, options.log);
  const signal = terminal.stopRequested();
  const judge = new Judge(terminal);
  const { stored, repeated } = await withEngine(options, (engine) =>
    engine.publish(judge.events(files)),
  );
  const { refused, other, failure } = judge;
  const rows = [
    ["published", counted(stored, "event")],
    ...(repeated === 0 ? [] : [["repeated", `${counted(repeated, "event")} that the log has`]]),
    ...(refused === 0 ? [] : [["refused", counted(refused, "line")]]),
    ...(other === 0 ? [] : [["left out", `${counted(other, "event")} of other types`]]),
  ];
  for (const line of columns(rows)) {
    terminal.write(`${line}\n`);
  }
  if (failure !== undefined) {
    throw failure.error;
  }
  if (signal.aborted) {
    return EXIT_CODES.interrupted.code;
  }
  return refused > 0 ? EXIT_CODES.rejected.code : EXIT_CODES.ok.code;
}

/** @throws CommandError when a file is the log, which would grow for as long as it is read. */
function refuseOwnLog(files: readonly string[], log: string | undefined): void {
  const own = log === undefined ? undefined : idOf(log);
  for (const file of files.length === 0 ? [STANDARD_INPUT] : files) {
    if (own !== undefined && idOf(file) === own) {
      const name = file === STANDARD_INPUT ? "standard input" : printable(file);
      throw new CommandError(
        `${name} is the log itself; nothing was published`,
        EXIT_CODES.misuse.code,
      );
    }
  }
}

function idOf(file: string): FileId | undefined {
  try {
    const options = { bigint: true } as const;
    return fileId(file === STANDARD_INPUT ? fstatSync(0, options) : statSync(file, options));
  } catch {
    // Opening the file will report the problem.
    return undefined;
  }
}

class Judge {
  refused = 0;
  other = 0;
  /** The error that ended the input. */
  failure: { readonly error: unknown } | undefined;
  private readonly reader = new RecordReader();

  constructor(private readonly terminal: Terminal) {}

  async *events(files: readonly string[]): AsyncGenerator<Uint8Array> {
    try {
      for await (const { bytes, file, line } of linesOfFiles(files, this.terminal)) {
        yield* this.judged(bytes, file, line);
      }
    } catch (error) {
      this.failure = { error };
    }
  }

  private *judged(bytes: Uint8Array | undefined, file: string, line: number) {
    const read = bytes && this.reader.read(bytes);
    if (bytes !== undefined && read?.kind === "mission") {
      warnOfPayload(read, `${printable(file)}:${line}: `, this.terminal);
      yield bytes;
    } else if (read?.kind === "other" && read.warning === undefined) {
      this.other++;
    } else {
      this.refused++;
      this.terminal.report(`${printable(file)}:${line}: not published`);
      if (read === undefined) {
        this.terminal.report("  it is longer than 16 MiB");
      } else if (read.kind !== "mission") {
        reportViolations(violationsOf(read), this.terminal);
      }
    }
  }
}
