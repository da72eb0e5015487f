import {
  DOSSIER_EVENT_TYPES,
  type DossierEventType,
  type EventJson,
  isDossierEventType,
  parseEvent,
} from "mission-dossier";
import {
  FIXTURE_CATEGORIES,
  listReplayStreams,
  loadFixtures,
  loadReducerOutput,
  loadReplayStream,
} from "mission-dossier/conformance";

// What is mutated: the fixtures, and before them the shortest ones, which a failing case
// is shrunk towards.

const cases = FIXTURE_CATEGORIES.flatMap((category) => loadFixtures(category));

/** The streams, each as its envelopes. Shortest first. */
export const STREAMS: readonly (readonly EventJson[])[] = listReplayStreams()
  .map(loadReplayStream)
  .sort((a, b) => size(a) - size(b));

/** Envelopes, valid and not. */
export const ENVELOPES: readonly unknown[] = bySize([
  ...STREAMS.flat(),
  ...cases.flatMap(({ eventType, payload }) => (eventType === "Event" ? [payload] : [])),
]);

/**
 * What a message of an event looks like when it has become JSON, as careless programs
 * write it: the reducers take messages too.
 */
export const MESSAGES: readonly unknown[] = STREAMS.flat().flatMap((json) => {
  try {
    const text = JSON.stringify(parseEvent(json), (_, value: unknown) =>
      typeof value === "bigint" ? Number(value) : value,
    );
    return [JSON.parse(text)];
  } catch {
    // Some envelopes of the fixtures are of other types, and need not be valid.
    return [];
  }
});

/** Payloads, valid and not, by their event type. */
export const PAYLOADS: readonly {
  readonly eventType: DossierEventType;
  readonly payloads: readonly unknown[];
}[] = DOSSIER_EVENT_TYPES.map((eventType) => ({
  eventType,
  payloads: bySize([
    ...STREAMS.flat().flatMap((event) =>
      isDossierEventType(event.event_type) && event.event_type === eventType ? [event.payload] : [],
    ),
    ...cases.flatMap((fixture) => (fixture.eventType === eventType ? [fixture.payload] : [])),
  ]),
}));

/** States. */
export const STATES: readonly unknown[] = bySize(
  listReplayStreams().map((id): unknown => JSON.parse(loadReducerOutput(id))),
);

function bySize<T>(values: readonly T[]): T[] {
  return [...values].sort((a, b) => size(a) - size(b));
}

function size(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0;
}
