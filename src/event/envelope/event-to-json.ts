import type { EventJson } from "../../../gen/speckitty/dossier/v1/contract.js";
import { type Event, EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { messageToJson } from "../codec/message-to-json.js";
import { requireMessage } from "../errors/arguments.js";
import type { ParsedEvent } from "./parsed-event.js";

/**
 * The wire JSON of an envelope, ready for `JSON.stringify`. Integers are
 * numbers, or strings from 2^53 on, where a number is no longer exact. The
 * payload is the object that the event holds, not a copy.
 */
export function eventToJson(event: Event | ParsedEvent): EventJson {
  requireMessage(event);
  // The writer follows the descriptor that the type was generated from.
  return messageToJson(EventSchema, event) as EventJson;
}
