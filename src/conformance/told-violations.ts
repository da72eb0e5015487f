import { TYPE_VIOLATION, type Violation } from "../event/errors/violation.js";
import type { ValidationResult } from "./validate-event.js";

/**
 * The violations to tell people. The two layers give the same verdict, and the model describes it
 * better, so the schema's violations are used only if the model has none.
 */
export function toldViolations({
  modelViolations,
  schemaViolations,
}: Pick<ValidationResult, "modelViolations" | "schemaViolations">): readonly Violation[] {
  return modelViolations.length > 0
    ? modelViolations
    : schemaViolations.map(({ jsonPath, message, validator }) => ({
        field: jsonPath,
        path: [],
        message,
        violationType: `schema.${validator}`,
        inputValue: undefined,
      }));
}

/** Whether a violation only repeats the envelope's, that the payload is not an object. */
export function isToldByEnvelope({ field, violationType }: Violation): boolean {
  return field === "" && violationType === TYPE_VIOLATION;
}
