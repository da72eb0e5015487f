import { gotText } from "../event/errors/violation.js";
import type { Violation } from "../event/errors/violation.js";
import { describeJson } from "../event/json/describe-json.js";

/** A violation without its field: the expectation, the value found, and the suggestion. */
export function expectationText(violation: Violation): string {
  const { message, suggestion, violationType } = violation;
  return `${message}${gotText(violation)}${suggestionText(violationType, suggestion)}`;
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
