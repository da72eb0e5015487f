import type { DescMessage } from "@bufbuild/protobuf";
import {
  DOSSIER_EVENT_TYPES,
  type DossierEventType,
  PAYLOAD_SCHEMAS,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { projectMismatch } from "../event/envelope/event-diagnostics.js";
import { mismatchViolation } from "../event/envelope/parse-event.js";
import { optionsIn } from "../event/errors/arguments.js";
import { UnknownEventTypeError } from "../event/errors/errors.js";
import { type KnownDefect, knownDefectOf } from "../event/errors/known-defect.js";
import type { Violation } from "../event/errors/violation.js";
import { isJsonObject } from "../event/json/json-object.js";
import { isLarge } from "../event/model/large-value.js";
import { readPayload } from "../event/model/payload.js";
import { readModel } from "../event/model/read-model.js";
import { isDossierEventType } from "../event/model/registry.js";
import { acceptsEnvelope, acceptsPayload } from "../event/model/verdict.js";
import { type SchemaViolation, schemaViolations } from "./schema-layer.js";

/** What {@link validateEvent} judges: the payload of an event type, or the envelope. */
export type JudgedType = DossierEventType | typeof ENVELOPE;

/** The name under which the envelope is judged. */
export const ENVELOPE = "Event";

/** Everything that {@link validateEvent} can judge. */
export const JUDGED_TYPES: readonly JudgedType[] = [...DOSSIER_EVENT_TYPES, ENVELOPE];

/** The verdict on one payload. It is frozen; the values that it shows are the caller's. */
export type ValidationResult = {
  /** Whether neither layer has a violation. */
  readonly valid: boolean;
  /** Violations of the generated message and its annotations. */
  readonly modelViolations: readonly Violation[];
  /** Violations of the committed JSON Schema. */
  readonly schemaViolations: readonly SchemaViolation[];
  /** Whether the schema was not asked, as of a very large value that is rejected anyway. */
  readonly schemaCheckSkipped: boolean;
  /** What the payload was judged as. */
  readonly eventType: JudgedType;
  /** The mistake that its producer is known for, if it is recognized. */
  readonly knownDefect?: KnownDefect;
};

/** How strictly a payload is judged. */
export type ValidateOptions = {
  /**
   * Whether fields that the contract does not know are violations, and, in a whole
   * event, a `project_uuid` that is not that of the namespace. Default: false.
   */
  readonly strict?: boolean;
};

/**
 * Judges one payload, or one envelope as `"Event"`, in two layers: ProtoJSON and
 * the annotations, then the committed JSON Schema. All violations of both are in
 * the result. The payload of an envelope is not judged with it.
 *
 * @param payload Wire JSON, as `JSON.parse` gives it.
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function validateEvent(
  payload: unknown,
  eventType: JudgedType,
  options?: ValidateOptions,
): ValidationResult {
  const { strict = false } = optionsIn(options);
  const desc = judgedMessage(eventType);
  const accepted = isAccepted(payload, eventType);
  if (!strict && accepted) {
    return conforming(eventType);
  }
  const model =
    eventType === ENVELOPE
      ? readModel(desc, payload, { strict })
      : readPayload(eventType, payload, { strict });
  const modelViolations = model.kind === "valid" ? [] : [...model.violations];
  // All that the schema has to say of a large value would fill the memory.
  const schemaCheckSkipped = !accepted && isLarge(payload);
  const violations = schemaCheckSkipped ? [] : schemaViolations(desc, payload);
  const valid = modelViolations.length === 0 && violations.length === 0;
  // What was judged belongs to the caller, so it is shown as it is and not frozen.
  return Object.freeze({
    valid,
    modelViolations: Object.freeze(modelViolations.map((violation) => Object.freeze(violation))),
    schemaViolations: Object.freeze(violations.map((violation) => Object.freeze(violation))),
    schemaCheckSkipped,
    eventType,
    ...(valid || eventType === ENVELOPE ? {} : defectOf(eventType, payload)),
  });
}

function defectOf(
  eventType: DossierEventType,
  payload: unknown,
): Pick<ValidationResult, "knownDefect"> {
  const knownDefect = knownDefectOf(eventType, payload);
  return knownDefect === undefined ? {} : { knownDefect };
}

/**
 * Judges a whole event: its envelope first, then, when its `event_type` is one of
 * the contract's, its payload. One does not hide the other.
 *
 * @param json The envelope's wire JSON, as `JSON.parse` gives it.
 */
export function validateEnvelope(
  json: unknown,
  options?: ValidateOptions,
): readonly [ValidationResult, ...ValidationResult[]] {
  const envelope = validateEvent(json, ENVELOPE, options);
  if (!isJsonObject(json)) {
    return [envelope];
  }
  const eventType = json[EventSchema.field.eventType.jsonName];
  if (!isDossierEventType(eventType)) {
    return [envelope];
  }
  const payload = json[EventSchema.field.payload.jsonName] ?? {};
  const mismatch =
    options?.strict && isJsonObject(payload) ? projectMismatch(json, payload) : undefined;
  return [
    mismatch === undefined ? envelope : withViolation(envelope, mismatchViolation(mismatch)),
    validateEvent(payload, eventType, options),
  ];
}

function withViolation(result: ValidationResult, violation: Violation): ValidationResult {
  const modelViolations = Object.freeze([...result.modelViolations, Object.freeze(violation)]);
  return Object.freeze({ ...result, valid: false, modelViolations });
}

/** The verdict alone, which neither layer would contradict. */
function isAccepted(payload: unknown, eventType: JudgedType): boolean {
  return eventType === ENVELOPE ? acceptsEnvelope(payload) : acceptsPayload(eventType, payload);
}

function conforming(eventType: JudgedType): ValidationResult {
  return Object.freeze({
    valid: true,
    modelViolations: NO_VIOLATIONS,
    schemaViolations: NO_VIOLATIONS,
    schemaCheckSkipped: false,
    eventType,
  });
}

const NO_VIOLATIONS: readonly never[] = Object.freeze([]);

/** Whether {@link validateEvent} can judge it. */
export function isJudgedType(eventType: unknown): eventType is JudgedType {
  return eventType === ENVELOPE || isDossierEventType(eventType);
}

/**
 * The message that goes with an event type, or with the envelope.
 *
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function judgedMessage(eventType: JudgedType): DescMessage {
  if (!isJudgedType(eventType)) {
    throw new UnknownEventTypeError(eventType, JUDGED_TYPES);
  }
  return eventType === ENVELOPE ? EventSchema : PAYLOAD_SCHEMAS[eventType];
}
