import { DOSSIER_EVENT_TYPES, type DossierEventType, parseEvent } from "mission-dossier";
import {
  FIXTURE_CATEGORIES,
  listReplayStreams,
  loadFixtures,
  loadReducerOutput,
  loadReplayStream,
} from "mission-dossier/conformance";

// The fixtures, which the targets mutate. The shortest come first: fast-check shrinks
// towards them.

const cases = FIXTURE_CATEGORIES.flatMap((category) => loadFixtures(category));

/** The streams, each as its envelopes. */
export const STREAMS: readonly ReturnType<typeof loadReplayStream>[] = bySize(
  listReplayStreams().map(loadReplayStream),
);

/** Envelopes, valid and not. */
export const ENVELOPES: readonly unknown[] = bySize([
  ...STREAMS.flat(),
  ...cases.flatMap(({ eventType, payload }) => (eventType === "Event" ? [payload] : [])),
]);

/** Event messages that a careless program has written as JSON: the reducers take messages too. */
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

/** Payloads, valid and not, by their event type. A type without any still has `{}`. */
export const PAYLOADS: readonly {
  readonly eventType: DossierEventType;
  readonly payloads: readonly unknown[];
}[] = DOSSIER_EVENT_TYPES.map((eventType) => ({
  eventType,
  payloads: bySize([
    {},
    ...STREAMS.flat().flatMap((event) =>
      event.event_type === eventType ? [event.payload ?? {}] : [],
    ),
    ...cases.flatMap((fixture) => (fixture.eventType === eventType ? [fixture.payload] : [])),
  ]),
}));

/** States. */
export const STATES: readonly unknown[] = bySize(
  listReplayStreams().map((id): unknown => JSON.parse(loadReducerOutput(id))),
);

function bySize<T>(values: readonly T[]): T[] {
  const size = (value: T): number => JSON.stringify(value)?.length ?? 0;
  return [...values].sort((a, b) => size(a) - size(b));
}
