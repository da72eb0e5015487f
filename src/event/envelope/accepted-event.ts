import { isMessage } from "@bufbuild/protobuf";
import type { DossierEventType, EventJson } from "../../../gen/speckitty/dossier/v1/contract.js";
import { type Event, EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import type { EventJson as LaterEventJson } from "../../../gen/speckitty/dossier/v3/contract.js";
import type { KnownDefect } from "../errors/known-defect.js";
import type { Violation } from "../errors/violation.js";
import { FIRST_GENERATION, type Generation } from "../generation/generation.js";
import { withNamesOf } from "../generation/rename.js";
import { renamingOf } from "../generation/shown.js";
import type { Frozen } from "../json/immutable.js";
import { isJsonObject, type JsonMap } from "../json/json-object.js";
import { isDossierEventType } from "../model/registry.js";
import { acceptingGeneration } from "../model/verdict.js";
import type { EventToWrite } from "./event-to-json.js";
import type { SortKeyFields } from "./sort-key.js";

/**
 * An event as callers pass it: a generated message, or wire JSON. It must be plain data that
 * reads the same each time.
 */
export type GivenEvent = EventToWrite | Frozen<EventJson> | Frozen<LaterEventJson>;

/** A dossier event whose envelope the contract accepts. */
export type DossierEvent = AcceptedEvent | RejectedPayload;

/** A dossier event that the contract accepts. */
export type AcceptedEvent = Envelope & { readonly kind: "accepted" };

/** A dossier event whose payload the contract rejects. */
export type RejectedPayload = Envelope & {
  readonly kind: "rejected";
  /** Every rule that the payload breaks. At least one. */
  readonly violations: readonly Violation[];
  /** The known mistake of its producer, if recognized. */
  readonly knownDefect: KnownDefect | undefined;
};

type Envelope = {
  readonly eventType: DossierEventType;
  /** The generation of the contract that its payload shows. */
  readonly generation: Generation;
  /**
   * With the names of contract 2.4.0. If the contract rejects it, a copy in which levels that
   * are too deep are cut off.
   */
  readonly payload: JsonMap;
  /** The wire JSON with the fields of the sort key. */
  readonly sortKey: SortKeyFields;
  /** The wire JSON of the whole envelope. */
  readonly envelope: JsonMap;
  /** The fields of a message read from binary that the contract does not know. */
  readonly unknownNumbers?: readonly string[];
};

/** Data that is not a valid envelope. */
export type InvalidEvent = {
  readonly kind: "invalid";
  /** Its `event_id`, if that is text. */
  readonly eventId: string | undefined;
  /** Every rule that the envelope breaks. At least one. */
  readonly violations: readonly Violation[];
};

/** An event of a type that is not in the contract. Nothing else of it is judged. */
export type OtherEvent = {
  readonly kind: "other";
  readonly eventType: string;
  /** Its `event_id`, or `""` if that is not text. */
  readonly eventId: string;
};

/** Whether a value is a message, and not JSON with a `$typeName` field. */
export function isEventMessage(given: unknown): given is Event {
  const isWireJson = isJsonObject(given) && typeof given["event_type"] === "string";
  return !isWireJson && isMessage(given, EventSchema);
}

/**
 * Reads wire JSON by the compiled verdict alone, which is enough for most events.
 *
 * @returns `undefined` when the verdict is no: `explainEvent` says why.
 */
export function readAccepted(json: unknown): AcceptedEvent | OtherEvent | undefined {
  const generation = acceptingGeneration(json);
  if (generation !== undefined) {
    // The verdict has just confirmed the fields of a dossier event.
    const envelope = json as DossierEnvelope;
    const { event_type: eventType, payload } = envelope;
    return {
      kind: "accepted",
      generation,
      eventType,
      payload:
        generation === FIRST_GENERATION
          ? payload
          : withNamesOf(FIRST_GENERATION, renamingOf(eventType), payload),
      sortKey: envelope,
      envelope,
    };
  }
  return otherEvent(json);
}

type DossierEnvelope = JsonMap &
  SortKeyFields & { readonly event_type: DossierEventType; readonly payload: JsonMap };

/**
 * Wire JSON as an event of another type, if it is one. JSON without an event type is not an
 * event.
 */
function otherEvent(json: unknown): OtherEvent | undefined {
  if (!isJsonObject(json)) {
    return undefined;
  }
  const { event_type: eventType, event_id: eventId } = json;
  return typeof eventType === "string" && eventType !== "" && !isDossierEventType(eventType)
    ? { kind: "other", eventType, eventId: typeof eventId === "string" ? eventId : "" }
    : undefined;
}
