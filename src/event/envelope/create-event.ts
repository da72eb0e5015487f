import { monotonicFactory } from "ulid";
import type {
  DossierEventJson,
  DossierEventType,
  EventJson,
  PayloadJson,
} from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import type {
  DossierEventJson as LaterDossierEventJson,
  EventJson as LaterEventJson,
  PayloadJson as LaterPayloadJson,
} from "../../../gen/speckitty/dossier/v3/contract.js";
import { optionsIn } from "../errors/arguments.js";
import type { StrictOptions } from "../errors/diagnostic.js";
import { InvalidArgumentError, UnknownEventTypeError } from "../errors/errors.js";
import {
  chosenGeneration,
  FIRST_GENERATION,
  type Generation,
  type JsonIn,
  type WriteOptions,
} from "../generation/generation.js";
import { withNamesOf } from "../generation/rename.js";
import { generationOf, renamingOf } from "../generation/shown.js";
import { deepFreeze, type Frozen } from "../json/immutable.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { absentMeans } from "../model/absent-means.js";
import { eventSchemaForJson, isDossierEventType } from "../model/registry.js";
import { copyOfJson } from "../model/struct-copy.js";
import { errorOf, judgeEvent } from "./judge-event.js";

type Filled = "event_id" | "timestamp" | "correlation_id";

/** The envelope of a new event. {@link createEvent} fills in absent fields. */
export type NewEnvelope<G extends Generation = "2.4.0"> = G extends Generation
  ? Omit<JsonIn<G, EventJson, LaterEventJson>, "event_type" | "payload" | Filled> & {
      [K in Filled]?: EventJson[K] | null;
    }
  : never;

/**
 * Builds an event. If absent, `event_id` is a new ULID, monotonic within the process;
 * `correlation_id` is that ULID too, since the event begins a chain of work; `timestamp` is the
 * current time; and `schema_version` is that of the envelope.
 *
 * @param payload Wire JSON. It is copied.
 * @param options `contract` is the generation of the event, by default 2.4.0.
 * @returns The wire JSON of the event, frozen all the way down, ready for `JSON.stringify`.
 * @throws InvalidEventError with every rule that the envelope or the payload breaks, and in
 * strict mode every unknown field. The paths begin at the envelope.
 * @throws UnknownEventTypeError when the contract has no such event type.
 * @throws InvalidArgumentError when the envelope is not an object, or there is no such generation.
 */
export function createEvent<T extends DossierEventType, G extends Generation = "2.4.0">(
  eventType: T,
  payload: PayloadJson[T] | LaterPayloadJson[T],
  envelope: NewEnvelope<G>,
  options?: StrictOptions & WriteOptions<G>,
): Frozen<JsonIn<G, DossierEventJson<T>, LaterDossierEventJson<T>>> {
  if (!isDossierEventType(eventType)) {
    throw new UnknownEventTypeError(eventType);
  }
  if (!isJsonObject(envelope)) {
    throw new InvalidArgumentError("envelope", "an object", envelope);
  }
  const { strict = false, ...choice } = optionsIn(options);
  const contract = chosenGeneration(choice) ?? FIRST_GENERATION;
  const written = withNamesOf(contract, renamingOf(eventType), payload);
  const event = completed(eventType, written, envelope, contract);
  const judged = judgeEvent(event, { strict, contract, isExact: true });
  // Readers go by the names in the payload, which must not show another generation.
  const isShown = (generationOf(event) ?? contract) === contract;
  const result = judged.kind === "valid" && !isShown ? judgeEvent(event, { strict }) : judged;
  if (result.kind === "invalid") {
    throw errorOf(result);
  }
  // The event has just been judged, and has the given event type and payload.
  const copy = Object.entries(event).map(([key, value]) => [key, copyOfJson(value)]);
  return deepFreeze(Object.fromEntries(copy)) as Frozen<
    JsonIn<G, DossierEventJson<T>, LaterDossierEventJson<T>>
  >;
}

/** The complete envelope, with fields in the order of the contract. */
function completed(
  eventType: DossierEventType,
  payload: unknown,
  envelope: JsonMap,
  contract: Generation,
): JsonMap {
  const { schemaVersion } = eventSchemaForJson(contract).field;
  const id = nextId();
  const whole: JsonMap = {
    ...envelope,
    event_id: envelope["event_id"] ?? id,
    event_type: eventType,
    timestamp: envelope["timestamp"] ?? new Date().toISOString(),
    correlation_id: envelope["correlation_id"] ?? id,
    schema_version: envelope["schema_version"] ?? absentMeans(schemaVersion),
    payload: payload ?? {},
  };
  const names = new Set([
    ...EventSchema.fields.map(({ jsonName }) => jsonName),
    ...Object.keys(whole),
  ]);
  const present = [...names].filter((name) => (whole[name] ?? undefined) !== undefined);
  return Object.fromEntries(present.map((name) => [name, whole[name]]));
}

let makeId: (() => string) | undefined;

/** The next id. The generator is created on first use: it looks for a source of random numbers. */
function nextId(): string {
  makeId ??= monotonicFactory();
  return makeId();
}
