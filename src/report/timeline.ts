import { EVENT_KINDS, type EventKind, type ObservedEvent } from "./observed-log.js";
import { Supersession } from "./supersession.js";
import type { Apart, Column, Moment, Table, Timeline } from "./report.js";
import { COLUMNS, KIND_TONES, tableOf, thinned } from "./tables.js";

/** How many events a report lists one by one. */
export const MAX_LISTED = 100_000;

/** How many points a curve has, which is about one for each pixel or two. */
export const MAX_POINTS = 400;

/** The timeline of a log, if it has events, and the table of them. */
export function timelineOf(events: readonly ObservedEvent[]): {
  readonly timeline: Timeline | undefined;
  readonly table: Table;
} {
  const kinds = new Set(events.map(({ kind }) => kind));
  const apart = apartIn(events);
  const timeline: Timeline = {
    table: EVENTS,
    lanes: EVENT_KINDS.filter((kind) => kinds.has(kind)).map((kind) => ({
      name: kind,
      tone: KIND_TONES[kind] ?? "plain",
    })),
    ...(apart === undefined ? {} : { apart }),
    counts: countsOver(events),
  };
  return {
    timeline: events.length === 0 ? undefined : timeline,
    table: eventsTable(events, (event) => event.kind, [
      { title: "Kind", kind: "category", tones: KIND_TONES },
    ]),
  };
}

/** The id of the table of events. */
export const EVENTS = "events";

/**
 * A table of events.
 *
 * @param laneOf The lane of the timeline that an event is on.
 * @param columns The column of the lanes, and further columns for what `more` gives.
 */
export function eventsTable<Event extends ObservedEvent>(
  events: readonly Event[],
  laneOf: (event: Event) => string,
  [lane, ...further]: readonly [lane: Column, ...further: readonly Column[]],
  more: (event: Event) => readonly string[] = () => [],
): Table {
  const listed = listedOf(events);
  return tableOf(
    {
      id: EVENTS,
      title: "Events",
      ...(listed.length === events.length ? {} : { note: sampleNote(events.length) }),
      empty: "No event was read.",
      columns: [
        lane,
        COLUMNS.clock,
        COLUMNS.time,
        ...further,
        COLUMNS.path,
        { title: "Detail", kind: "code" },
        COLUMNS.event,
      ],
    },
    listed.map((event) => [
      laneOf(event),
      event.clock,
      event.time,
      ...more(event),
      event.path === "" ? null : event.path,
      HASH_KINDS.has(event.kind) ? event.detail.slice(0, HASH_DIGITS) : event.detail,
      event.eventId,
    ]),
  );
}

/** Enough digits to tell hashes apart, and to find them. A table may have 100,000 of them. */
const HASH_DIGITS = 16;
const HASH_KINDS: ReadonlySet<EventKind> = new Set(["indexed", "snapshot"]);

function sampleNote(count: number): string {
  return `A sample of ${count} events. One half is for events that index an artifact, the other for all others.`;
}

/** All events if there is room. Otherwise, half of the room is for the rare kinds. */
function listedOf<Event extends ObservedEvent>(events: readonly Event[]): readonly Event[] {
  if (events.length <= MAX_LISTED) {
    return events;
  }
  const half = MAX_LISTED / 2;
  const isRare = ({ kind }: Event): boolean => kind !== "indexed";
  const kept = new Set([
    ...thinned(events.filter(isRare), half),
    ...thinned(
      events.filter((event) => !isRare(event)),
      half,
    ),
  ]);
  return events.filter((event) => kept.has(event));
}

/** Where the replicas came apart according to a log: between a snapshot and a drift. */
function apartIn(events: readonly ObservedEvent[]): Apart | undefined {
  const at = events.findIndex(({ kind }) => kind === "drift");
  const drift = events[at];
  if (drift === undefined) {
    return undefined;
  }
  const snapshot = events.slice(0, at).findLast(({ kind }) => kind === "snapshot");
  const text =
    snapshot === undefined
      ? `The replicas came apart before the drift at clock ${drift.clock}; no snapshot stands before it.`
      : `The replicas came apart between the snapshot at clock ${snapshot.clock} and the drift at clock ${drift.clock}, as far as this log says.`;
  return {
    from: snapshot === undefined ? null : momentOf(snapshot),
    to: momentOf(drift),
    text,
    label: "apart by here",
  };
}

/** The moment of an event. */
export function momentOf({ clock, time }: ObservedEvent): Moment {
  return { clock, time };
}

function countsOver(events: readonly ObservedEvent[]): Timeline["counts"] {
  const supersededBy = new Supersession();
  let anomalies = 0;
  const points = events.map((event) => {
    supersededBy.take(event);
    anomalies += event.kind === "missing" ? 1 : 0;
    const superseded = supersededBy.count;
    return [
      event.clock,
      event.time,
      supersededBy.known - superseded,
      superseded,
      anomalies,
    ] as const;
  });
  return { names: ["artifacts", "superseded", "anomalies"], points: thinned(points, MAX_POINTS) };
}
