import type { DescMessage } from "@bufbuild/protobuf";
import {
  DOSSIER_EVENT_TYPES,
  type DossierEventType,
  PAYLOAD_SCHEMAS,
} from "../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { strictViolations } from "../event/envelope/judge-event.js";
import { generationOfEnvelope, readEnvelopeMessage } from "../event/envelope/read-envelope.js";
import { optionsIn } from "../event/errors/arguments.js";
import { UnknownEventTypeError } from "../event/errors/errors.js";
import type { KnownDefect } from "../event/errors/known-defect.js";
import {
  type ContractOptions,
  FIRST_GENERATION,
  type Generation,
} from "../event/generation/generation.js";
import { frozenViolations, type Violation } from "../event/errors/violation.js";
import { judgingGeneration } from "../event/generation/shown.js";
import { isJsonObject } from "../event/json/json-object.js";
import { isLarge } from "../event/model/large-value.js";
import { readPayload } from "../event/model/payload.js";
import { isDossierEventType } from "../event/model/registry.js";
import { acceptsEnvelope, acceptsPayload } from "../event/model/verdict.js";
import { type SchemaViolation, schemaViolations } from "./schema-layer.js";

/** The kinds of JSON that {@link validateEvent} judges: payloads by event type, or envelopes. */
export type JudgedType = DossierEventType | typeof ENVELOPE;

/** The name that stands for the envelope in place of an event type. */
export const ENVELOPE = "Event";

/** Everything that {@link validateEvent} can judge. */
export const JUDGED_TYPES: readonly JudgedType[] = /* @__PURE__ */ Object.freeze([
  ...DOSSIER_EVENT_TYPES,
  ENVELOPE,
]);

/** The verdict on one payload. It is frozen, except for the caller's values in it. */
export type ValidationResult = {
  /** True if neither layer has a violation. */
  readonly valid: boolean;
  /** Violations of the generated message and its annotations. */
  readonly modelViolations: readonly Violation[];
  /** Violations of the committed JSON Schema. */
  readonly schemaViolations: readonly SchemaViolation[];
  /** True if the schema was not checked, because the value is rejected and very large. */
  readonly schemaCheckSkipped: boolean;
  /** The event type that the payload was judged by, or `Event`. */
  readonly eventType: JudgedType;
  /** The generation of the contract that judged it; absent for data that is not JSON. */
  readonly contract?: Generation;
  /** The producer's known mistake, if the payload shows one. */
  readonly knownDefect?: KnownDefect;
  /**
   * For an envelope judged as a whole event: an event type that is nearly one of the
   * contract's. In strict mode, it is among the violations instead.
   */
  readonly warnings?: readonly Violation[];
};

/** Options for judging a payload. */
export type ValidateOptions = {
  /**
   * Whether unknown fields are violations, and, in a whole event, a `project_uuid` that
   * differs from the one in the namespace, and an event type that is nearly one of the
   * contract's. Default: false.
   */
  readonly strict?: boolean;
} & ContractOptions;

/**
 * Judges one payload, or one envelope as `"Event"`, in two layers: ProtoJSON and
 * the annotations, then the committed JSON Schema. The result has all violations of
 * both layers. The payload within an envelope is not judged.
 *
 * A payload is judged by one generation of the contract: the chosen one, or the one that its names
 * show, or else 2.4.0. An envelope of 3.0.0 may lack its `build_id`, or have an empty one, except
 * in strict mode or if 3.0.0 was chosen.
 *
 * @param payload Wire JSON, as parsed by `JSON.parse`.
 * @throws UnknownEventTypeError when the contract has no such event type.
 * @throws InvalidArgumentError when there is no such generation.
 */
export function validateEvent(
  payload: unknown,
  eventType: JudgedType,
  options?: ValidateOptions,
): ValidationResult {
  const { strict = false, ...choice } = optionsIn(options);
  requireJudgedType(eventType);
  const contract =
    eventType === ENVELOPE
      ? generationOfEnvelope(payload, choice)
      : judgingGeneration(eventType, payload, choice);
  // Real producers of later generations send no build id, so that is a violation only on request.
  const isExact = strict || choice.contract !== undefined || contract === FIRST_GENERATION;
  // The compiled verdict is that of both layers, and fast.
  const accepted =
    eventType === ENVELOPE
      ? acceptsEnvelope(payload) &&
        (!isExact || schemaViolations(EventSchema, payload, contract).length === 0)
      : acceptsPayload(eventType, payload, { contract });
  if (accepted && !strict) {
    return conforming(eventType, contract);
  }
  const ofPayload =
    eventType === ENVELOPE ? undefined : readPayload(eventType, payload, { strict, contract });
  const model = ofPayload ?? readEnvelopeMessage(payload, { strict, ...choice, isExact });
  const modelViolations = model.kind === "valid" ? [] : model.violations;
  const knownDefect = ofPayload?.kind === "invalid" ? ofPayload.knownDefect : undefined;
  // The schema's violations of a very large value would fill the memory.
  const schemaCheckSkipped = !accepted && isLarge(payload);
  const violations = schemaCheckSkipped
    ? []
    : schemaViolations(judgedMessage(eventType), payload, contract);
  const valid = modelViolations.length === 0 && violations.length === 0;
  return Object.freeze({
    valid,
    modelViolations: frozenViolations(modelViolations),
    schemaViolations: Object.freeze(violations.map((violation) => Object.freeze(violation))),
    schemaCheckSkipped,
    eventType,
    contract,
    ...(knownDefect === undefined ? {} : { knownDefect }),
  });
}

/**
 * Judges a whole event: its envelope first, then its payload, if the contract has its
 * `event_type`. The payload is judged even if the envelope is invalid. An event type that is
 * nearly one of the contract's is in the `warnings` of the envelope.
 *
 * @param json The envelope's wire JSON, as parsed by `JSON.parse`.
 * @throws InvalidArgumentError when there is no such generation.
 */
export function validateEnvelope(
  json: unknown,
  options?: ValidateOptions,
): readonly [ValidationResult, ...ValidationResult[]] {
  const { strict = false } = optionsIn(options);
  const envelope = validateEvent(json, ENVELOPE, options);
  if (!isJsonObject(json)) {
    return [envelope];
  }
  const { event_type: eventType, payload } = json;
  if (!isDossierEventType(eventType)) {
    const warnings = frozenViolations(strictViolations(json));
    const judged = strict
      ? withViolations(envelope, warnings)
      : Object.freeze(warnings.length === 0 ? envelope : { ...envelope, warnings });
    return [judged];
  }
  return [
    strict ? withViolations(envelope, strictViolations(json)) : envelope,
    validateEvent(payload ?? {}, eventType, options),
  ];
}

function withViolations(
  result: ValidationResult,
  violations: readonly Violation[],
): ValidationResult {
  return violations.length === 0
    ? result
    : Object.freeze({
        ...result,
        valid: false,
        modelViolations: frozenViolations([...result.modelViolations, ...violations]),
      });
}

function conforming(eventType: JudgedType, contract: Generation): ValidationResult {
  return Object.freeze({
    valid: true,
    modelViolations: NO_VIOLATIONS,
    schemaViolations: NO_VIOLATIONS,
    schemaCheckSkipped: false,
    eventType,
    contract,
  });
}

const NO_VIOLATIONS: readonly never[] = Object.freeze([]);

/** Whether {@link validateEvent} can judge by an event type: a known one, or `Event`. */
export function isJudgedType(eventType: unknown): eventType is JudgedType {
  return eventType === ENVELOPE || isDossierEventType(eventType);
}

/**
 * The message of an event type's payload, or of the envelope.
 *
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function judgedMessage(eventType: JudgedType): DescMessage {
  requireJudgedType(eventType);
  return eventType === ENVELOPE ? EventSchema : PAYLOAD_SCHEMAS[eventType];
}

function requireJudgedType(eventType: JudgedType): void {
  if (!isJudgedType(eventType)) {
    throw new UnknownEventTypeError(eventType, JUDGED_TYPES);
  }
}
