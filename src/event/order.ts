import { compareInstants, type Instant, parseInstant } from "./instant.js";
import type { ParsedEvent } from "./parse.js";

/**
 * Where an event stands in its stream: by Lamport clock, then by timestamp as an
 * instant, then by canonical id.
 */
export type SortKey = {
  readonly lamportClock: bigint;
  readonly instant: Instant;
  readonly eventId: string;
};

/** The sort key of an event that the contract accepts. */
export function sortKey(event: ParsedEvent): SortKey {
  return {
    lamportClock: event.lamportClock,
    instant: parseInstant(event.timestamp),
    eventId: event.eventId,
  };
}

/** Orders two sort keys, as for `Array.prototype.sort`. */
export function compareSortKeys(a: SortKey, b: SortKey): number {
  if (a.lamportClock !== b.lamportClock) {
    return a.lamportClock < b.lamportClock ? -1 : 1;
  }
  const byInstant = compareInstants(a.instant, b.instant);
  if (byInstant !== 0) {
    return byInstant;
  }
  return a.eventId < b.eventId ? -1 : a.eventId > b.eventId ? 1 : 0;
}

/**
 * Orders two events that share a sort key, and so an id, by what they say, so
 * that which of them counts never depends on which came first.
 */
export function compareContent(a: ParsedEvent, b: ParsedEvent): number {
  const [left, right] = [contentText(a), contentText(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function contentText(event: ParsedEvent): string {
  return `${event.eventType}\n${JSON.stringify(sorted(event.payload))}`;
}

/** A JSON value with the keys of every object in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value === "object" && value !== null) {
    return Object.entries(value)
      .map(([key, item]): [string, unknown] => [key, sorted(item)])
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  }
  return value;
}
