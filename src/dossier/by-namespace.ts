import type { GivenEvent } from "../event/accepted-event.js";
import { readEach } from "../event/read-event.js";
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
};

/**
 * Reduces the events of many missions, each to a state of its own: the one that
 * `reduceMissionDossier` gives for its events alone. An id counts once in each.
 *
 * @param events Generated `Event` messages, or envelopes as wire JSON.
 * @throws InvalidEventError when a dossier event is no valid envelope.
 * @throws RangeError when there is no such namespace scope.
 */
export function reduceByNamespace(
  events: Iterable<GivenEvent>,
  { namespaceScope = "mission" }: ReduceOptions = {},
): NamespaceReport {
  const ledgers = new NamespaceLedgers(checkScope(namespaceScope));
  readEach(events, ({ event, violations }, position) => {
    ledgers.put(event, violations, position);
  });
  return Object.freeze({
    missions: Object.freeze(ledgers.missions.map(reportOf)),
    unassigned: reportOf(ledgers.unassigned),
  });
}
