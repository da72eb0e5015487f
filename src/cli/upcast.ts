import { isDeepStrictEqual } from "node:util";
import { applyEdits, type Edit, findNodeAtLocation, type Node, parseTree } from "jsonc-parser";
import { strictViolations } from "../event/envelope/judge-event.js";
import { type Upcast, upcastEvent } from "../event/envelope/upcast.js";
import type { Violation } from "../event/errors/violation.js";
import type { Assumptions } from "../event/generation/flat-event.js";
import { FIRST_GENERATION, type Generation } from "../event/generation/generation.js";
import { renamedFields } from "../event/generation/rename.js";
import { renamingOf } from "../event/generation/shown.js";
import { isJsonObject } from "../event/json/json-object.js";
import { readJson } from "../stream/record.js";
import { EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { type FileLine, linesOfFiles } from "./lines-of-files.js";
import { columns } from "./table.js";
import { jsonOutput, type Terminal } from "./terminal.js";
import { counted, printable } from "./terminal-text.js";
import { defectLines, reportViolations } from "./violation-text.js";

/** The options of `mission-dossier upcast`. */
export type UpcastCommandOptions = {
  readonly to: Generation;
  readonly assume?: Assumptions;
};

/**
 * Writes the lines of files, with each event in the generation that was asked for. A line that is
 * not a valid event stays as it is, and is reported.
 *
 * @throws CommandError when a file cannot be read.
 */
export async function runUpcast(
  files: readonly string[],
  { to, assume = {} }: UpcastCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const counts = { renamed: 0, unflattened: 0, unchanged: 0, rejected: 0 };
  const write = (text: string | Uint8Array): void => terminal.write(forOutput(text, terminal));
  for await (const line of linesOfFiles(files, terminal, write)) {
    const { kind, text } = upcastLine(line, to, assume, terminal);
    counts[kind]++;
    write(text);
    terminal.write("\n");
    await terminal.ready();
    if (terminal.isOutputOver()) {
      break;
    }
  }
  const { renamed, unflattened, unchanged, rejected } = counts;
  const facts = Object.entries(assume).map(([field, value]) => `${field}=${printable(value)}`);
  const assumed = facts.length === 0 ? "" : `, assuming ${facts.join(", ")}`;
  const rows: readonly (readonly [count: number, what: string, text: string])[] = [
    [renamed, "renamed", `${counted(renamed, "event")} to the names of ${to}`],
    [unflattened, "unflattened", `${counted(unflattened, "flat event")}${assumed}`],
    [unchanged, "unchanged", counted(unchanged, "event")],
    [rejected, "left as is", `${counted(rejected, "line")} that no contract accepts`],
  ];
  const shown = rows.flatMap(([count, what, text]) => (count === 0 ? [] : [[what, text]]));
  for (const row of columns(shown)) {
    terminal.report(row);
  }
  return rejected > 0 ? EXIT_CODES.rejected.code : EXIT_CODES.ok.code;
}

/** For a terminal, characters that it acts upon are escaped. Any other output is exact. */
function forOutput(text: string | Uint8Array, terminal: Terminal): string | Uint8Array {
  if (!terminal.isInteractive) {
    return text;
  }
  const line = typeof text === "string" ? text : new TextDecoder().decode(text);
  return jsonOutput(line.replace(/\r$/, ""), terminal);
}

function upcastLine(
  { bytes, file, line }: FileLine,
  to: Generation,
  assume: Assumptions,
  terminal: Terminal,
): { readonly kind: Upcast["kind"]; readonly text: string | Uint8Array } {
  const place = `${printable(file)}:${line}`;
  if (bytes === undefined) {
    // Its pieces have been written.
    terminal.report(`${place}: left as is, longer than 16 MiB`);
    return { kind: "rejected", text: "" };
  }
  const record = readJson(bytes, 0, bytes.length, { line, item: undefined });
  if (record.kind === "unreadable") {
    terminal.report(`${place}: left as is, ${printable(record.reason)}`);
    return { kind: "rejected", text: bytes };
  }
  const misspelled = misspelledType(record.json);
  if (misspelled !== undefined) {
    terminal.report(`${place}: left as is`);
    reportViolations([misspelled], terminal);
    return { kind: "rejected", text: bytes };
  }
  const result = upcastEvent(record.json, { contract: to, assume });
  switch (result.kind) {
    case "unchanged":
      return { kind: result.kind, text: bytes };
    case "renamed":
      return { kind: result.kind, text: withNames(bytes, record.json, result.event, to) };
    case "unflattened":
      return { kind: result.kind, text: JSON.stringify(result.event) };
    case "rejected":
      terminal.report(`${place}: left as is`);
      for (const text of defectLines(result.knownDefect)) {
        terminal.report(`  ${text}`);
      }
      reportViolations(result.violations, terminal);
      return { kind: result.kind, text: bytes };
  }
}

/** The violation of an event type that is nearly one of the contract's. */
function misspelledType(json: unknown): Violation | undefined {
  return isJsonObject(json)
    ? strictViolations(json).find(({ violationType }) => violationType === "unknown_event_type")
    : undefined;
}

/** The text of an event with other names in its payload, and every other character unchanged. */
function withNames(bytes: Uint8Array, json: unknown, renamed: unknown, to: Generation): string {
  const text = new TextDecoder().decode(bytes);
  const { event_type: eventType, payload } = isJsonObject(json) ? json : {};
  const root = parseTree(text);
  const edits: Edit[] = [];
  for (const { parent, later, first } of renamedFields(renamingOf(eventType), payload)) {
    const [from, name] = to === FIRST_GENERATION ? [later, first] : [first, later];
    const value = root && findNodeAtLocation(root, ["payload", ...parent, from]);
    const key: Node | undefined = value?.parent?.children?.[0];
    if (key !== undefined) {
      edits.push({ offset: key.offset, length: key.length, content: JSON.stringify(name) });
    }
  }
  const edited = applyEdits(text, edits);
  // New names are not enough if a name is there twice, or the other name is there as `null`.
  return isDeepStrictEqual(JSON.parse(edited), renamed) ? edited : JSON.stringify(renamed);
}
