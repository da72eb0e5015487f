import type { GivenEvent } from "../event/envelope/accepted-event.js";
import { readEach } from "../event/envelope/read-event.js";
import { optionsIn } from "../event/errors/arguments.js";
import type { StrictOptions } from "../event/errors/diagnostic.js";
import { Inspector } from "./inspector.js";
import { Ledger } from "./ledger.js";
import { checkScope, type NamespaceScope } from "./namespace.js";
import { type ReduceReport, reportOf } from "./report.js";
import type { MissionDossierState } from "./state.js";

/** How a stream is reduced. */
export type ReduceOptions = StrictOptions & {
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
 * @throws StrictError in strict mode, for the first event that is not as it should be.
 * @throws InvalidArgumentError when there is no such namespace scope, or these are no events.
 */
export function reduceMissionDossier(
  events: Iterable<GivenEvent>,
  options?: ReduceOptions,
): MissionDossierState {
  // What nobody asks for is not looked for.
  return options?.strict
    ? reduceWithReport(events, options).state
    : ledgerOf(events, options).state();
}

/**
 * Reduces like {@link reduceMissionDossier}, and reports beside the state the
 * events that were skipped, the ids that came with more than one content, and what
 * else is not as it should be.
 *
 * @throws NamespaceMixedStreamError when the events belong to more than one mission.
 * @throws InvalidEventError when a dossier event is no valid envelope.
 * @throws StrictError in strict mode, for the first event that is not as it should be.
 * @throws InvalidArgumentError when there is no such namespace scope, or these are no events.
 */
export function reduceWithReport(
  events: Iterable<GivenEvent>,
  options?: ReduceOptions,
): ReduceReport {
  const { strict = false } = optionsIn(options);
  const inspector = new Inspector(strict);
  const ledger = ledgerOf(events, options, inspector);
  return reportOf(ledger, inspector.found);
}

function ledgerOf(
  events: Iterable<GivenEvent>,
  options: ReduceOptions | undefined,
  inspector?: Inspector,
): Ledger {
  const { namespaceScope = "mission" } = optionsIn(options);
  const ledger = new Ledger(checkScope(namespaceScope));
  readEach(events, (judged, position) => {
    // Which of two namespaces is the expected one, only the whole stream says.
    if (inspector === undefined) {
      ledger.put(judged.event, judged.violations, position, true);
    } else {
      inspector.put(ledger, judged, position, true);
    }
  });
  return ledger;
}
