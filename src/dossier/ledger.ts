import { DOSSIER_EVENT_TYPES } from "../../gen/speckitty/dossier/v1/contract.js";
import type { ContributionJson } from "../../gen/speckitty/reducer/v1/contract.js";
import type { DossierEvent } from "../event/envelope/accepted-event.js";
import type { Violation } from "../event/errors/violation.js";
import { canonicalJson } from "../event/json/canonical-json.js";
import { ContributionStore } from "./contribution-store.js";
import { EventRecords, NOTHING_PACKED, type RecordContent } from "./event-records.js";
import { DossierFold } from "./fold.js";
import { entryOf, type LedgerEntry, type Put, type Rejection } from "./ledger-entry.js";
import type { NamespaceScope } from "./namespace.js";
import { NamespaceCensus } from "./namespace-census.js";
import { type NamespaceTable, NO_NAMESPACE } from "./namespace-table.js";
import type { PackedMessages } from "./packed.js";
import type { MissionDossierState } from "./state.js";

/**
 * The events of a dossier that count: of all events with one id, the one that
 * comes first. It remembers of each what the state needs, so that an event whose
 * id turns out to belong to an earlier one can be taken out again, and what it had
 * covered comes back. The result depends on the events alone, and neither on their
 * order nor on how often they are put in.
 */
export class Ledger {
  readonly records = new EventRecords();
  /** By the index of the event. */
  readonly rejections = new Map<number, Rejection>();
  /** The ids that came with more than one content, and the position where that was first seen. */
  readonly conflicts = new Map<string, number | undefined>();
  private readonly census: NamespaceCensus;
  /** How many namespaces there were before the event that may be forgotten. */
  private namespaceMark = 0;
  /** Not there while it has to be made anew. */
  private fold: DossierFold | undefined = this.emptyFold();

  /** @param contributions Where it keeps what its events say, together with other ledgers. */
  constructor(
    readonly scope: NamespaceScope,
    private readonly contributions = new ContributionStore(),
  ) {
    this.census = new NamespaceCensus(scope, this.records);
  }

  /** The namespaces that its events refer to by index. */
  get namespaces(): NamespaceTable {
    return this.census.namespaces;
  }

  /** What the events say. */
  get packed(): PackedMessages {
    return this.contributions.packed;
  }

  /** How many events count. */
  get size(): number {
    return this.records.size;
  }

  /**
   * Puts in an event.
   *
   * @param violations Every rule that its payload breaks, if the contract rejects it.
   * @param position Where it stands in the stream that it comes from.
   * @param mayMix Whether its namespace may be another one than that of the events
   * that are there.
   * @throws NamespaceMixedStreamError when it is, and may not be. Nothing has changed.
   */
  put(
    event: DossierEvent,
    violations: readonly Violation[] | undefined,
    position: number | undefined,
    mayMix: boolean,
  ): Put {
    this.records.stage(event);
    const entry = entryOf(event.event_type, event.payload, violations, position);
    return this.settle(entry, position, mayMix);
  }

  /** What {@link put} would come to. Nothing changes. */
  foresee(event: DossierEvent, violations: readonly Violation[] | undefined): Put {
    this.records.stage(event);
    const known = this.records.find();
    if (known === -1) {
      return "new";
    }
    const entry = entryOf(event.event_type, event.payload, violations, undefined);
    this.mark();
    const content = this.contentOf(entry);
    const order = this.orderAgainst(known, entry, content);
    this.forgetMarked(content);
    return order === 0 ? "repeated" : order > 0 ? "outranked" : "replaced";
  }

  /**
   * Puts in the events of another ledger, of whatever namespace.
   */
  putAll(other: Ledger): void {
    for (let event = 0; event < other.size; event++) {
      this.records.stageFrom(other.records, event);
      this.settle(other.entryAt(event), undefined, true);
    }
    for (const [eventId, position] of other.conflicts) {
      this.noteConflict(eventId, position);
    }
  }

  /**
   * Puts in the event that has been staged in the records.
   *
   * @throws NamespaceMixedStreamError as {@link put} does.
   */
  settle(entry: LedgerEntry, position: number | undefined, mayMix: boolean): Put {
    const known = this.records.find();
    if (known !== -1) {
      return this.settleKnown(known, entry, position, mayMix);
    }
    const refusal = this.refusalOf(entry, undefined, mayMix);
    if (refusal !== undefined) {
      throw refusal;
    }
    const content = this.contentOf(entry);
    const event = this.records.keep(content);
    this.enter(event, content.namespace, entry.rejection);
    this.fold?.add(event, content.namespace !== NO_NAMESPACE, entry.contribution);
    return "new";
  }

  /** An event that counts, beside its sort key. */
  entryAt(event: number): LedgerEntry {
    const { type, namespace } = this.records.contentOf(event);
    const eventType = DOSSIER_EVENT_TYPES[type];
    if (eventType === undefined) {
      throw new RangeError(`there is no event type ${type}`);
    }
    return {
      eventType,
      namespace: namespace === NO_NAMESPACE ? undefined : this.namespaces.at(namespace),
      contribution: this.contributionAt(event),
      rejection: this.rejections.get(event),
    };
  }

  /** The events whose payload the contract rejects, in the order of the stream. */
  rejectedEvents(): number[] {
    return [...this.rejections.keys()].sort((a, b) => this.records.compare(a, b));
  }

  /**
   * The state of the dossier.
   *
   * @throws NamespaceMixedStreamError when the events are of more than one namespace.
   */
  state(): MissionDossierState {
    this.rejectMixed();
    this.fold ??= this.foldAll();
    return this.fold.state(
      this.census.common(this.fold.firstPlaced),
      this.size,
      (event) => this.contributionAt(event) ?? {},
    );
  }

  /** @throws NamespaceMixedStreamError when the events are of more than one namespace. */
  rejectMixed(): void {
    const mixed = this.census.mixture();
    if (mixed !== undefined) {
      throw mixed;
    }
  }

  /** Whether the events of another ledger are of the same namespace as those of this. */
  sharesNamespaceWith(other: Ledger): boolean {
    return this.census.welcomesAll(other.census);
  }

  /** Remembers that an id came with more than one content. */
  noteConflict(eventId: string, position: number | undefined): void {
    if (!this.conflicts.has(eventId)) {
      this.conflicts.set(eventId, position);
    }
  }

  private settleKnown(
    known: number,
    entry: LedgerEntry,
    position: number | undefined,
    mayMix: boolean,
  ): Put {
    const { records } = this;
    this.mark();
    const content = this.contentOf(entry);
    const order = this.orderAgainst(known, entry, content);
    const refusal = order < 0 ? this.refusalOf(entry, known, mayMix) : undefined;
    if (order >= 0 || refusal !== undefined) {
      this.forgetMarked(content);
    }
    if (refusal !== undefined) {
      throw refusal;
    }
    if (order === 0) {
      return "repeated";
    }
    this.noteConflict(records.eventIdOf(known), position);
    if (order > 0) {
      return "outranked";
    }
    this.census.leave(records.contentOf(known).namespace);
    this.contributions.takeRoom(-(this.rejections.get(known)?.size ?? 0));
    this.rejections.delete(known);
    records.replace(known, content);
    this.enter(known, content.namespace, entry.rejection);
    // What the replaced event had covered is found again.
    this.fold = undefined;
    return "replaced";
  }

  /** Why the staged event cannot come to count, in the place of a known one, if it cannot. */
  private refusalOf(
    { namespace, rejection }: LedgerEntry,
    known: number | undefined,
    mayMix: boolean,
  ): Error | undefined {
    const mixed = mayMix ? undefined : this.census.mixtureWith(namespace, known);
    return mixed ?? this.contributions.lackOfRoom(rejection?.size ?? 0);
  }

  /** Whether the staged event comes before a known one that has its id. 0 when they are the same. */
  private orderAgainst(known: number, entry: LedgerEntry, content: RecordContent): number {
    const { records } = this;
    return records.compare(records.staged, known) || this.compareContent(entry, content, known);
  }

  /**
   * Orders the staged event and a known one that share a sort key, and so an id, by
   * what they say, so that which of them counts never depends on which came first.
   */
  private compareContent(entry: LedgerEntry, staged: RecordContent, known: number): number {
    const { type, namespace, packed } = this.records.contentOf(known);
    if (
      staged.type === type &&
      staged.namespace === namespace &&
      staged.packed !== NOTHING_PACKED &&
      packed !== NOTHING_PACKED &&
      this.packed.lastEquals(packed)
    ) {
      return 0;
    }
    const a = this.contentText(staged, entry.rejection);
    const b = this.contentText(this.records.contentOf(known), this.rejections.get(known));
    return a < b ? -1 : a > b ? 1 : 0;
  }

  private contentText(
    { type, namespace, packed }: RecordContent,
    rejection: Rejection | undefined,
  ): string {
    return canonicalJson([
      DOSSIER_EVENT_TYPES[type],
      namespace === NO_NAMESPACE ? null : this.namespaces.at(namespace),
      packed === NOTHING_PACKED ? null : this.packed.get(packed),
      rejection?.payload ?? null,
    ]);
  }

  /** What the record of an event will say, with its contribution packed as the last one. */
  private contentOf({ eventType, namespace, contribution }: LedgerEntry): RecordContent {
    return {
      type: DOSSIER_EVENT_TYPES.indexOf(eventType),
      namespace: namespace === undefined ? NO_NAMESPACE : this.namespaces.indexOf(namespace),
      packed: contribution === undefined ? NOTHING_PACKED : this.packed.add(contribution),
    };
  }

  /** Makes {@link contentOf} something that can be taken back. */
  private mark(): void {
    this.namespaceMark = this.namespaces.all.length;
    this.packed.mark();
  }

  /** Takes it back, so that an event which does not count leaves no trace. */
  private forgetMarked({ packed }: RecordContent): void {
    if (packed !== NOTHING_PACKED) {
      this.packed.forgetMarked();
    }
    this.namespaces.shrink(this.namespaceMark);
  }

  private contributionAt(event: number): ContributionJson | undefined {
    const { packed } = this.records.contentOf(event);
    // What was packed is what comes back.
    return packed === NOTHING_PACKED ? undefined : (this.packed.get(packed) as ContributionJson);
  }

  private enter(event: number, namespace: number, rejection: Rejection | undefined): void {
    this.census.enter(namespace);
    if (rejection !== undefined) {
      this.contributions.takeRoom(rejection.size);
      this.rejections.set(event, rejection);
    }
  }

  private foldAll(): DossierFold {
    const fold = this.emptyFold();
    for (let event = 0; event < this.size; event++) {
      const isPlaced = this.records.contentOf(event).namespace !== NO_NAMESPACE;
      fold.add(event, isPlaced, this.contributionAt(event));
    }
    return fold;
  }

  private emptyFold(): DossierFold {
    return new DossierFold(this.records, (path) => this.contributions.paths.indexOf(path));
  }
}
