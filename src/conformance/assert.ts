import { optionsIn } from "../event/errors/arguments.js";
import { gotText } from "../event/errors/violation.js";
import { excerpt, MissionDossierError } from "../event/errors/mission-dossier-error.js";
import type { Violation } from "../event/errors/violation.js";
import { describeJson } from "../event/json/describe-json.js";
import { jsonText } from "../event/json/json-text.js";
import type { SchemaViolation } from "./schema-layer.js";
import {
  type JudgedType,
  type ValidateOptions,
  type ValidationResult,
  validateEvent,
} from "./validate-event.js";

/** Raised when the verdict on a payload is not what a test expects. */
export class ConformanceError extends MissionDossierError {
  override readonly name = "ConformanceError";
  constructor(
    message: string,
    /** The verdict on the payload. */
    readonly result: ValidationResult,
    /** The payload that was judged. */
    readonly payload: unknown,
  ) {
    const [first] = result.modelViolations;
    super("unexpected_verdict", message, {
      field: first?.field,
      expected: first?.message,
      got: first?.inputValue,
    });
  }
}

/**
 * For a test: asserts that a payload conforms. The message of the error shows
 * the event type, the violations of both layers, and the values that break them.
 *
 * @throws ConformanceError when it does not conform.
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function assertPayloadConforms(
  payload: unknown,
  eventType: JudgedType,
  options?: ValidateOptions,
): void {
  const result = validateEvent(payload, eventType, options);
  if (!result.valid) {
    throw new ConformanceError(
      [
        `The payload does not conform to ${eventType}.`,
        ...(result.knownDefect === undefined ? [] : [`Known: ${result.knownDefect.message}`]),
        ...layerLines("Model", result.modelViolations.map(modelLine)),
        ...layerLines("Schema", result.schemaViolations.map(schemaLine)),
        `Payload: ${payloadText(payload)}`,
      ].join("\n"),
      result,
      payload,
    );
  }
}

/**
 * For a test: asserts that a payload does not conform, and, if a field is given, that a
 * violation of the model layer names that field.
 *
 * @param field The dotted path of the field, for example `artifact_id.path`.
 * @throws ConformanceError when it conforms, or only other fields have violations.
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function assertPayloadFails(
  payload: unknown,
  eventType: JudgedType,
  given?: ValidateOptions & { readonly field?: string },
): void {
  const { field, ...options } = optionsIn(given);
  const result = validateEvent(payload, eventType, options);
  const fields = result.modelViolations.map((violation) => violation.field);
  if (result.valid) {
    throw new ConformanceError(
      `The payload conforms to ${eventType}, but should not.\nPayload: ${payloadText(payload)}`,
      result,
      payload,
    );
  }
  if (field !== undefined && !fields.includes(field)) {
    throw new ConformanceError(
      [
        `The payload does not conform to ${eventType}, but not because of ${field}.`,
        ...layerLines("Model", result.modelViolations.map(modelLine)),
        `Payload: ${payloadText(payload)}`,
      ].join("\n"),
      result,
      payload,
    );
  }
}

function layerLines(layer: string, lines: readonly string[]): string[] {
  const shown = lines.slice(0, MAX_LINES).map((line) => excerpt(line, MAX_LINE));
  const hidden = lines.length - shown.length;
  return [
    `${layer}: ${lines.length === 0 ? "no violations" : ""}`.trimEnd(),
    ...shown,
    ...(hidden > 0 ? [`  and ${hidden} more`] : []),
  ];
}

function modelLine(violation: Violation): string {
  const { field, message, violationType } = violation;
  return `  ${field || "(root)"}: ${message}${gotText(violation)} [${violationType}]`;
}

function schemaLine({ jsonPath, message, validator }: SchemaViolation): string {
  return `  ${jsonPath}: ${message} [${validator}]`;
}

const MAX_LINES = 50;
const MAX_LINE = 1000;
const MAX_PAYLOAD = 2000;

/** A payload as JSON, or a description of one that is not JSON or too deeply nested. */
function payloadText(payload: unknown): string {
  const text =
    payload === undefined ? "undefined" : (jsonText(payload, 2) ?? describeJson(payload));
  return excerpt(text, MAX_PAYLOAD);
}
