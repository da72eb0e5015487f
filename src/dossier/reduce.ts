import type { GivenEvent } from "../event/envelope/accepted-event.js";
import { readEach } from "../event/envelope/read-event.js";
import { requireIterable } from "../event/errors/arguments.js";
import {
  adderTo,
  type Dossiers,
  DossiersByNamespace,
  OneDossier,
  requireAllEvents,
} from "./dossiers.js";
import { Inspector } from "./inspector.js";
import { inspectorFor, type ReduceOptions, scopeIn } from "./reduce-options.js";
import {
  type NamespaceReport,
  namespaceReportOf,
  type StreamReport,
  streamReportOf,
} from "./report.js";
import type { MissionDossierState } from "./state.js";

/**
 * Reduces the events of one mission to the state of its dossier.
 *
 * Pure: the same events give the same state, in any order and with any repetitions. Events are
 * put in order by Lamport clock, timestamp and id, and each id counts once. Events of other
 * types are skipped, and so are events whose payload the contract rejects: {@link
 * reduceWithReport} lists those.
 *
 * The events are read once and not kept. If an id comes with a second content that sorts before
 * the first, they are read a second time; so the events of a generator are kept as a list. For
 * events that arrive over time or in parts, use {@link DossierAccumulator}.
 *
 * @param events Generated `Event` messages, or envelopes as wire JSON.
 * @throws NamespaceMixedStreamError when the events belong to more than one mission.
 * @throws ReplayRequiredError when the events must be read again, and some are missing then.
 * @throws InvalidEventError when the envelope of a dossier event breaks the contract.
 * @throws StrictError in strict mode, for the first event that has a diagnostic.
 * @throws InvalidArgumentError when the namespace scope is unknown, or the events are not
 * iterable.
 */
export function reduceMissionDossier(
  events: Iterable<GivenEvent>,
  options?: ReduceOptions,
): MissionDossierState {
  const one = new OneDossier(scopeIn(options));
  // Only strict mode needs the diagnostics here.
  addAll(events, one, options?.strict ? new Inspector(true) : undefined);
  return one.dossier.state();
}

/**
 * Reduces like {@link reduceMissionDossier}, and also reports the events that were skipped, the
 * ids that came with more than one content, and all diagnostics.
 *
 * @throws NamespaceMixedStreamError when the events belong to more than one mission.
 * @throws ReplayRequiredError when the events must be read again, and some are missing then.
 * @throws InvalidEventError when the envelope of a dossier event breaks the contract.
 * @throws StrictError in strict mode, for the first event that has a diagnostic.
 * @throws InvalidArgumentError when the namespace scope is unknown, or the events are not
 * iterable.
 */
export function reduceWithReport(
  events: Iterable<GivenEvent>,
  options?: ReduceOptions,
): StreamReport {
  const one = new OneDossier(scopeIn(options));
  const inspector = inspectorFor(options);
  addAll(events, one, inspector);
  return streamReportOf(one.dossier, inspector);
}

/**
 * Reduces the events of many missions, each to a state of its own: the one that
 * `reduceMissionDossier` gives for its events alone. An id counts once in each.
 *
 * @param events Generated `Event` messages, or envelopes as wire JSON.
 * @throws ReplayRequiredError when the events must be read again, and some are missing then.
 * @throws InvalidEventError when the envelope of a dossier event breaks the contract.
 * @throws StrictError in strict mode, for the first event that has a diagnostic.
 * @throws InvalidArgumentError when the namespace scope is unknown, or the events are not
 * iterable.
 */
export function reduceByNamespace(
  events: Iterable<GivenEvent>,
  options?: ReduceOptions,
): NamespaceReport {
  const dossiers = new DossiersByNamespace(scopeIn(options));
  const inspector = inspectorFor(options);
  addAll(events, dossiers, inspector);
  return namespaceReportOf(dossiers, inspector);
}

function addAll(
  events: Iterable<GivenEvent>,
  dossiers: Dossiers,
  inspector: Inspector | undefined,
): void {
  const { firstPass, secondPass } = readTwice(events);
  readEach(firstPass, adderTo(dossiers, inspector));
  const replays = dossiers.startReplays();
  if (replays.length > 0) {
    readEach(secondPass, adderTo(dossiers));
    requireAllEvents(replays);
  }
}

/** Events to be read twice. They are kept if the caller's iterable can be read only once. */
function readTwice(events: Iterable<GivenEvent>): {
  readonly firstPass: Iterable<GivenEvent>;
  readonly secondPass: Iterable<GivenEvent>;
} {
  requireIterable("events", events, "reduceStream and reduceStreamByNamespace");
  const iterator = events[Symbol.iterator]();
  if (!Object.is(iterator, events)) {
    return { firstPass: { [Symbol.iterator]: () => iterator }, secondPass: events };
  }
  const kept: GivenEvent[] = [];
  return { firstPass: keeping(events, kept), secondPass: kept };
}

function* keeping(events: Iterable<GivenEvent>, kept: GivenEvent[]): Iterable<GivenEvent> {
  for (const event of events) {
    kept.push(event);
    yield event;
  }
}
