import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { requireIterable } from "../errors/arguments.js";
import { InvalidEventError } from "../errors/errors.js";
import type { JsonMap } from "../json/json-object.js";
import { readPayload } from "../model/payload.js";
import { isDossierEventType } from "../model/registry.js";
import { unknownNumbersIn } from "../model/unknown-fields.js";
import {
  type DossierEvent,
  type GivenEvent,
  type InvalidEvent,
  isEventMessage,
  type OtherEvent,
  readAccepted,
} from "./accepted-event.js";
import { eventToJson } from "./event-to-json.js";
import { generationOfEnvelope, readEnvelope } from "./read-envelope.js";

/** The result of reading an event. */
export type ReadEvent = DossierEvent | InvalidEvent | OtherEvent;

/** Reads an event, and judges its envelope and its payload. */
export function readEvent(given: unknown): ReadEvent {
  const isMessage = isEventMessage(given);
  const json = isMessage ? eventToJson(given) : given;
  const read = readAccepted(json) ?? explainEvent(json);
  return isMessage && (read.kind === "accepted" || read.kind === "rejected")
    ? { ...read, unknownNumbers: unknownNumbersIn(EventSchema, given) }
    : read;
}

/**
 * Reads an event whose envelope must be valid.
 *
 * @param position Its place in its stream, counted from 0, for the error.
 * @throws InvalidEventError when its envelope breaks the contract.
 */
export function readValidEvent(given: unknown, position?: number): DossierEvent | OtherEvent {
  const read = readEvent(given);
  if (read.kind === "invalid") {
    throw new InvalidEventError(read.violations, read.eventId, position);
  }
  return read;
}

/**
 * Reads the events of a stream one by one.
 *
 * @param take Called with each event and its place in the stream, counted from 0.
 * @throws InvalidEventError when an envelope breaks the contract.
 * @throws InvalidArgumentError when the events are not iterable.
 */
export function readEach(
  events: Iterable<GivenEvent>,
  take: (event: DossierEvent | OtherEvent, position: number) => void,
): void {
  requireIterable("events", events);
  let position = 0;
  for (const given of events) {
    take(readValidEvent(given, position), position);
    position++;
  }
}

/** Reads the wire JSON of an event by the messages and their rules, which explain a rejection. */
export function explainEvent(json: unknown): Exclude<ReadEvent, OtherEvent> {
  const read = readEnvelope(json, undefined);
  if (read.kind === "invalid") {
    return read;
  }
  const { eventId, eventType, lamportClock, timestamp, payload } = read.event;
  if (!isDossierEventType(eventType)) {
    throw new TypeError(`${eventType} is not a dossier event`);
  }
  // Violations are kept and show pieces of this payload, which is a copy of the caller's.
  const result = readPayload(eventType, payload);
  const envelope = {
    eventType,
    generation: generationOfEnvelope(json),
    payload,
    sortKey: { event_id: eventId, lamport_clock: lamportClock, timestamp },
    // Only an object can be an envelope.
    envelope: json as JsonMap,
  };
  return result.kind === "valid"
    ? { kind: "accepted", ...envelope }
    : {
        kind: "rejected",
        ...envelope,
        violations: result.violations,
        knownDefect: result.knownDefect,
      };
}
