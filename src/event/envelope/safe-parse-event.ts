import type { DossierEventType } from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { optionsIn } from "../errors/arguments.js";
import type { KnownDefect } from "../errors/known-defect.js";
import type { Generation } from "../generation/generation.js";
import { knownDefectOf } from "../generation/known-defects.js";
import { TYPE_VIOLATION, type Violation } from "../errors/violation.js";
import { deepFreeze } from "../json/immutable.js";
import { isJsonObject } from "../json/json-object.js";
import { withToJson } from "../json/to-json.js";
import { frozenPayload, type JudgeOptions } from "../model/payload.js";
import { isDossierEventType, type ValidPayload } from "../model/registry.js";
import { eventToJson } from "./event-to-json.js";
import { parsedEvent, readPayloadInside } from "./parse-event.js";
import { type EnvelopeOptions, generationOfEnvelope, readEnvelope } from "./read-envelope.js";
import type { ParsedEvent } from "./parsed-event.js";

/** A dossier event whose envelope and payload were read and judged. */
export type ParsedDossierEvent<T extends DossierEventType = DossierEventType> = {
  [K in T]: Omit<ParsedEvent, "eventType" | "payload"> & {
    readonly eventType: K;
    readonly payload: ValidPayload<K>;
  };
}[T];

/** An event of a type that is not in the contract. Its payload is any JSON. */
export type ParsedOtherEvent = Omit<ParsedEvent, "eventType"> & {
  /** Undefined, since arbitrary text cannot discriminate a union. */
  readonly eventType: undefined;
  /** The event type in the envelope. */
  readonly otherEventType: string;
};

/** The outcome of {@link safeParseEvent}. */
export type SafeParseResult =
  | {
      readonly success: true;
      /** The event, frozen. A union that `eventType` discriminates. */
      readonly event: ParsedDossierEvent | ParsedOtherEvent;
      /** The generation of the contract that it was judged by. Its event has the names of 2.4.0. */
      readonly generation: Generation;
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
 * is frozen, and `JSON.stringify` writes the wire JSON of the event.
 *
 * The payload of an event type that is not in the contract is not judged.
 */
export function safeParseEvent(json: unknown, options?: JudgeOptions): SafeParseResult {
  const { strict = false, contract } = optionsIn(options);
  return judgeEvent(json, { strict, contract });
}

/** Judges an event as {@link safeParseEvent} does. */
export function judgeEvent(json: unknown, options: EnvelopeOptions): SafeParseResult {
  const { strict = false, contract } = options;
  const choice = { contract };
  const envelope = readEnvelope(json, options);
  const given = isJsonObject(json) ? json : {};
  const eventType = given[EventSchema.field.eventType.jsonName];
  const payload = given[PAYLOAD] ?? {};
  const inside =
    isDossierEventType(eventType) && isJsonObject(payload)
      ? readPayloadInside(eventType, given, payload, { strict, ...choice })
      : undefined;
  if (envelope.kind === "invalid" || inside?.kind === "invalid") {
    const violations = withoutRepetition(
      envelope.kind === "invalid" ? envelope.violations : [],
      inside?.kind === "invalid" ? inside.violations : [],
    );
    const knownDefect =
      isDossierEventType(eventType) && inside?.kind === "invalid"
        ? knownDefectOf(eventType, payload, choice)
        : undefined;
    return Object.freeze({
      success: false,
      violations: Object.freeze(violations),
      ...(knownDefect === undefined ? {} : { knownDefect }),
    });
  }
  const parsed = parsedEvent(envelope.message);
  const event =
    inside === undefined
      ? { ...parsed, eventType: undefined, otherEventType: parsed.eventType }
      : // The payload was read as that of the event type.
        ({ ...parsed, payload: frozenPayload(inside.message) } as ParsedDossierEvent);
  deepFreeze(withToJson(event, () => eventToJson(parsed)));
  const generation = generationOfEnvelope(json, choice);
  return Object.freeze({ success: true, event, generation });
}

/** Where the payload says which value is no JSON, the envelope need not say that one is. */
function withoutRepetition(
  ofEnvelope: readonly Violation[],
  ofPayload: readonly Violation[],
): Violation[] {
  const isSaid = ofPayload.some(({ violationType }) => violationType === TYPE_VIOLATION);
  return [...ofEnvelope.filter(({ field }) => !isSaid || field !== PAYLOAD), ...ofPayload];
}

const PAYLOAD = EventSchema.field.payload.jsonName;
