import type { KnownDefect } from "../event/errors/known-defect.js";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import type { Violation } from "../event/errors/violation.js";
import { describeJson } from "../event/json/describe-json.js";
import type { Terminal } from "./terminal.js";
import { columns, printable } from "./terminal-text.js";

/** A violation without its field: the expectation, the value found, and the suggestion. */
export function expectationText({
  message,
  inputValue,
  suggestion,
  violationType,
}: Violation): string {
  const got =
    inputValue === undefined || message.includes(", got ")
      ? ""
      : `, got ${describeJson(inputValue)}`;
  return `${message}${got}${suggestionText(violationType, suggestion)}`;
}

/** The text for a known defect: a description, and the right place of each value. */
export function defectLines(defect: KnownDefect | undefined): readonly string[] {
  if (defect === undefined) {
    return [];
  }
  const moves = defect.moves.map(({ from, to }) => [`  ${from}`, `belongs in ${to}`]);
  return [defect.message, ...columns(moves)];
}

/** Prints violations as a table: field, expectation, rule. */
export function reportViolations(violations: readonly Violation[], terminal: Terminal): void {
  for (const line of columns(violations.map(violationRow))) {
    terminal.report(`  ${line}`);
  }
}

function violationRow(violation: Violation): string[] {
  const { field, violationType } = violation;
  return [printable(excerpt(field)), printable(expectationText(violation)), `[${violationType}]`];
}

function suggestionText(violationType: string, suggestion: string | undefined): string {
  if (suggestion === undefined) {
    return "";
  }
  const name = describeJson(suggestion);
  return violationType === "required"
    ? ` (did you misspell it as ${name}?)`
    : ` (did you mean ${name}?)`;
}
