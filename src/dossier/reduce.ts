import type { GivenEvent } from "../event/accepted-event.js";
import { readEach } from "../event/read-event.js";
import { Ledger } from "./ledger.js";
import { checkScope, type NamespaceScope } from "./namespace.js";
import { type ReduceReport, reportOf } from "./report.js";
import type { MissionDossierState } from "./state.js";

/** How a stream is reduced. */
export type ReduceOptions = {
  /** Which fields make two namespaces the same one. Default: `"mission"`. */
  readonly namespaceScope?: NamespaceScope;
};

/**
 * Reduces the events of one mission to the state of its dossier.
 *
 * Pure: the same events give the same state, in whatever order and however often
 * each is given. Events are put in order by Lamport clock, timestamp and id, and
 * each id counts once. Events of other types are skipped, and so are events
 * whose payload the contract rejects: {@link reduceWithReport} lists those.
 *
 * The events are taken one by one, in one pass, and not kept. For events that come
 * over time, or in parts, there is {@link DossierAccumulator}.
 *
 * @param events Generated `Event` messages, or envelopes as wire JSON.
 * @throws NamespaceMixedStreamError when the events belong to more than one mission.
 * @throws InvalidEventError when a dossier event is no valid envelope.
 * @throws RangeError when there is no such namespace scope.
 */
export function reduceMissionDossier(
  events: Iterable<GivenEvent>,
  options?: ReduceOptions,
): MissionDossierState {
  return reduceWithReport(events, options).state;
}

/**
 * Reduces like {@link reduceMissionDossier}, and reports beside the state the
 * events that were skipped, and the ids that came with more than one content.
 *
 * @throws NamespaceMixedStreamError when the events belong to more than one mission.
 * @throws InvalidEventError when a dossier event is no valid envelope.
 * @throws RangeError when there is no such namespace scope.
 */
export function reduceWithReport(
  events: Iterable<GivenEvent>,
  { namespaceScope = "mission" }: ReduceOptions = {},
): ReduceReport {
  const ledger = new Ledger(checkScope(namespaceScope));
  readEach(events, ({ event, violations }, position) => {
    // Which of two namespaces is the expected one, only the whole stream says.
    ledger.put(event, violations, position, true);
  });
  return reportOf(ledger);
}
