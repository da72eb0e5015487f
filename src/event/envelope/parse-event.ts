import { optionsIn } from "../errors/arguments.js";
import type { KnownDefect } from "../errors/known-defect.js";
import { frozenViolations, type Violation } from "../errors/violation.js";
import type { Generation } from "../generation/generation.js";
import { deepFreeze } from "../json/immutable.js";
import { isJsonObject } from "../json/json-object.js";
import { withToJson } from "../json/to-json.js";
import { frozenPayload, type JudgeOptions } from "../model/payload.js";
import { eventToJson } from "./event-to-json.js";
import { errorOf, judgeEvent, strictViolations } from "./judge-event.js";
import type { ParsedDossierEvent, ParsedEvent, ParsedOtherEvent } from "./parsed-event.js";
import { readEnvelope } from "./read-envelope.js";

/**
 * Reads one envelope from its wire JSON, as `JSON.parse` gives it.
 *
 * Ids become canonical, and absent fields get the defaults of the contract. Unknown fields are
 * ignored. **The payload is not judged**: any JSON object passes. {@link safeParseEvent} and
 * {@link parsePayload} judge it. A payload may even hold data that no binary form can carry: a
 * lone surrogate, a number that is not finite, more than 32 levels. `eventToBinary` refuses
 * those.
 *
 * The event is frozen all the way down. Its payload is a copy, in which objects and lists
 * below the 32nd level are empty. `JSON.stringify` writes its wire JSON.
 *
 * Strict mode adds violations: unknown fields, even in the payload of a dossier event;
 * rules that such a payload breaks; a `project_uuid` that differs from its namespace's; and an
 * event type that is nearly one of the contract's.
 *
 * @throws InvalidEventError with every rule that the envelope breaks, and in strict mode the
 * payload.
 * @throws InvalidArgumentError when there is no such generation.
 */
export function parseEvent(json: unknown, options?: JudgeOptions): ParsedEvent {
  const { strict = false, contract } = optionsIn(options);
  const result = strict ? judgeEvent(json, { strict, contract }) : readEnvelope(json, { contract });
  if (result.kind === "invalid") {
    throw errorOf(result);
  }
  return result.event;
}

/** The outcome of {@link safeParseEvent}. */
export type SafeParseResult =
  | {
      readonly success: true;
      /** The event, frozen. A union that `eventType` discriminates. */
      readonly event: ParsedDossierEvent | ParsedOtherEvent;
      /** The generation of the contract that it was judged by. Its event has the names of 2.4.0. */
      readonly generation: Generation;
      /**
       * An event type that is nearly one of the contract's. In strict mode, it is a violation
       * instead.
       */
      readonly warnings?: readonly Violation[];
    }
  | {
      readonly success: false;
      /** Every rule that the envelope and the payload break. Paths begin at the envelope. */
      readonly violations: readonly Violation[];
      /** The known mistake of the producer, if recognized. */
      readonly knownDefect?: KnownDefect;
    };

/**
 * Reads one event from its wire JSON, and judges its payload too, without throwing. The result
 * is frozen, except for the caller's values in violations, and `JSON.stringify` writes the wire JSON
 * of the event. Strict mode adds the same violations as in {@link parseEvent}.
 *
 * The payload of an event type that is not in the contract is not judged.
 *
 * @throws InvalidArgumentError when there is no such generation.
 */
export function safeParseEvent(json: unknown, options?: JudgeOptions): SafeParseResult {
  const { strict = false, contract } = optionsIn(options);
  const judged = judgeEvent(json, { strict, contract });
  if (judged.kind === "invalid") {
    const { violations, knownDefect } = judged;
    return Object.freeze({
      success: false,
      violations: frozenViolations(violations),
      ...(knownDefect === undefined ? {} : { knownDefect }),
    });
  }
  const { event: parsed, payload, generation } = judged;
  const event =
    payload === undefined
      ? { ...parsed, eventType: undefined, otherEventType: parsed.eventType }
      : // The payload was read as that of the event type.
        ({ ...parsed, payload: frozenPayload(payload) } as ParsedDossierEvent);
  // Unlike its message, the wire JSON has the unknown fields of the payload.
  deepFreeze(withToJson(event, () => eventToJson(parsed)));
  const isOther = payload === undefined && isJsonObject(json);
  const warnings = isOther ? strictViolations(json) : [];
  return Object.freeze({
    success: true,
    event,
    generation,
    ...(warnings.length === 0 ? {} : { warnings: frozenViolations(warnings) }),
  });
}
