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
import { payloadIn } from "../model/payload-in.js";
import type { ParsedEvent } from "./parsed-event.js";

/**
 * The wire JSON of an envelope, ready for `JSON.stringify`. Integers are
 * numbers, or strings from 2^53 on, where a number is no longer exact. The
 * payload is the object that the event holds, not a copy, unless its fields have
 * other names in the generation that is written.
 *
 * @throws InvalidArgumentError when it is not an `Event` message, or there is no such generation.
 */
export function eventToJson<G extends Generation = "2.4.0">(
  event: Event | ParsedEvent,
  options?: WriteOptions<G>,
): JsonIn<G, EventJson, LaterEventJson> {
  requireMessage("event", event, EventSchema);
  const generation = chosenGeneration(optionsIn(options)) ?? FIRST_GENERATION;
  const json = messageToJson(EventSchema, event);
  const payload = payloadIn(generation, event.eventType ?? "", json[PAYLOAD]);
  const written = payload === undefined ? json : { ...json, [PAYLOAD]: payload };
  // The writer follows the descriptor that the types were generated from.
  return written as JsonIn<G, EventJson, LaterEventJson>;
}

const PAYLOAD = EventSchema.field.payload.jsonName;
