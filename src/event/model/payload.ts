import {
  type DossierEventType,
  PAYLOAD_SCHEMAS,
  type PayloadJson,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import type { PayloadJson as LaterPayloadJson } from "../../../gen/speckitty/dossier/v3/contract.js";
import { RENAMINGS } from "../../../gen/speckitty/dossier/v3/renaming.js";
import { messageToJson } from "../codec/message-to-json.js";
import { optionsIn } from "../errors/arguments.js";
import type { StrictOptions } from "../errors/diagnostic.js";
import { InvalidMessageError, UnknownEventTypeError } from "../errors/errors.js";
import type { KnownDefect } from "../errors/known-defect.js";
import { knownDefectOf } from "../generation/known-defects.js";
import { typeViolation, type Violation } from "../errors/violation.js";
import type {
  ContractOptions,
  Generation,
  JsonIn,
  WriteOptions,
} from "../generation/generation.js";
import { jsonIn } from "../generation/rename.js";
import { judgingGeneration } from "../generation/shown.js";
import { deepFreeze } from "../json/immutable.js";
import { withToJson } from "../json/to-json.js";
import { readInGeneration } from "./read-generation.js";
import type { ModelResult } from "./read-model.js";
import {
  isDossierEventType,
  type Payload,
  schemaOfPayload,
  type ValidPayload,
} from "./registry.js";
import { STRUCT_PROBLEMS, structProblem } from "./struct-limits.js";

/** How a payload or an event is judged. */
export type JudgeOptions = StrictOptions & ContractOptions;

/**
 * Reads a payload from its wire JSON, of any generation of the contract. In strict mode, unknown
 * fields are violations. The payload is frozen all the way down, and `JSON.stringify` writes its
 * wire JSON.
 *
 * Data that the payload of an envelope cannot carry is a violation anywhere, even in unknown
 * fields: a lone surrogate, a number that is not finite, more than 32 levels.
 *
 * @throws InvalidMessageError with every rule that the payload breaks.
 * @throws UnknownEventTypeError when the contract has no such event type.
 * @throws InvalidArgumentError when there is no such generation.
 */
export function parsePayload<T extends DossierEventType>(
  eventType: T,
  json: unknown,
  options?: JudgeOptions,
): ValidPayload<T> {
  const result = readPayload(eventType, json, options);
  if (result.kind === "invalid") {
    throw new InvalidMessageError("payload", result.violations, result.knownDefect);
  }
  return frozenPayload(result.message);
}

/** Freezes a payload that was read, and makes `JSON.stringify` write its wire JSON. */
export function frozenPayload<P extends ValidPayload>(payload: P): P {
  return deepFreeze(withToJson(payload, payloadToJson));
}

/** The result of reading a payload. */
export type PayloadResult<T extends DossierEventType> =
  | { readonly kind: "valid"; readonly message: ValidPayload<T> }
  | (Extract<ModelResult<never>, { kind: "invalid" }> & {
      /** The known mistake of the producer, if recognized. */
      readonly knownDefect: KnownDefect | undefined;
    });

/**
 * Reads a payload from its wire JSON, without throwing for a broken rule.
 *
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function readPayload<T extends DossierEventType>(
  eventType: T,
  json: unknown,
  options?: JudgeOptions,
): PayloadResult<T> {
  if (!isDossierEventType(eventType)) {
    throw new UnknownEventTypeError(eventType);
  }
  const { strict = false, ...choice } = optionsIn(options);
  const generation = judgingGeneration(eventType, json, choice);
  const read = readInGeneration(PAYLOAD_SCHEMAS[eventType], json, generation, {
    strict,
    isPayload: true,
  });
  if (read.kind === "invalid") {
    const knownDefect = knownDefectOf(eventType, json, choice);
    const violations =
      knownDefect === undefined ? read.violations : read.violations.map(withoutSuggestion);
    return { kind: "invalid", violations, knownDefect };
  }
  // The reader looks at fields and items only; a list may have other properties, too.
  const problem = structProblem(json);
  if (problem !== undefined) {
    const violations = [typeViolation(STRUCT_PROBLEMS[problem], json)];
    return { kind: "invalid", violations, knownDefect: undefined };
  }
  // The registry pairs each event type with its message, which the compiler
  // cannot follow through a union of descriptors.
  const message: unknown = read.message;
  return { kind: "valid", message: message as ValidPayload<T> };
}

/** A known defect is not a typo. */
function withoutSuggestion({ suggestion: _, ...violation }: Violation): Violation {
  return violation;
}

/** The type of a payload message's wire JSON. */
export type JsonOfPayload<M extends Payload | ValidPayload> = {
  [T in keyof PayloadJson]: Payload<T>["$typeName"] extends M["$typeName"] ? PayloadJson[T] : never;
}[keyof PayloadJson];

/** The same in the later generation. */
export type LaterJsonOfPayload<M extends Payload | ValidPayload> = {
  [T in keyof PayloadJson]: Payload<T>["$typeName"] extends M["$typeName"]
    ? LaterPayloadJson[T]
    : never;
}[keyof PayloadJson];

/**
 * The wire JSON of a payload, ready for `JSON.stringify` or to be put into an
 * event. Integers are numbers, or strings from 2^53 on.
 *
 * @throws UnknownEventTypeError when the message is not a payload of the contract.
 * @throws InvalidArgumentError when it is not a message, or there is no such generation.
 */
export function payloadToJson<M extends Payload | ValidPayload, G extends Generation = "2.4.0">(
  payload: M,
  options?: WriteOptions<G>,
): JsonIn<G, JsonOfPayload<M>, LaterJsonOfPayload<M>> {
  const schema = schemaOfPayload(payload);
  const json = messageToJson(schema, payload);
  const written = jsonIn(RENAMINGS[schema.typeName], json, options);
  // The writer follows the descriptor that the types were generated from.
  return written as unknown as JsonIn<G, JsonOfPayload<M>, LaterJsonOfPayload<M>>;
}
