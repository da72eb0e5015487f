import type { DossierEventType } from "../../../gen/speckitty/dossier/v1/contract.js";
import {
  PAYLOAD_VALIDATORS,
  VALIDATORS,
  type Validator,
} from "../../../gen/speckitty/dossier/v1/verdict_validators.js";
import { PAYLOAD_VALIDATORS as LATER_PAYLOAD_VALIDATORS } from "../../../gen/speckitty/dossier/v3/verdict_validators.js";
import { optionsIn } from "../errors/arguments.js";
import { UnknownEventTypeError } from "../errors/errors.js";
import {
  type ContractOptions,
  FIRST_GENERATION,
  type Generation,
} from "../generation/generation.js";
import { judgingGeneration } from "../generation/shown.js";
import type { JsonMap } from "../json/json-object.js";
import { isJson, isPlain, structProblem } from "./struct-limits.js";

// A yes or no for every event, by code that is generated from the JSON Schemas. Only the model
// layer gives reasons. The two agree on every value, which a property test checks.

/**
 * Whether the contract accepts a payload, without reasons: the verdict of {@link parsePayload},
 * several times as fast.
 *
 * @param json Wire JSON, as `JSON.parse` gives it: plain objects at every level.
 * @throws UnknownEventTypeError when the contract has no such event type.
 */
export function acceptsPayload(
  eventType: DossierEventType,
  json: unknown,
  options?: ContractOptions,
): boolean {
  if (!validators.has(eventType)) {
    throw new UnknownEventTypeError(eventType);
  }
  const generation = judgingGeneration(eventType, json, optionsIn(options));
  const accepts = validatorOf(eventType, generation)?.(json) === true;
  return accepts && structProblem(json) === undefined;
}

/**
 * Judges an envelope and its payload.
 *
 * @returns The generation whose contract accepts them, `undefined` if none does or if the event
 * is of another type.
 */
export function acceptingGeneration(json: unknown): Generation | undefined {
  if (!VALIDATORS.Event(json)) {
    return undefined;
  }
  // The schema accepts only objects, but also inherited members.
  const event = json as JsonMap;
  const payload = event["payload"];
  const eventType = event["event_type"];
  const generation = judgingGeneration(eventType, payload);
  const validate = validatorOf(eventType, generation);
  return validate !== undefined &&
    isPlain(event) &&
    structProblem(payload) === undefined &&
    validate(payload)
    ? generation
    : undefined;
}

function validatorOf(eventType: unknown, generation: Generation): Validator | undefined {
  return (generation === FIRST_GENERATION ? validators : laterValidators).get(eventType);
}

const validators: ReadonlyMap<unknown, Validator> = new Map(Object.entries(PAYLOAD_VALIDATORS));
const laterValidators: ReadonlyMap<unknown, Validator> = new Map(
  Object.entries(LATER_PAYLOAD_VALIDATORS),
);

/**
 * Whether the contract accepts an envelope, of any generation. Its payload must be JSON, and is
 * not judged.
 */
export function acceptsEnvelope(json: unknown): boolean {
  if (!VALIDATORS.Event(json)) {
    return false;
  }
  // The schema accepts only objects.
  const event = json as JsonMap;
  return isPlain(event) && isJson(event["payload"]);
}
