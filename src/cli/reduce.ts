import { Ledger } from "../dossier/ledger.js";
import { NamespaceMixedStreamError, type NamespaceScope } from "../dossier/namespace.js";
import { NamespaceLedgers } from "../dossier/namespace-ledgers.js";
import { type ReduceReport, reportOf, type SkippedEvent } from "../dossier/report.js";
import { type MissionDossierState, stateToBinary, stateToJsonString } from "../dossier/state.js";
import type { Diagnostic, DiagnosticCode } from "../event/errors/diagnostic.js";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import type { Violation } from "../event/errors/violation.js";
import { describeJson } from "../event/json/describe-json.js";
import { CommandError, EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { LedgerSink } from "./ledger-sink.js";
import { type InputOptions, type Location, locationText } from "./read-records.js";
import {
  type EventSink,
  type InputSummary,
  type InvalidRecord,
  readInput,
} from "./reduce-input.js";
import { namespaceLines, stateLines } from "./render-state.js";
import { jsonOutput, type Terminal } from "./terminal.js";
import { columns, counted, printable } from "./terminal-text.js";
import { defectLines, expectationText } from "./violation-text.js";

/** A format in which a state can be printed. */
export type Format = "text" | "json" | "binary";

/** The options of `mission-dossier reduce`. */
export type ReduceCommandOptions = InputOptions & {
  /** `undefined` when none was asked for. */
  readonly format?: Format;
  readonly namespaceScope: NamespaceScope;
  readonly byNamespace?: boolean;
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

function checkFormat({ format, byNamespace }: ReduceCommandOptions, terminal: Terminal): void {
  if (format === "binary" && terminal.isInteractive) {
    throw new CommandError(
      "binary output is not for a terminal; send it to a file or a pipe",
      EXIT_CODES.misuse.code,
    );
  }
  if (byNamespace && format !== undefined && format !== "json") {
    throw new CommandError(
      `--by-namespace prints JSON Lines, and not --format ${format}`,
      EXIT_CODES.misuse.code,
    );
  }
}

async function reduceOne(
  files: readonly string[],
  options: ReduceCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const ledger = new Ledger(options.namespaceScope);
  const sink = new LedgerSink(() => ledger, options);
  const { locations } = await readValidInput(files, options, terminal, sink);
  const report = reportOfMission(ledger);
  const { state } = report;
  reportLeftOut([report], report.skipped, locations, terminal);
  reportFindings(sink.found, locations, terminal);
  switch (options.format ?? "text") {
    case "text":
      for (const line of stateLines(state, terminal.colors)) {
        terminal.write(`${line}\n`);
      }
      break;
    case "json":
      terminal.write(`${jsonOutput(stateToJsonString(state, 2), terminal)}\n`);
      break;
    case "binary":
      terminal.write(stateToBinary(state));
      break;
  }
  return exitCode([report], report.skipped, sink.found, options);
}

async function reduceEach(
  files: readonly string[],
  options: ReduceCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const ledgers = new NamespaceLedgers(options.namespaceScope);
  const sink = new LedgerSink((judged) => ledgers.ledgerOf(judged), options);
  const { locations } = await readValidInput(files, options, terminal, sink);
  const reports = ledgers.missions.map((ledger) => reportOf(ledger));
  const unassigned = reportOf(ledgers.unassigned);
  const skipped = [...reports, unassigned]
    .flatMap((report) => report.skipped)
    .sort((a, b) => a.position - b.position);
  reportLeftOut([...reports, unassigned], skipped, locations, terminal);
  reportFindings(sink.found, locations, terminal);
  if (unassigned.state.eventCount > 0) {
    terminal.report(
      `${counted(unassigned.state.eventCount, "event")} of no readable namespace, in none of the states`,
    );
  }
  for (const { state } of reports) {
    terminal.write(`${jsonOutput(stateToJsonString(state), terminal)}\n`);
    await terminal.ready();
    if (terminal.isOutputOver()) {
      break;
    }
  }
  return exitCode(reports, skipped, sink.found, options);
}

/**
 * Reads the events of the files into a sink, and says which records are none.
 *
 * @throws CommandError when there are such records, and they may not be skipped.
 */
async function readValidInput(
  files: readonly string[],
  options: ReduceCommandOptions,
  terminal: Terminal,
  sink: LedgerSink,
): Promise<InputSummary> {
  const put: EventSink = (judged, position) => sink.put(judged, position);
  const summary = await readInput(files, options, terminal, put, (record) =>
    reportInvalid(record, terminal),
  );
  const { records, others, invalid, unreadable } = summary;
  if (invalid > 0 && !options.skipInvalid) {
    const advice =
      unreadable > 0 && invalid === records
        ? "the input must be JSON Lines, one event a line, or one JSON array"
        : "--skip-invalid carries on without them";
    throw new CommandError(
      `${counted(invalid, "invalid record")} among ${records}; nothing was reduced (${advice})`,
      EXIT_CODES.rejected.code,
    );
  }
  if (invalid > 0) {
    terminal.report(`skipped ${counted(invalid, "invalid record")}`);
  }
  if (others > 0 && others === records) {
    // As it is when the event type is misspelled.
    terminal.report(`no event among ${records} is of a type that a dossier is made of`);
  }
  return summary;
}

function reportOfMission(ledger: Ledger): ReduceReport {
  try {
    return reportOf(ledger);
  } catch (error) {
    if (error instanceof NamespaceMixedStreamError) {
      const lines = [
        "the events belong to more than one mission",
        "  expected",
        ...namespaceLines(error.expected).map((line) => `    ${line}`),
        "  got",
        ...namespaceLines(error.got).map((line) => `    ${line}`),
        error.differsInStepOnly
          ? "  the two differ in step only: --namespace-scope mission takes them for one"
          : "  --by-namespace gives one state for each",
      ];
      throw new CommandError(lines.join("\n"), EXIT_CODES.rejected.code);
    }
    throw error;
  }
}

function exitCode(
  reports: readonly ReduceReport[],
  skipped: readonly SkippedEvent[],
  found: readonly Diagnostic[],
  { strict, failOnDrift }: ReduceCommandOptions,
): ExitCode {
  const hasConflicts = reports.some(({ conflicts }) => conflicts.length > 0);
  if (strict && (skipped.length > 0 || found.length > 0 || hasConflicts)) {
    return EXIT_CODES.rejected.code;
  }
  return failOnDrift && reports.some(({ state }) => hasDrifted(state))
    ? EXIT_CODES.drifted.code
    : EXIT_CODES.ok.code;
}

function hasDrifted({ parityStatus }: MissionDossierState): boolean {
  return parityStatus === "drifted";
}

function reportInvalid(record: InvalidRecord, terminal: Terminal): void {
  const where = printable(locationText(record.location));
  if (record.kind === "unreadable") {
    terminal.report(`${where}: not a valid event`);
    terminal.report(`  ${printable(record.reason)}`);
  } else {
    const id =
      record.eventId === undefined ? "" : ` (event ${printable(describeId(record.eventId))})`;
    terminal.report(`${where}: not a valid event${id}`);
    reportViolations(record.violations, terminal);
  }
}

/** Says what of the input is not in the states. */
function reportLeftOut(
  reports: readonly ReduceReport[],
  skipped: readonly SkippedEvent[],
  locations: ReadonlyMap<number, Location>,
  terminal: Terminal,
): void {
  const place = (position: number): string => {
    const location = locations.get(position);
    return location === undefined ? "" : `${printable(locationText(location))}: `;
  };
  for (const { position, eventId, eventType, violations, knownDefect } of skipped) {
    terminal.report(`${place(position)}payload skipped (event ${eventId}, ${eventType})`);
    reportViolations(violations, terminal);
    for (const line of defectLines(knownDefect)) {
      terminal.report(`  ${line}`);
    }
  }
  if (skipped.length > 0) {
    terminal.report(`skipped ${counted(skipped.length, "payload")} that the contract rejects`);
  }
  const conflicts = reports.flatMap((report) => report.conflicts);
  for (const { position, eventId } of conflicts) {
    terminal.report(`${place(position)}not what the same id says elsewhere (event ${eventId})`);
  }
  if (conflicts.length > 0) {
    terminal.report(
      `${counted(conflicts.length, "id")} with more than one content; what comes first in the stream counts`,
    );
  }
}

/** Says what is not as it should be about the events, and yet is no reason to leave them out. */
function reportFindings(
  found: readonly Diagnostic[],
  locations: ReadonlyMap<number, Location>,
  terminal: Terminal,
): void {
  for (const { code, eventId, position, field, expected, got } of found) {
    const location = position === undefined ? undefined : locations.get(position);
    const place = location === undefined ? "" : `${printable(locationText(location))}: `;
    const should = findingText(code, printable(describeJson(expected)));
    terminal.report(
      `${place}${printable(excerpt(field))}: ${should}, got ${printable(describeJson(got))} (event ${eventId}) [${code}]`,
    );
  }
}

function findingText(code: DiagnosticCode, expected: string): string {
  switch (code) {
    case "unknown_field":
      return "the contract has no such field";
    case "clock_backwards":
      return `the node was at ${expected} before`;
    case "project_mismatch":
      return `the namespace has ${expected}`;
    default:
      return `expected ${expected}`;
  }
}

function reportViolations(violations: readonly Violation[], terminal: Terminal): void {
  for (const line of columns(violations.map(violationRow))) {
    terminal.report(`  ${line}`);
  }
}

function violationRow(violation: Violation): string[] {
  const { field, violationType } = violation;
  return [printable(excerpt(field)), printable(expectationText(violation)), `[${violationType}]`];
}

/** An id that may be anything, cut to what fits a line. */
function describeId(id: string): string {
  return id.length > 40 ? `${id.slice(0, 40)}…` : id;
}
