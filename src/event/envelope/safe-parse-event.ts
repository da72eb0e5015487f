import type { DossierEventType } from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { optionsIn } from "../errors/arguments.js";
import type { StrictOptions } from "../errors/diagnostic.js";
import { type KnownDefect, knownDefectOf } from "../errors/known-defect.js";
import { TYPE_VIOLATION, type Violation } from "../errors/violation.js";
import { deepFreeze } from "../json/immutable.js";
import { isJsonObject } from "../json/json-object.js";
import { withToJson } from "../json/to-json.js";
import { frozenPayload } from "../model/payload.js";
import { readModel } from "../model/read-model.js";
import { isDossierEventType, type ValidPayload } from "../model/registry.js";
import { eventToJson } from "./event-to-json.js";
import { parsedEvent, readPayloadInside } from "./parse-event.js";
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
export function safeParseEvent(json: unknown, options?: StrictOptions): SafeParseResult {
  const { strict = false } = optionsIn(options);
  const envelope = readModel(EventSchema, json, { strict });
  const given = isJsonObject(json) ? json : {};
  const eventType = given[EventSchema.field.eventType.jsonName];
  const payload = given[PAYLOAD] ?? {};
  const inside =
    isDossierEventType(eventType) && isJsonObject(payload)
      ? readPayloadInside(eventType, given, payload, { strict })
      : undefined;
  if (envelope.kind === "invalid" || inside?.kind === "invalid") {
    const violations = withoutRepetition(
      envelope.kind === "invalid" ? envelope.violations : [],
      inside?.kind === "invalid" ? inside.violations : [],
    );
    const knownDefect =
      isDossierEventType(eventType) && inside?.kind === "invalid"
        ? knownDefectOf(eventType, payload)
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
  return Object.freeze({ success: true, event });
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
