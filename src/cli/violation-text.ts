import { describeJson } from "../event/describe-json.js";
import type { Violation } from "../event/violation.js";

/** What a violation says beside its field: what was expected, what was found, what was meant. */
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

function suggestionText(violationType: string, suggestion: string | undefined): string {
  if (suggestion === undefined) {
    return "";
  }
  const name = describeJson(suggestion);
  return violationType === "required"
    ? ` (did you misspell it as ${name}?)`
    : ` (did you mean ${name}?)`;
}
