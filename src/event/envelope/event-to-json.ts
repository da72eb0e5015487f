import type { EventJson } from "../../../gen/speckitty/dossier/v1/contract.js";
import { type Event, EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import type { EventJson as LaterEventJson } from "../../../gen/speckitty/dossier/v3/contract.js";
import { messageToJson } from "../codec/message-to-json.js";
import { optionsIn, requireMessage } from "../errors/arguments.js";
import {
  chosenGeneration,
  FIRST_GENERATION,
  type Generation,
  type JsonIn,
  type WriteOptions,
} from "../generation/generation.js";
import { asJson } from "../json/to-json.js";
import { payloadIn } from "../model/payload-in.js";
import type { ParsedDossierEvent, ParsedEvent, ParsedOtherEvent } from "./parsed-event.js";

/** An event as the readers return it, or as a generated message. */
export type EventToWrite = Event | ParsedEvent | ParsedDossierEvent | ParsedOtherEvent;

/**
 * The wire JSON of an envelope, ready for `JSON.stringify`. Integers are
 * numbers, or strings from 2^53 on, where a number is no longer exact. The
 * payload is the object that the event holds, not a copy, unless its fields have
 * other names in the generation that is written. A payload that the contract rejects, its own
 * or the one to write, keeps its names: {@link upcastEvent} says why.
 *
 * @throws InvalidArgumentError when it is not an `Event` message, or there is no such generation.
 */
export function eventToJson<G extends Generation = "2.4.0">(
  event: EventToWrite,
  options?: WriteOptions<G>,
): JsonIn<G, EventJson, LaterEventJson> {
  requireMessage("event", event, EventSchema);
  const generation = chosenGeneration(optionsIn(options)) ?? FIRST_GENERATION;
  const message = envelopeOf(event);
  const json = messageToJson(EventSchema, message);
  const payload = payloadIn(generation, message.eventType ?? "", json[PAYLOAD]);
  const written = payload === undefined ? json : { ...json, [PAYLOAD]: payload };
  // The writer follows the descriptor that the types were generated from.
  return written as JsonIn<G, EventJson, LaterEventJson>;
}

/** The message of an event's envelope, with its payload as wire JSON. */
export function envelopeOf(event: EventToWrite): Event | ParsedEvent {
  const payload = asJson(event.payload);
  const isPlain = payload === event.payload && !("otherEventType" in event);
  if (isPlain) {
    // Only an event that was judged has a payload that is a message.
    return event as Event | ParsedEvent;
  }
  const eventType = "otherEventType" in event ? event.otherEventType : event.eventType;
  // A copy of an event lacks its JSON, which has the unknown fields of the payload.
  const json = asJson(event);
  const written = json === event ? payload : Reflect.get(Object(json), PAYLOAD);
  return { ...event, eventType, payload: written } as ParsedEvent;
}

const PAYLOAD = EventSchema.field.payload.jsonName;
