import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import type { EventRecords } from "./event-records.js";
import {
  type Namespace,
  NamespaceMixedStreamError,
  type NamespaceScope,
  namespaceOf,
} from "./namespace.js";
import { NamespaceTable, NO_NAMESPACE } from "./namespace-table.js";

/** The namespaces of the events that count, and how many events are in each. */
export class NamespaceCensus {
  readonly namespaces: NamespaceTable;
  private readonly populations: number[] = [];
  private readonly groupPopulations: number[] = [];
  private populatedGroups = 0;

  /** @param records The records of the events. */
  constructor(
    scope: NamespaceScope,
    private readonly records: EventRecords,
  ) {
    this.namespaces = new NamespaceTable(scope);
  }

  /** What is wrong when the events are of more than one namespace. */
  mixture(): NamespaceMixedStreamError | undefined {
    if (this.populatedGroups <= 1) {
      return undefined;
    }
    const first = this.firstEvent(() => true);
    const group = this.groupAt(first);
    const other = this.firstEvent((event) => this.groupAt(event) !== group);
    return new NamespaceMixedStreamError(this.namespaceAt(first), this.namespaceAt(other));
  }

  /**
   * What would be wrong with the staged event, if it is of another namespace than all
   * that count but the one that it would replace.
   */
  mixtureWith(
    namespace: LocalNamespaceTupleJson | undefined,
    replaced: number | undefined,
  ): NamespaceMixedStreamError | undefined {
    if (namespace === undefined || this.welcomes(namespace)) {
      return undefined;
    }
    const other = this.firstEvent((event) => event !== replaced);
    if (other === -1) {
      return undefined;
    }
    const staged = namespaceOf(namespace);
    return this.records.compare(this.records.staged, other) < 0
      ? new NamespaceMixedStreamError(staged, this.namespaceAt(other))
      : new NamespaceMixedStreamError(this.namespaceAt(other), staged);
  }

  /**
   * The namespace of the first event that has one, without a step unless that is the
   * only one.
   */
  common(first: number | undefined): Namespace | undefined {
    if (first === undefined) {
      return undefined;
    }
    const namespace = this.namespaceAt(first);
    if (this.steps().size <= 1) {
      return namespace;
    }
    const { stepId: _, ...withoutStep } = namespace;
    return Object.freeze(withoutStep);
  }

  /** Whether an event of a namespace would be with none but events of the same one. */
  private welcomes(namespace: LocalNamespaceTupleJson): boolean {
    const group = this.populatedGroups === 0 ? undefined : this.namespaces.findGroup(namespace);
    return this.populatedGroups === 0 || (group !== undefined && this.isPopulated(group));
  }

  /** Whether all the events of another census would be welcome, which are of one namespace. */
  welcomesAll({ namespaces, populations }: NamespaceCensus): boolean {
    const index = populations.findIndex(
      (population, namespace) => namespace !== NO_NAMESPACE && population > 0,
    );
    return index === -1 || this.welcomes(namespaces.at(index));
  }

  private steps(): ReadonlySet<string> {
    const steps = new Set<string>();
    for (const [namespace, population] of this.populations.entries()) {
      const step = namespace === NO_NAMESPACE ? undefined : this.namespaces.at(namespace).step_id;
      if (population > 0 && typeof step === "string") {
        steps.add(step);
      }
    }
    return steps;
  }

  /** Counts an event. */
  enter(namespace: number): void {
    this.populations[namespace] = (this.populations[namespace] ?? 0) + 1;
    if (namespace !== NO_NAMESPACE) {
      const group = this.namespaces.groupOf(namespace);
      this.populatedGroups += this.isPopulated(group) ? 0 : 1;
      this.groupPopulations[group] = (this.groupPopulations[group] ?? 0) + 1;
    }
  }

  /** Counts an event no more. */
  leave(namespace: number): void {
    this.populations[namespace] = (this.populations[namespace] ?? 0) - 1;
    if (namespace !== NO_NAMESPACE) {
      const group = this.namespaces.groupOf(namespace);
      this.groupPopulations[group] = (this.groupPopulations[group] ?? 0) - 1;
      this.populatedGroups -= this.isPopulated(group) ? 0 : 1;
    }
  }

  private isPopulated(group: number): boolean {
    return (this.groupPopulations[group] ?? 0) > 0;
  }

  /** The first of the events that have a namespace and are asked for, or -1. */
  private firstEvent(isAskedFor: (event: number) => boolean): number {
    let first = -1;
    for (let event = 0; event < this.records.size; event++) {
      const isPlaced = this.records.contentOf(event).namespace !== NO_NAMESPACE;
      if (
        isPlaced &&
        isAskedFor(event) &&
        (first === -1 || this.records.compare(event, first) < 0)
      ) {
        first = event;
      }
    }
    return first;
  }

  private namespaceAt(event: number): Namespace {
    return namespaceOf(this.namespaces.at(this.records.contentOf(event).namespace));
  }

  private groupAt(event: number): number {
    return this.namespaces.groupOf(this.records.contentOf(event).namespace);
  }
}
