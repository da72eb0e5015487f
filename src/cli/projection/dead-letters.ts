import { readFile } from "node:fs/promises";
import { type DeadLetter, RecordReader } from "../../projection/index.js";
import { CommandError, EXIT_CODES, type ExitCode, UsageError } from "../exit-codes.js";
import { givenName } from "../known-names.js";
import { isSystemError, systemErrorText } from "../system-error.js";
import { columns } from "../table.js";
import type { Terminal } from "../terminal.js";
import { counted, printable } from "../terminal-text.js";
import { reportViolations, violationLines } from "../violation-text.js";
import type { DeadLettersCommandOptions, LetterAction } from "./dead-letter-actions.js";
import type { Engine } from "./engine.js";
import { letterRow, violationsOf, warnOfPayload } from "./letter-text.js";
import { withEngine } from "./open-engine.js";

/**
 * Lists the records that no mission could take, shows one with its violations, or publishes its
 * repaired event and removes it.
 *
 * @throws CommandError when there is no such letter, or the repaired event is still wrong.
 */
export async function runDeadLetters(
  action: LetterAction,
  id: string | undefined,
  { with: repaired, ...options }: DeadLettersCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (action === "list" && id !== undefined) {
    throw new UsageError("list takes no ID; show prints one letter");
  }
  if (action !== "retry" && (repaired ?? options.log) !== undefined) {
    throw new UsageError(`${repaired === undefined ? "--log" : "--with"} is for retry`);
  }
  return withEngine(options, async (engine) => {
    if (action === "list") {
      return list(engine, terminal);
    }
    const letter = await letterOf(id, engine);
    if (action === "show") {
      return show(letter, terminal);
    }
    const bytes = repaired === undefined ? letter.bytes : await contentOf(repaired);
    return retry(letter, bytes, engine, terminal);
  });
}

async function list(engine: Engine, terminal: Terminal): Promise<ExitCode> {
  const rows: string[][] = [];
  for await (const letter of engine.deadLetters()) {
    rows.push(letterRow(letter));
  }
  for (const line of columns(rows, { width: terminal.width })) {
    terminal.write(`${line}\n`);
  }
  terminal.report(rows.length === 0 ? "no dead letters" : counted(rows.length, "dead letter"));
  return EXIT_CODES.ok.code;
}

function show(letter: DeadLetter, terminal: Terminal): ExitCode {
  const { seq, reason, mission, violations, bytes } = letter;
  const lines = [
    ...columns([
      ["dead letter", String(seq)],
      ["reason", reason],
      ["mission", mission ?? "none can be read from it"],
    ]),
    "",
    ...violationLines(violations, { width: terminal.width }),
    "",
    printable(new TextDecoder().decode(bytes)),
  ];
  for (const line of lines) {
    terminal.write(`${line}\n`);
  }
  return EXIT_CODES.ok.code;
}

async function retry(
  letter: DeadLetter,
  bytes: Uint8Array,
  engine: Engine,
  terminal: Terminal,
): Promise<ExitCode> {
  const line = oneLine(bytes);
  const read = new RecordReader().read(line);
  if (read.kind !== "mission") {
    const violations = violationsOf(read);
    reportViolations(violations, terminal);
    if (violations.length === 0) {
      terminal.report("  its event type is not one of the contract's");
    }
    throw new CommandError(
      `dead letter ${letter.seq} is still not an event of a mission; nothing was published`,
      EXIT_CODES.rejected.code,
    );
  }
  // The letter must not go if its event becomes part of another log.
  await engine.checkLog();
  await engine.publish(one(line));
  await engine.removeLetter(letter);
  warnOfPayload(read, "", terminal);
  terminal.write(`published to mission ${read.mission}, and removed dead letter ${letter.seq}\n`);
  return EXIT_CODES.ok.code;
}

/** An event as one line, as it is in the log. Bytes that are not UTF-8 stay as they are. */
function oneLine(bytes: Uint8Array): Uint8Array {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return bytes;
  }
  // Between the tokens of JSON, a line feed is a blank; within them there is none.
  return new TextEncoder().encode(text.trim().replaceAll(/[\r\n]+/g, " "));
}

async function* one<T>(item: T): AsyncGenerator<T> {
  yield item;
}

async function letterOf(id: string | undefined, engine: Engine): Promise<DeadLetter> {
  if (id === undefined) {
    throw new UsageError("missing ID, the number that the list shows");
  }
  for await (const letter of engine.deadLetters()) {
    if (String(letter.seq) === id) {
      return letter;
    }
  }
  throw new CommandError(`no dead letter ${givenName(id)}`, EXIT_CODES.misuse.code);
}

async function contentOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    const reason = isSystemError(error) ? systemErrorText(error) : String(error);
    throw new CommandError(`cannot read ${printable(file)}: ${reason}`, EXIT_CODES.misuse.code);
  }
}
