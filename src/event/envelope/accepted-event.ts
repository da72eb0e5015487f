import { isMessage } from "@bufbuild/protobuf";
import type { DossierEventType, EventJson } from "../../../gen/speckitty/dossier/v1/contract.js";
import { type Event, EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { isDossierEventType } from "../model/registry.js";
import { acceptsAsDossierEvent, acceptsEnvelope } from "../model/verdict.js";
import type { SortKeyFields } from "./order.js";

/** What a dossier needs of an event, as it stands in the wire JSON, among the rest of that. */
export type DossierEvent = JsonMap &
  SortKeyFields & {
    readonly event_type: DossierEventType;
    readonly payload: JsonMap;
  };

/**
 * An event as callers have it: a generated message, or wire JSON. It is plain data,
 * which says the same each time it is read.
 */
export type GivenEvent = Event | EventJson;

/** Whether what was given is a message, and not JSON that has a field of that name. */
export function isEventMessage(given: unknown): given is Event {
  return !hasEventType(given) && isMessage(given, EventSchema);
}

function hasEventType(given: unknown): given is { readonly event_type: string } {
  return isJsonObject(given) && typeof given["event_type"] === "string";
}

/**
 * Whether wire JSON is an event of a type that is none of the contract's. Such an
 * event is skipped unseen; what has no event type at all is no event.
 */
export function isOfOtherType(json: unknown): boolean {
  const eventType = isJsonObject(json) ? json["event_type"] : undefined;
  return typeof eventType === "string" && eventType !== "" && !isDossierEventType(eventType);
}

/**
 * The event that wire JSON is, if the contract accepts its envelope and its payload.
 * Otherwise {@link judgeEvent} says why not.
 */
export function acceptedEvent(json: unknown): DossierEvent | undefined {
  if (!acceptsEnvelope(json)) {
    return undefined;
  }
  // The contract has just accepted it as an envelope.
  const event = json as DossierEvent;
  return acceptsAsDossierEvent(event.event_type, event.payload) ? event : undefined;
}
