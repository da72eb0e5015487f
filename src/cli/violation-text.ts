import type { KnownDefect } from "../event/errors/known-defect.js";
import type { Violation } from "../event/errors/violation.js";
import { describeJson } from "../event/json/describe-json.js";
import { columns } from "./terminal-text.js";

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

function suggestionText(violationType: string, suggestion: string | undefined): string {
  if (suggestion === undefined) {
    return "";
  }
  const name = describeJson(suggestion);
  return violationType === "required"
    ? ` (did you misspell it as ${name}?)`
    : ` (did you mean ${name}?)`;
}
