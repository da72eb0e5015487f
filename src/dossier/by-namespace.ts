import type { GivenEvent } from "../event/envelope/accepted-event.js";
import { readEach } from "../event/envelope/read-event.js";
import { optionsIn } from "../event/errors/arguments.js";
import type { Diagnostic } from "../event/errors/diagnostic.js";
import { Inspector } from "./inspector.js";
import { checkScope } from "./namespace.js";
import { NamespaceLedgers } from "./namespace-ledgers.js";
import type { ReduceOptions } from "./reduce.js";
import { type ReduceReport, reportOf } from "./report.js";

/** What the events of many missions come to. */
export type NamespaceReport = {
  /** One report for each namespace, in the order in which the namespaces were first given. */
  readonly missions: readonly ReduceReport[];
  /**
   * The events whose namespace is missing or malformed, which belong to none of them.
   * All of them are skipped: their state counts them, and has nothing else.
   */
  readonly unassigned: ReduceReport;
  /**
   * What is not as it should be about any of the events, skipped payloads and
   * conflicting ids aside: the reports have those.
   */
  readonly diagnostics: readonly Diagnostic[];
};

/**
 * Reduces the events of many missions, each to a state of its own: the one that
 * `reduceMissionDossier` gives for its events alone. An id counts once in each.
 *
 * @param events Generated `Event` messages, or envelopes as wire JSON.
 * @throws InvalidEventError when a dossier event is no valid envelope.
 * @throws StrictError in strict mode, for the first event that is not as it should be.
 * @throws InvalidArgumentError when there is no such namespace scope, or these are no events.
 */
export function reduceByNamespace(
  events: Iterable<GivenEvent>,
  options?: ReduceOptions,
): NamespaceReport {
  const { namespaceScope = "mission", strict = false } = optionsIn(options);
  const ledgers = new NamespaceLedgers(checkScope(namespaceScope));
  const inspector = new Inspector(strict);
  readEach(events, (judged, position) => {
    inspector.put(ledgers.ledgerOf(judged), judged, position, true);
  });
  return Object.freeze({
    missions: Object.freeze(ledgers.missions.map((ledger) => reportOf(ledger))),
    unassigned: reportOf(ledgers.unassigned),
    diagnostics: Object.freeze(inspector.found),
  });
}
