import { isMessage } from "@bufbuild/protobuf";
import type { DossierEventType, EventJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { type Event, EventSchema } from "../../gen/speckitty/dossier/v1/event_pb.js";
import type { LocalNamespaceTupleValid } from "../../gen/speckitty/dossier/v1/values_pb.js";
import { describeJson } from "../event/describe-json.js";
import { InvalidEventError } from "../event/errors.js";
import { compareContent, compareSortKeys, type SortKey, sortKey } from "../event/order.js";
import {
  checkEvent,
  type ParsedEvent,
  type PayloadResult,
  parseEvent,
  readPayload,
} from "../event/parse.js";
import { isDossierEventType } from "../event/registry.js";
import type { Violation } from "../event/violation.js";
import { DossierFold } from "./fold.js";
import {
  commonNamespace,
  isSameNamespace,
  NamespaceMixedStreamError,
  type NamespaceScope,
  readNamespace,
} from "./namespace.js";
import type { MissionDossierState } from "./state.js";

/** How a stream is reduced. */
export type ReduceOptions = {
  /** Which fields make two namespaces the same one. Default: `"mission"`. */
  readonly namespaceScope?: NamespaceScope;
};

/** An event that was counted but not folded, because the contract rejects its payload. */
export type SkippedEvent = {
  /** Where it stands among the events that were given, counted from 0. */
  readonly position: number;
  /** Its id, in canonical form. */
  readonly eventId: string;
  readonly eventType: DossierEventType;
  /** Every rule that its payload breaks. At least one. */
  readonly violations: readonly Violation[];
};

/** A state, and what did not become part of it. */
export type ReduceReport = {
  readonly state: MissionDossierState;
  /** The events that were skipped, in the order of the stream. */
  readonly skipped: readonly SkippedEvent[];
};

/**
 * Reduces the events of one mission to the state of its dossier.
 *
 * Pure: the same events give the same state, in whatever order and however often
 * each is given. Events are put in order by Lamport clock, timestamp and id, and
 * each id counts once. Events of other types are skipped, and so are events
 * whose payload the contract rejects: {@link reduceWithReport} lists those.
 *
 * @param events Generated `Event` messages, or envelopes as wire JSON.
 * @throws NamespaceMixedStreamError when the events belong to more than one mission.
 * @throws InvalidEventError when a dossier event is no valid envelope.
 */
export function reduceMissionDossier(
  events: Iterable<Event | EventJson>,
  options?: ReduceOptions,
): MissionDossierState {
  return reduceWithReport(events, options).state;
}

/**
 * Reduces like {@link reduceMissionDossier}, and reports the events that were
 * skipped beside the state.
 *
 * @throws NamespaceMixedStreamError when the events belong to more than one mission.
 * @throws InvalidEventError when a dossier event is no valid envelope.
 * @throws RangeError when there is no such namespace scope.
 */
export function reduceWithReport(
  events: Iterable<Event | EventJson>,
  { namespaceScope = "mission" }: ReduceOptions = {},
): ReduceReport {
  if (namespaceScope !== "mission" && namespaceScope !== "step") {
    // Callers without a compiler must not get the lenient scope for a typo.
    throw new RangeError(`No namespace scope ${describeJson(namespaceScope)}: mission or step.`);
  }
  const stream = deduplicate([...readStream(events)].sort(compareEntries));
  const namespace = streamNamespace(stream, namespaceScope);
  const fold = new DossierFold();
  const skipped: SkippedEvent[] = [];
  for (const { position, event, eventType, payload } of stream) {
    if (payload.kind === "valid") {
      fold.add(eventType, payload.message);
    } else {
      const { violations } = payload;
      skipped.push({ position, eventId: event.eventId, eventType, violations });
    }
  }
  return Object.freeze({
    state: fold.state(namespace, stream.length),
    skipped: Object.freeze(skipped.map((event) => Object.freeze(event))),
  });
}

/** A dossier event on its way into the state. */
type StreamEntry = {
  readonly position: number;
  readonly event: ParsedEvent;
  readonly eventType: DossierEventType;
  readonly key: SortKey;
  readonly payload: PayloadResult<DossierEventType>;
  readonly namespace: LocalNamespaceTupleValid | undefined;
};

function* readStream(events: Iterable<Event | EventJson>): Iterable<StreamEntry> {
  let position = -1;
  for (const given of events) {
    position++;
    if (!mayBeDossierEvent(given)) {
      continue;
    }
    const event = acceptEnvelope(given, position);
    const { eventType } = event;
    if (isDossierEventType(eventType)) {
      const payload = readPayload(eventType, event.payload);
      yield {
        position,
        event,
        eventType,
        key: sortKey(event),
        payload,
        namespace:
          payload.kind === "valid" ? payload.message.namespace : readNamespace(event.payload),
      };
    }
  }
}

/**
 * Whether an event must be looked at. Events of other types are skipped unseen;
 * what has no event type at all is no event, and must be rejected as such.
 */
function mayBeDossierEvent(given: Event | EventJson): boolean {
  const eventType = isMessage(given, EventSchema) ? given.eventType : given?.event_type;
  return typeof eventType !== "string" || eventType === "" || isDossierEventType(eventType);
}

function acceptEnvelope(given: Event | EventJson, position: number): ParsedEvent {
  try {
    return isMessage(given, EventSchema) ? checkEvent(given) : parseEvent(given);
  } catch (error) {
    throw error instanceof InvalidEventError
      ? new InvalidEventError(error.violations, error.eventId, position)
      : error;
  }
}

function compareEntries(a: StreamEntry, b: StreamEntry): number {
  return compareSortKeys(a.key, b.key) || compareContent(a.event, b.event);
}

/** Keeps the first event of each id. */
function deduplicate(sorted: readonly StreamEntry[]): StreamEntry[] {
  const ids = new Set<string>();
  return sorted.filter(({ key }) => {
    const isNew = !ids.has(key.eventId);
    ids.add(key.eventId);
    return isNew;
  });
}

/** The namespace of a stream, from the events in which one can be read. */
function streamNamespace(
  stream: readonly StreamEntry[],
  scope: NamespaceScope,
): LocalNamespaceTupleValid | undefined {
  const namespaces = stream.flatMap(({ namespace }) => (namespace === undefined ? [] : namespace));
  const [first] = namespaces;
  const other = namespaces.find(
    (namespace) => first !== undefined && !isSameNamespace(first, namespace, scope),
  );
  if (first !== undefined && other !== undefined) {
    throw new NamespaceMixedStreamError(first, other);
  }
  return first === undefined ? undefined : commonNamespace(first, namespaces);
}
