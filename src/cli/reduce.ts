import { NamespaceMixedStreamError, type NamespaceScope } from "../dossier/namespace.js";
import { type ReduceReport, reduceWithReport, type SkippedEvent } from "../dossier/reduce.js";
import { stateToBinary, stateToJsonString } from "../dossier/state.js";
import type { ParsedEvent } from "../event/parse.js";
import type { Violation } from "../event/violation.js";
import { CommandError, EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { type InputRecord, readEvents } from "./read-events.js";
import { type Location, locationText } from "./read-records.js";
import { namespaceLines, renderState } from "./render-state.js";
import { jsonOutput, type Terminal } from "./terminal.js";
import { columns, counted, printable } from "./terminal-text.js";
import { expectationText } from "./violation-text.js";

/** A format in which a state can be printed. */
export type Format = "text" | "json" | "binary";

/** The options of `mission-dossier reduce`. */
export type ReduceCommandOptions = {
  readonly format: Format;
  readonly namespaceScope: NamespaceScope;
  readonly skipInvalid?: boolean;
  readonly strict?: boolean;
  readonly failOnDrift?: boolean;
};

/**
 * Reduces the events of the files and prints the state.
 *
 * @throws CommandError when there is no state to print.
 */
export async function runReduce(
  files: readonly string[],
  options: ReduceCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  if (options.format === "binary" && terminal.isInteractive) {
    throw new CommandError(
      "binary output is not for a terminal; send it to a file or a pipe",
      EXIT_CODES.misuse.code,
    );
  }
  const events: { readonly event: ParsedEvent; readonly location: Location }[] = [];
  let unreadable = 0;
  let invalid = 0;
  for await (const record of readEvents(files, terminal.standardInput)) {
    if (record.kind === "event") {
      events.push(record);
    } else {
      unreadable += record.kind === "unreadable" ? 1 : 0;
      invalid++;
      reportInvalid(record, terminal);
    }
  }
  if (invalid > 0 && !options.skipInvalid) {
    const advice =
      unreadable > 0 && events.length === 0
        ? "the input must be JSON Lines, one event a line, or one JSON array"
        : "--skip-invalid carries on without them";
    throw new CommandError(
      `${counted(invalid, "invalid record")} among ${invalid + events.length}; nothing was reduced (${advice})`,
      EXIT_CODES.rejected.code,
    );
  }
  if (invalid > 0) {
    terminal.report(`skipped ${counted(invalid, "invalid record")}`);
  }
  const { state, skipped } = reduce(
    events.map(({ event }) => event),
    options.namespaceScope,
  );
  reportSkipped(skipped, (position) => events[position]?.location, terminal);
  switch (options.format) {
    case "text":
      terminal.write(renderState(state, terminal.colors));
      break;
    case "json":
      terminal.write(`${jsonOutput(stateToJsonString(state, 2), terminal)}\n`);
      break;
    case "binary":
      terminal.write(stateToBinary(state));
      break;
  }
  if (options.strict && skipped.length > 0) {
    return EXIT_CODES.rejected.code;
  }
  return options.failOnDrift && state.parityStatus === "drifted"
    ? EXIT_CODES.drifted.code
    : EXIT_CODES.ok.code;
}

function reduce(events: readonly ParsedEvent[], namespaceScope: NamespaceScope): ReduceReport {
  try {
    return reduceWithReport(events, { namespaceScope });
  } catch (error) {
    if (error instanceof NamespaceMixedStreamError) {
      const lines = [
        "the events belong to more than one mission",
        "  expected",
        ...namespaceLines(error.expected).map((line) => `    ${line}`),
        "  got",
        ...namespaceLines(error.got).map((line) => `    ${line}`),
        ...(error.differsInStepOnly
          ? ["  the two differ in step only: --namespace-scope mission takes them for one"]
          : []),
      ];
      throw new CommandError(lines.join("\n"), EXIT_CODES.rejected.code);
    }
    throw error;
  }
}

function reportInvalid(record: Exclude<InputRecord, { kind: "event" }>, terminal: Terminal): void {
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

function reportSkipped(
  skipped: readonly SkippedEvent[],
  locate: (position: number) => Location | undefined,
  terminal: Terminal,
): void {
  for (const { position, eventId, eventType, violations } of skipped) {
    const location = locate(position);
    const where = location === undefined ? "" : `${printable(locationText(location))}: `;
    terminal.report(`${where}payload skipped (event ${printable(eventId)}, ${eventType})`);
    reportViolations(violations, terminal);
  }
  if (skipped.length > 0) {
    terminal.report(`skipped ${counted(skipped.length, "payload")} that the contract rejects`);
  }
}

function reportViolations(violations: readonly Violation[], terminal: Terminal): void {
  for (const line of columns(violations.map(violationRow))) {
    terminal.report(`  ${line}`);
  }
}

function violationRow(violation: Violation): string[] {
  const { field, violationType } = violation;
  return [printable(field), printable(expectationText(violation)), `[${violationType}]`];
}

/** An id that may be anything, cut to what fits a line. */
function describeId(id: string): string {
  return id.length > 40 ? `${id.slice(0, 40)}…` : id;
}
