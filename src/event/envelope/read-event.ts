import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { requireIterable } from "../errors/arguments.js";
import { InvalidEventError } from "../errors/errors.js";
import type { Violation } from "../errors/violation.js";
import type { JsonMap } from "../json/json-object.js";
import { readPayload } from "../model/payload.js";
import { isDossierEventType } from "../model/registry.js";
import { copyOfStruct } from "../model/struct-limits.js";
import { unknownNumbersIn } from "../model/unknown-fields.js";
import {
  acceptedEvent,
  type DossierEvent,
  type GivenEvent,
  isEventMessage,
  isOfOtherType,
} from "./accepted-event.js";
import { eventToJson } from "./event-to-json.js";
import { type ParsedEvent, parseEvent } from "./parse-event.js";

/** A dossier event, and every rule that its payload breaks. */
export type JudgedEvent = {
  readonly event: DossierEvent;
  /** The whole of its wire JSON. */
  readonly envelope: JsonMap;
  /** `undefined` when the contract accepts the payload. */
  readonly violations: readonly Violation[] | undefined;
  /** The fields of a message that came in binary, and that the contract does not know. */
  readonly unknownNumbers?: readonly string[];
};

/**
 * Reads a dossier event, with a verdict on its payload. An event of another type is
 * none.
 *
 * @param position Where it stands in its stream, counted from 0, for the error.
 * @throws InvalidEventError when it is no valid envelope.
 */
export function readEvent(given: unknown, position?: number): JudgedEvent | undefined {
  if (!isEventMessage(given)) {
    return readJsonEvent(given, position);
  }
  const judged = readJsonEvent(eventToJson(given), position);
  return judged && { ...judged, unknownNumbers: unknownNumbersIn(EventSchema, given) };
}

function readJsonEvent(json: unknown, position: number | undefined): JudgedEvent | undefined {
  const event = acceptedEvent(json);
  if (event !== undefined) {
    return { event, envelope: event, violations: undefined };
  }
  return isOfOtherType(json) ? undefined : judgeEvent(json, position);
}

/**
 * Reads the dossier events of a stream one by one.
 *
 * @param take Is given each with its verdict, and where it stands, counted from 0.
 * @throws InvalidEventError when one is no valid envelope.
 * @throws InvalidArgumentError when they cannot be iterated over.
 */
export function readEach(
  events: Iterable<GivenEvent>,
  take: (read: JudgedEvent, position: number) => void,
): void {
  requireIterable("events", events);
  let position = 0;
  for (const given of events) {
    const read = readEvent(given, position);
    if (read !== undefined) {
      take(read, position);
    }
    position++;
  }
}

/**
 * Judges the wire JSON of a dossier event by the messages and their annotations,
 * which can say what is wrong with it.
 *
 * @param position Where it stands in its stream, counted from 0, for the error.
 * @throws InvalidEventError when it is no valid envelope of a dossier event.
 */
export function judgeEvent(json: unknown, position?: number): JudgedEvent {
  const { eventId, eventType, lamportClock, timestamp, payload } = parse(json, position);
  if (!isDossierEventType(eventType)) {
    throw new TypeError(`${eventType} is no dossier event`);
  }
  // What is said of it, and kept, must not change with what was given.
  const own = copyOfStruct(payload);
  const result = readPayload(eventType, own);
  return {
    event: {
      event_id: eventId,
      event_type: eventType,
      lamport_clock: lamportClock,
      timestamp,
      payload: own,
    },
    // What has been accepted as an envelope is an object.
    envelope: json as JsonMap,
    violations: result.kind === "valid" ? undefined : result.violations,
  };
}

function parse(json: unknown, position: number | undefined): ParsedEvent {
  try {
    return parseEvent(json);
  } catch (error) {
    throw error instanceof InvalidEventError
      ? new InvalidEventError(error.violations, error.eventId, position, error.knownDefect)
      : error;
  }
}
