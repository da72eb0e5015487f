import {
  ENVELOPE,
  isJudgedType,
  JUDGED_TYPES,
  type JudgedType,
  type ValidationResult,
  validateEnvelope,
  validateEvent,
} from "../conformance/validate-event.js";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import type { Violation } from "../event/errors/violation.js";
import { describeJson } from "../event/json/describe-json.js";
import { isJsonObject } from "../event/json/json-object.js";
import type { JsonRecord } from "../stream/record.js";
import { CommandError, EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { knownNamesHint } from "./known-names.js";
import { type InputOptions, type Location, locationText, readFiles } from "./read-records.js";
import { type Finding, SarifReport } from "./sarif.js";
import { jsonOutput, type Terminal } from "./terminal.js";
import { counted, printable } from "./terminal-text.js";
import { expectationText } from "./violation-text.js";

/** The output formats of `mission-dossier validate`. */
export type ValidateFormat = "text" | "json" | "sarif";

/** The options of `mission-dossier validate`. */
export type ValidateCommandOptions = InputOptions & {
  readonly format: ValidateFormat;
  /** The event type of the records, which are payloads. By default they are envelopes. */
  readonly type?: string;
  readonly strict?: boolean;
};

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
  const { format, strict = false } = options;
  const type = judgedType(options.type);
  const sarif = new SarifReport();
  if (format === "sarif") {
    terminal.write(sarif.begin());
  }
  let judged = 0;
  let rejected = 0;
  for await (const { location, record } of readLocated(files, options, terminal)) {
    const verdicts = judge(record, location, type, strict);
    judged++;
    rejected += verdicts.every(({ result }) => result.valid) ? 0 : 1;
    for (const verdict of verdicts) {
      switch (format) {
        case "text":
          for (const finding of findingsOf(verdict)) {
            terminal.write(`${findingLine(finding)}\n`);
          }
          break;
        case "json":
          terminal.write(`${jsonOutput(verdictText(verdict), terminal)}\n`);
          break;
        case "sarif":
          for (const finding of findingsOf(verdict)) {
            terminal.write(jsonOutput(sarif.result(finding), terminal));
          }
          break;
      }
    }
    await terminal.ready();
    if (terminal.isOutputOver()) {
      break;
    }
  }
  if (format === "sarif") {
    terminal.write(sarif.end(terminal.version));
  }
  const outcome = rejected === 0 ? "all conform" : `${rejected} not conforming`;
  const end = terminal.isOutputOver() ? "; stopped: the output cannot be written" : "";
  terminal.report(`${counted(judged, "record")} judged, ${outcome}${end}`);
  return rejected === 0 ? EXIT_CODES.ok.code : EXIT_CODES.rejected.code;
}

function judgedType(name: string | undefined): JudgedType | undefined {
  if (name === undefined || isJudgedType(name)) {
    return name;
  }
  throw new CommandError(
    `no event type ${printable(excerpt(name))} (${knownNamesHint(name, JUDGED_TYPES)})`,
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

/** The verdict on an envelope or a payload, and its place. */
type Verdict = {
  readonly location: Location;
  readonly eventId: string | undefined;
  readonly result: ValidationResult;
};

function judge(
  record: JsonRecord,
  location: Location,
  type: JudgedType | undefined,
  strict: boolean,
): readonly Verdict[] {
  if (record.kind === "unreadable") {
    const result = unreadable(record.reason, type ?? ENVELOPE);
    return [{ location, eventId: undefined, result }];
  }
  const { json } = record;
  const eventId =
    isJsonObject(json) && typeof json["event_id"] === "string" ? json["event_id"] : undefined;
  const results =
    type === undefined
      ? validateEnvelope(json, { strict })
      : [validateEvent(json, type, { strict })];
  return results.map((result) => ({ location, eventId, result }));
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

/**
 * The violations to print. The two layers give the same verdict, and the model describes
 * it better, so the schema's violations are used only if the model has none.
 */
function findingsOf({ location, eventId, result }: Verdict): Finding[] {
  const { eventType, modelViolations, schemaViolations } = result;
  const violations: readonly Violation[] =
    modelViolations.length > 0
      ? modelViolations
      : schemaViolations.map(({ jsonPath, message, validator }) => ({
          field: jsonPath,
          path: [],
          message,
          violationType: `schema.${validator}`,
          inputValue: undefined,
        }));
  return [...defectViolations(result), ...violations].map((violation) => {
    const expectation = expectationText(violation);
    const text =
      violation.field === "" ? expectation : `${excerpt(violation.field)}: ${expectation}`;
    return { location, eventId, eventType, violation, text };
  });
}

/** A known defect as a violation. It comes first, since it explains the broken rules. */
function defectViolations({ knownDefect }: ValidationResult): readonly Violation[] {
  if (knownDefect === undefined) {
    return [];
  }
  const moves = knownDefect.moves.map(({ from, to }) => `${from} belongs in ${to}`);
  return [
    {
      field: "",
      path: [],
      message: `${knownDefect.message} (${moves.join(", ")})`,
      violationType: knownDefect.name,
      inputValue: undefined,
    },
  ];
}

function findingLine({ location, eventId, eventType, violation, text }: Finding): string {
  const event = eventId ? ` ${excerpt(eventId)}` : "";
  return printable(
    `${locationText(location)}:${event} ${eventType}: ${text} [${violation.violationType}]`,
  );
}

/** A verdict as JSON. Values nested too deep to be written are replaced by a description. */
function verdictText(verdict: Verdict): string {
  try {
    return JSON.stringify(jsonVerdict(verdict));
  } catch (error) {
    if (!(error instanceof RangeError)) {
      throw error;
    }
    return JSON.stringify(jsonVerdict(verdict), (key, value) =>
      key === "inputValue" ? describeJson(value) : value,
    );
  }
}

function jsonVerdict({ location, eventId, result }: Verdict): object {
  return {
    file: location.file,
    line: location.line,
    ...(location.item === undefined ? {} : { item: location.item }),
    ...(eventId === undefined ? {} : { eventId }),
    ...result,
  };
}
