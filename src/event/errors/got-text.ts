import { describeJson } from "../json/describe-json.js";
import { TYPE_VIOLATION, type Violation } from "./violation.js";

/**
 * The value that breaks a rule, for the end of a message: `, got 7`. Empty if there is no
 * value, or the message already names it.
 */
export function gotText({ inputValue, violationType }: Violation): string {
  const isNamed = violationType === TYPE_VIOLATION || violationType.endsWith(EMPTY_VALUE);
  return inputValue === undefined || isNamed ? "" : `, got ${describeJson(inputValue)}`;
}

/** The suffix of protovalidate's rule ids whose messages say that the value is empty. */
const EMPTY_VALUE = "_empty";
