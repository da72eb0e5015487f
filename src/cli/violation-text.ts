import type { RejectedPayload } from "../event/envelope/accepted-event.js";
import type { KnownDefect } from "../event/errors/known-defect.js";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import type { Violation } from "../event/errors/violation.js";
import { expectationText } from "../report/expectation-text.js";
import { columns, type TableOptions } from "./table.js";
import type { Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";

/** The text for a known defect: a description, and the right place of each value. */
export function defectLines(
  defect: KnownDefect | undefined,
  options?: TableOptions,
): readonly string[] {
  if (defect === undefined) {
    return [];
  }
  const moves = defect.moves.map(({ from, to }) => [`  ${from}`, `belongs in ${to}`]);
  return [...columns([[defect.message]], options), ...columns(moves, options)];
}

/** Violations as a table: field, expectation, rule. */
export function violationLines(
  violations: readonly Violation[],
  options: TableOptions,
): readonly string[] {
  return columns(violations.map(violationRow), options);
}

/** Prints violations as a table on standard error, below a line that says whose they are. */
export function reportViolations(violations: readonly Violation[], terminal: Terminal): void {
  for (const line of violationLines(violations, { width: belowWidth(terminal.reportWidth) })) {
    terminal.report(`  ${line}`);
  }
}

type Rejection = Pick<RejectedPayload, "violations"> & {
  readonly knownDefect?: KnownDefect | undefined;
};

/** Prints the violations of a payload that the contract rejects, and then its known defect. */
export function reportRejection({ violations, knownDefect }: Rejection, terminal: Terminal): void {
  reportViolations(violations, terminal);
  for (const line of defectLines(knownDefect, { width: belowWidth(terminal.reportWidth) })) {
    terminal.report(`  ${line}`);
  }
}

/** The width that is left to lines below a heading. */
export function belowWidth(width: number | undefined): number | undefined {
  return width === undefined ? undefined : Math.max(1, width - 2);
}

function violationRow(violation: Violation): string[] {
  const { field, violationType } = violation;
  return [printable(excerpt(field)), printable(expectationText(violation)), `[${violationType}]`];
}
