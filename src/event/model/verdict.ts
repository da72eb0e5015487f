import type { DossierEventType } from "../../../gen/speckitty/dossier/v1/contract.js";
import {
  PAYLOAD_VALIDATORS,
  VALIDATORS,
  type Validator,
} from "../../../gen/speckitty/dossier/v1/verdict_validators.js";
import { UnknownEventTypeError } from "../errors/errors.js";
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
export function acceptsPayload(eventType: DossierEventType, json: unknown): boolean {
  const validate = validators.get(eventType);
  if (validate === undefined) {
    throw new UnknownEventTypeError(eventType);
  }
  return validate(json) && structProblem(json) === undefined;
}

/** Whether the contract accepts an envelope, has its event type, and accepts its payload. */
export function acceptsDossierEvent(json: unknown): boolean {
  if (!VALIDATORS.Event(json)) {
    return false;
  }
  // The schema accepts only objects, but also inherited members.
  const event = json as JsonMap;
  const payload = event["payload"];
  const validate = validators.get(String(event["event_type"]));
  return (
    validate !== undefined &&
    isPlain(event) &&
    structProblem(payload) === undefined &&
    validate(payload)
  );
}

const validators: ReadonlyMap<string, Validator> = new Map(Object.entries(PAYLOAD_VALIDATORS));

/** Whether the contract accepts an envelope. Its payload must be JSON, and is not judged. */
export function acceptsEnvelope(json: unknown): boolean {
  if (!VALIDATORS.Event(json)) {
    return false;
  }
  // The schema accepts only objects.
  const event = json as JsonMap;
  return isPlain(event) && isJson(event["payload"]);
}
