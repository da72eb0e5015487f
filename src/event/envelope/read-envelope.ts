import {
  type Event,
  EventSchema,
  type EventValid,
} from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { optionsIn } from "../errors/arguments.js";
import {
  type ContractOptions,
  FIRST_GENERATION,
  type Generation,
} from "../generation/generation.js";
import { judgingGeneration } from "../generation/shown.js";
import { deepFreeze } from "../json/immutable.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { withToJson } from "../json/to-json.js";
import { absentMeans } from "../model/absent-means.js";
import type { JudgeOptions } from "../model/payload.js";
import { payloadIn } from "../model/payload-in.js";
import { checkModel, type ModelResult, readModel } from "../model/read-model.js";
import { eventSchemaForJson } from "../model/registry.js";
import type { InvalidEvent } from "./accepted-event.js";
import { canonicalEventId } from "./event-id.js";
import { eventToJson } from "./event-to-json.js";
import type { ParsedEvent } from "./parsed-event.js";

/** How an envelope is read. */
export type EnvelopeOptions = JudgeOptions & {
  /**
   * Whether to apply the rules of one generation: the chosen one, or the one that the payload
   * shows. Otherwise, a field is required if all generations require it. Default: in strict mode
   * only.
   */
  readonly isExact?: boolean;
};

/** The result of reading an envelope. */
export type EnvelopeResult = { readonly kind: "valid"; readonly event: ParsedEvent } | InvalidEvent;

/** Reads an envelope. Its payload may be any JSON object. */
export function readEnvelope(json: unknown, options: EnvelopeOptions | undefined): EnvelopeResult {
  return resultOf(readEnvelopeMessage(json, options), json);
}

/** The same, without making an event of the message. */
export function readEnvelopeMessage(
  json: unknown,
  options: EnvelopeOptions | undefined,
): ModelResult<typeof EventSchema> {
  const { strict = false, isExact = strict, ...choice } = optionsIn(options);
  const generation = generationOfEnvelope(json, choice);
  if (isExact && generation !== FIRST_GENERATION) {
    const judged = readModel(eventSchemaForJson(generation), json, { strict });
    return judged.kind === "invalid" ? judged : readModel(EventSchema, json);
  }
  // An event of the later generation keeps its fields when it is written in the first.
  const allowsLaterFields = !isExact || (strict && choice.contract === undefined);
  return readModel(EventSchema, json, { strict, isExact, allowsLaterFields });
}

/** Judges an envelope that is a message. The message is not changed. */
export function checkEnvelope(event: Event): EnvelopeResult {
  return resultOf(checkModel(EventSchema, { ...event }), { event_id: event.eventId });
}

/** The generation that judges an envelope. */
export function generationOfEnvelope(json: unknown, choice?: ContractOptions): Generation {
  const { event_type: eventType, payload }: JsonMap = isJsonObject(json) ? json : {};
  return judgingGeneration(eventType, payload, choice);
}

function resultOf(result: ModelResult<typeof EventSchema>, json: unknown): EnvelopeResult {
  return result.kind === "valid"
    ? { kind: "valid", event: parsedEvent(result.message) }
    : { ...result, eventId: eventIdOf(json) };
}

/**
 * Turns a valid message into an event, with the names of the first generation in its payload.
 * Freezes the message.
 */
function parsedEvent(message: EventValid): ParsedEvent {
  message.eventId = canonicalEventId(message.eventId);
  message.correlationId = canonicalEventId(message.correlationId);
  if (message.causationId !== undefined) {
    message.causationId = canonicalEventId(message.causationId);
  }
  const { eventType, payload = {} } = message;
  const { schemaVersion } = eventSchemaForJson(judgingGeneration(eventType, payload)).field;
  const event: ParsedEvent = Object.assign(message, {
    payload: payloadIn(FIRST_GENERATION, eventType, payload),
    schemaVersion: message.schemaVersion ?? absentMeans(schemaVersion),
  });
  return deepFreeze(withToJson(event, eventToJson));
}

function eventIdOf(json: unknown): string | undefined {
  const id =
    typeof json === "object" && json !== null
      ? Object.getOwnPropertyDescriptor(json, EventSchema.field.eventId.jsonName)?.value
      : undefined;
  return typeof id === "string" ? id : undefined;
}
