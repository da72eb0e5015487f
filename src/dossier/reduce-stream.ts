import {
  type DossierEvent,
  type GivenEvent,
  isEventMessage,
  type OtherEvent,
  readAccepted,
} from "../event/envelope/accepted-event.js";
import type { ReadEvent } from "../event/envelope/read-event.js";
import { InvalidArgumentError, InvalidEventError } from "../event/errors/errors.js";
import {
  adderTo,
  type Dossiers,
  DossiersByNamespace,
  OneDossier,
  requireAllEvents,
} from "./dossiers.js";
import type { Inspector } from "./inspector.js";
import { inspectorFor, type ReduceOptions, scopeIn } from "./reduce-options.js";
import {
  type NamespaceReport,
  namespaceReportOf,
  type StreamReport,
  streamReportOf,
} from "./report.js";

/** How an asynchronous stream is reduced. */
export type ReduceStreamOptions = ReduceOptions & {
  /**
   * Called with the error of each event whose envelope breaks the contract; reading goes on
   * without the event. By default, the first such error is thrown.
   */
  readonly onInvalidEvent?: (error: InvalidEventError) => void;
};

/**
 * Reduces the events of one mission, as `reduceWithReport` does, while they are read.
 *
 * The events are not kept. If an id comes with a second content that sorts before the first,
 * they are read again. That takes an iterable that starts over each time, unlike an async
 * generator or a stream of Node.
 *
 * @param events Generated `Event` messages, or envelopes as wire JSON.
 * @throws NamespaceMixedStreamError when the events belong to more than one mission.
 * @throws InvalidEventError when the envelope of a dossier event breaks the contract.
 * @throws StrictError in strict mode, for the first event that has a diagnostic.
 * @throws ReplayRequiredError when the events must be read again, and some are missing then.
 * @throws InvalidArgumentError when the namespace scope is unknown, or the events are not an
 * async iterable.
 */
export async function reduceStream(
  events: AsyncIterable<GivenEvent>,
  options?: ReduceStreamOptions,
): Promise<StreamReport> {
  const one = new OneDossier(scopeIn(options));
  const inspector = inspectorFor(options);
  await addAll(events, one, inspector, options);
  return streamReportOf(one.dossier, inspector);
}

/**
 * Reduces the events of many missions, as `reduceByNamespace` does, while they are read.
 *
 * @param events As for {@link reduceStream}.
 * @throws InvalidEventError when the envelope of a dossier event breaks the contract.
 * @throws StrictError in strict mode, for the first event that has a diagnostic.
 * @throws ReplayRequiredError when the events must be read again, and some are missing then.
 * @throws InvalidArgumentError when the namespace scope is unknown, or the events are not an
 * async iterable.
 */
export async function reduceStreamByNamespace(
  events: AsyncIterable<GivenEvent>,
  options?: ReduceStreamOptions,
): Promise<NamespaceReport> {
  const dossiers = new DossiersByNamespace(scopeIn(options));
  const inspector = inspectorFor(options);
  await addAll(events, dossiers, inspector, options);
  return namespaceReportOf(dossiers, inspector);
}

async function addAll(
  events: AsyncIterable<GivenEvent>,
  dossiers: Dossiers,
  inspector: Inspector,
  options: ReduceStreamOptions | undefined,
): Promise<void> {
  if (typeof Object(events)[Symbol.asyncIterator] !== "function") {
    throw new InvalidArgumentError("events", "an async iterable", events);
  }
  const iterator = events[Symbol.asyncIterator]();
  const isReadOnce = Object.is(iterator, events);
  const firstPass = { [Symbol.asyncIterator]: () => iterator };
  await readEachOf(firstPass, options?.onInvalidEvent, adderTo(dossiers, inspector));
  const replays = isReadOnce ? [] : dossiers.startReplays();
  if (replays.length > 0) {
    // The first pass has reported the invalid events.
    const ignore = (): void => {};
    await readEachOf(events, ignore, adderTo(dossiers));
    requireAllEvents(replays);
  }
}

/** Reads the events of an asynchronous stream one by one, with their places, counted from 0. */
export async function readEachOf(
  events: AsyncIterable<GivenEvent>,
  onInvalidEvent: ReduceStreamOptions["onInvalidEvent"],
  take: (event: DossierEvent | OtherEvent, position: number) => void,
): Promise<void> {
  let position = 0;
  for await (const given of events) {
    const read = isEventMessage(given) ? undefined : readAccepted(given);
    const event = read ?? (await explained(given));
    if (event.kind === "invalid") {
      const error = new InvalidEventError(event.violations, event.eventId, position);
      if (onInvalidEvent === undefined) {
        throw error;
      }
      onInvalidEvent(error);
    } else {
      take(event, position);
    }
    position++;
  }
}

/** Most streams never need the individual rules, which take long to load. */
async function explained(given: GivenEvent): Promise<ReadEvent> {
  const { readEvent } = await import("../event/envelope/read-event.js");
  return readEvent(given);
}
