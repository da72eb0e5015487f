import { reduceStream, reduceStreamByNamespace } from "../dossier/reduce-stream.js";
import type { ReduceReport } from "../dossier/report.js";
import { type MissionDossierState, stateToBinary, stateToJsonString } from "../dossier/state.js";
import type { Diagnostic } from "../event/errors/diagnostic.js";
import { doubtsAbout, type Reading } from "./doubts.js";
import { checkContract } from "./contract-option.js";
import { CommandError, EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { checkHtml, HTML } from "./html-format.js";
import type { InputOptions } from "./read-records.js";
import { ReduceInput } from "./reduce-input.js";
import type { ReduceReports, ReduceReportsOptions } from "./reduce-html.js";
import { reportFindings, reportGenerations, reportLeftOut } from "./reduce-messages.js";
import { stateLines } from "./render-state.js";
import { jsonOutput, type Terminal } from "./terminal.js";
import { counted } from "./terminal-text.js";

/** A format in which a state can be printed. */
export type Format = "text" | "json" | "binary" | typeof HTML;

/** The options of `mission-dossier reduce`. */
export type ReduceCommandOptions = InputOptions &
  ReduceReportsOptions & {
    /** `undefined` when none was asked for. */
    readonly format?: Format;
    readonly skipInvalid?: boolean;
    readonly strict?: boolean;
    readonly failOnDrift?: boolean;
  };

/**
 * Reduces the events of the files and prints the state, or one state for each
 * namespace.
 *
 * @throws CommandError when there is no state to print.
 */
export async function runReduce(
  files: readonly string[],
  options: ReduceCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  checkFormat(options, terminal);
  return options.byNamespace
    ? await reduceEach(files, options, terminal)
    : await reduceOne(files, options, terminal);
}

function checkFormat(
  { format, byNamespace, out, contract }: ReduceCommandOptions,
  terminal: Terminal,
): void {
  const hasNames =
    format === "json" || format === HTML || (byNamespace === true && format === undefined);
  checkContract(contract, hasNames, "--format json or html");
  if (format === "binary" && terminal.isInteractive) {
    throw new CommandError(
      "binary output is not for a terminal; send it to a file or a pipe",
      EXIT_CODES.misuse.code,
    );
  }
  const isFolder = byNamespace === true && format === HTML;
  if (byNamespace && format !== undefined && format !== "json" && !isFolder) {
    throw new CommandError(
      `--by-namespace prints JSON Lines, not --format ${format}`,
      EXIT_CODES.misuse.code,
    );
  }
  if (isFolder && out === undefined) {
    throw new CommandError(
      "--by-namespace --format html writes a page for each mission, and needs --out DIR for them",
      EXIT_CODES.misuse.code,
    );
  }
  if (!isFolder && out !== undefined) {
    throw new CommandError(
      "--out is for the pages of --by-namespace --format html; anything else goes to standard output",
      EXIT_CODES.misuse.code,
    );
  }
  if (!isFolder) {
    checkHtml(format, terminal);
  }
}

async function reduceOne(
  files: readonly string[],
  options: ReduceCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const input = new ReduceInput(files, options, terminal, "reduced");
  const html = options.format === HTML ? await htmlReports(options) : undefined;
  const report = await input.reduce((events, reduceOptions) =>
    reduceStream(html?.observe(events) ?? events, reduceOptions),
  );
  input.checkInvalid(report.state.eventCount);
  const { state } = report;
  reportLeftOut([report], report.skipped, input.source.places, terminal);
  const found = findingsOf(report, options);
  reportFindings(found, input.source.places, terminal);
  reportGenerations(report.generations, terminal);
  switch (options.format ?? "text") {
    case "text":
      for (const line of stateLines(state, terminal.colors, terminal.width)) {
        terminal.write(`${line}\n`);
      }
      break;
    case "json":
      terminal.write(
        `${jsonOutput(stateToJsonString(state, 2, { contract: options.contract }), terminal)}\n`,
      );
      break;
    case "binary":
      terminal.write(stateToBinary(state));
      break;
    case HTML:
      html?.print(report, files, input, terminal);
      break;
  }
  return exitCode(
    { all: [report], skipped: report.skipped, found, invalid: input.invalidCount },
    options,
    terminal,
  );
}

async function reduceEach(
  files: readonly string[],
  options: ReduceCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const input = new ReduceInput(files, options, terminal, "reduced");
  const html = options.format === HTML ? await htmlReports(options) : undefined;
  const report = await input.reduce((events, reduceOptions) =>
    reduceStreamByNamespace(html?.observe(events) ?? events, reduceOptions),
  );
  const { missions, unassigned } = report;
  const all = [...missions, unassigned];
  input.checkInvalid(all.reduce((sum, { state }) => sum + state.eventCount, 0));
  const skipped = all.flatMap((each) => each.skipped).sort((a, b) => a.position - b.position);
  reportLeftOut(all, skipped, input.source.places, terminal);
  const found = findingsOf(report, options);
  reportFindings(found, input.source.places, terminal);
  reportGenerations(report.generations, terminal);
  if (unassigned.state.eventCount > 0) {
    terminal.report(
      `${counted(unassigned.state.eventCount, "event")} without a readable namespace, in none of the states`,
    );
  }
  if (html !== undefined) {
    html.write(report, files, input, terminal);
    return exitCode({ all, skipped, found, invalid: input.invalidCount }, options, terminal);
  }
  for (const { state } of missions) {
    terminal.write(
      `${jsonOutput(stateToJsonString(state, 0, { contract: options.contract }), terminal)}\n`,
    );
    await terminal.ready();
    if (terminal.isOutputOver()) {
      break;
    }
  }
  return exitCode({ all, skipped, found, invalid: input.invalidCount }, options, terminal);
}

/** Only a page needs the code that makes it. */
async function htmlReports(options: ReduceCommandOptions): Promise<ReduceReports> {
  const { ReduceReports } = await import("./reduce-html.js");
  return new ReduceReports(options);
}

/**
 * The diagnostics that are not listed as skipped payloads and conflicts. Without strict
 * mode, only those about event types, since nothing else reports such an event.
 */
function findingsOf(
  { diagnostics }: { readonly diagnostics: readonly Diagnostic[] },
  { strict = false }: ReduceCommandOptions,
): Diagnostic[] {
  return diagnostics.filter(({ code }) =>
    strict
      ? code !== "skipped_payload" && code !== "conflicting_event"
      : code === "unknown_event_type",
  );
}

/** Everything that the exit code depends on. */
type Outcome = Omit<Reading, "eventCount"> & { readonly all: readonly ReduceReport[] };

function exitCode(
  outcome: Outcome,
  { strict, failOnDrift }: ReduceCommandOptions,
  terminal: Terminal,
): ExitCode {
  const { all, skipped, found } = outcome;
  const hasConflicts = all.some(({ conflicts }) => conflicts.length > 0);
  if (strict && (skipped.length > 0 || found.length > 0 || hasConflicts)) {
    return EXIT_CODES.rejected.code;
  }
  if (failOnDrift && all.some(({ state }) => hasDrifted(state))) {
    return EXIT_CODES.drifted.code;
  }
  const eventCount = all.reduce((sum, { state }) => sum + state.eventCount, 0);
  const doubts = failOnDrift ? doubtsAbout({ ...outcome, eventCount }) : [];
  if (doubts.length > 0) {
    terminal.report(`cannot tell whether the replicas have drifted: ${doubts.join(", ")}`);
    return EXIT_CODES.uncertain.code;
  }
  return EXIT_CODES.ok.code;
}

function hasDrifted({ parityStatus }: MissionDossierState): boolean {
  return parityStatus === "drifted";
}
