import type { DossierEvent } from "../event/accepted-event.js";
import type { Violation } from "../event/violation.js";
import { ContributionStore } from "./contribution-store.js";
import { Ledger, type Put } from "./ledger.js";
import { type NamespaceScope, namespaceIn } from "./namespace.js";
import { NamespaceTable } from "./namespace-table.js";

/** A ledger for each namespace. */
export class NamespaceLedgers {
  /** In the order in which the namespaces first appeared. */
  readonly missions: Ledger[] = [];
  /** The events whose namespace is missing or malformed. */
  readonly unassigned: Ledger;
  private readonly namespaces: NamespaceTable;
  // Much of what the events of many missions say is the same.
  private readonly contributions = new ContributionStore();

  constructor(private readonly scope: NamespaceScope) {
    this.namespaces = new NamespaceTable(scope);
    this.unassigned = new Ledger(scope, this.contributions);
  }

  /** Puts an event into the ledger of its namespace. */
  put(
    event: DossierEvent,
    violations: readonly Violation[] | undefined,
    position: number | undefined,
  ): Put {
    return this.ledgerOf(event, violations).put(event, violations, position, true);
  }

  private ledgerOf(
    { payload }: DossierEvent,
    violations: readonly Violation[] | undefined,
  ): Ledger {
    const namespace = namespaceIn(payload, violations);
    if (namespace === undefined) {
      return this.unassigned;
    }
    // Groups are counted as they come.
    const group = this.namespaces.groupOf(this.namespaces.indexOf(namespace));
    const known = this.missions[group] ?? new Ledger(this.scope, this.contributions);
    this.missions[group] = known;
    return known;
  }
}
