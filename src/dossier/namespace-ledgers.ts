import type { JudgedEvent } from "../event/envelope/read-event.js";
import { ContributionStore } from "./contribution-store.js";
import { Ledger } from "./ledger.js";
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

  /** The ledger that an event belongs into, which is that of its namespace. */
  ledgerOf({ event: { payload }, violations }: JudgedEvent): Ledger {
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
