import {
  ENVELOPE,
  isJudgedType,
  JUDGED_TYPES,
  type JudgedType,
  type ValidateOptions,
  type ValidationResult,
  validateEnvelope,
  validateEvent,
} from "../conformance/validate-event.js";
import { type ContractOptions, LATER_GENERATION } from "../event/generation/generation.js";
import { isJsonObject } from "../event/json/json-object.js";
import type { JsonRecord } from "../stream/record.js";
import { CommandError, EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { givenName, knownNamesHint } from "./known-names.js";
import { type InputOptions, type Location, readFiles } from "./read-records.js";
import { SarifReport } from "./sarif.js";
import { jsonOutput, type Terminal } from "./terminal.js";
import { counted } from "./terminal-text.js";
import { findingLine, findingsOf, groupLines, type Verdict, verdictText } from "./verdict.js";

/** The output formats of `mission-dossier validate`. */
export type ValidateFormat = "text" | "json" | "sarif";

/** The options of `mission-dossier validate`. */
export type ValidateCommandOptions = InputOptions & {
  readonly format: ValidateFormat;
  /** The event type of the records, which are payloads. By default they are envelopes. */
  readonly type?: string;
  readonly strict?: boolean;
} & ContractOptions;

/**
 * Judges each record of the files on its own, and prints the violations.
 *
 * @throws CommandError when a file cannot be read, or the event type is unknown.
 */
export async function runValidate(
  files: readonly string[],
  options: ValidateCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { format, strict = false, contract } = options;
  const type = judgedType(options.type);
  const sarif = new SarifReport();
  if (format === "sarif") {
    terminal.write(sarif.begin());
  }
  let judged = 0;
  let rejected = 0;
  let warnings = 0;
  let later = 0;
  try {
    for await (const { location, record } of readLocated(files, options, terminal)) {
      const verdicts = judge(record, location, type, { strict, contract });
      judged++;
      rejected += verdicts.every(({ result }) => result.valid) ? 0 : 1;
      warnings += verdicts.reduce((sum, { result }) => sum + (result.warnings?.length ?? 0), 0);
      later += verdicts.some(({ result }) => result.contract === LATER_GENERATION) ? 1 : 0;
      switch (format) {
        case "text":
          for (const line of textLines(verdicts, terminal)) {
            terminal.write(`${line}\n`);
          }
          break;
        case "json":
          for (const verdict of verdicts) {
            terminal.write(`${jsonOutput(verdictText(verdict), terminal)}\n`);
          }
          break;
        case "sarif":
          for (const finding of verdicts.flatMap(findingsOf)) {
            terminal.write(jsonOutput(sarif.result(finding), terminal));
          }
          break;
      }
      await terminal.ready();
      if (terminal.isOutputOver()) {
        break;
      }
    }
  } catch (error) {
    if (format === "sarif") {
      // Half a document would not be read at all.
      terminal.write(sarif.end(terminal.version, false));
    }
    throw error;
  }
  if (format === "sarif") {
    terminal.write(sarif.end(terminal.version));
  }
  if (judged === 0) {
    terminal.report("nothing to judge: the input has no records");
    return strict ? EXIT_CODES.rejected.code : EXIT_CODES.ok.code;
  }
  const isStopped = terminal.isOutputOver();
  const conforming = isStopped ? "cannot tell whether all conform" : "all conform";
  const outcome = rejected === 0 ? conforming : `${rejected} not conforming`;
  const warned = warnings === 0 ? "" : `, ${counted(warnings, "warning")}`;
  const byLater = later === 0 ? "" : ` (${later} by contract ${LATER_GENERATION})`;
  const end = isStopped ? "; stopped: the output cannot be written" : "";
  terminal.report(`${counted(judged, "record")} judged${byLater}, ${outcome}${warned}${end}`);
  if (rejected > 0) {
    return EXIT_CODES.rejected.code;
  }
  return isStopped ? EXIT_CODES.uncertain.code : EXIT_CODES.ok.code;
}

/** A person gets a group of lines for each record, a program one line for each violation. */
function textLines(verdicts: readonly Verdict[], terminal: Terminal): readonly string[] {
  return terminal.isInteractive
    ? groupLines(verdicts, terminal)
    : verdicts.flatMap(findingsOf).map(findingLine);
}

function judgedType(name: string | undefined): JudgedType | undefined {
  if (name === undefined || isJudgedType(name)) {
    return name;
  }
  throw new CommandError(
    `no event type ${givenName(name)} (${knownNamesHint(name, JUDGED_TYPES)})`,
    EXIT_CODES.misuse.code,
  );
}

async function* readLocated(
  files: readonly string[],
  options: InputOptions,
  terminal: Terminal,
): AsyncGenerator<{ readonly location: Location; readonly record: JsonRecord }, void, undefined> {
  for await (const { file, records } of readFiles(files, options, terminal)) {
    for (const record of records) {
      yield { location: { ...record.place, file }, record };
    }
  }
}

function judge(
  record: JsonRecord,
  location: Location,
  type: JudgedType | undefined,
  options: ValidateOptions,
): readonly Verdict[] {
  if (record.kind === "unreadable") {
    const result = unreadable(record.reason, type ?? ENVELOPE);
    return [{ location, eventId: undefined, result, isInEnvelope: false }];
  }
  const { json } = record;
  const eventId =
    isJsonObject(json) && typeof json["event_id"] === "string" ? json["event_id"] : undefined;
  const results =
    type === undefined ? validateEnvelope(json, options) : [validateEvent(json, type, options)];
  return results.map((result, index) => ({ location, eventId, result, isInEnvelope: index > 0 }));
}

/** The verdict on a record that is not JSON: one violation of the whole. */
function unreadable(reason: string, eventType: JudgedType): ValidationResult {
  const violation = {
    field: "",
    path: [],
    message: reason,
    violationType: "json",
    inputValue: undefined,
  };
  return {
    valid: false,
    modelViolations: [violation],
    schemaViolations: [],
    schemaCheckSkipped: true,
    eventType,
  };
}
