import type { GivenEvent } from "../event/accepted-event.js";
import { canonicalEventId } from "../event/event-id.js";
import { readEvent } from "../event/read-event.js";
import { ledgerFromBinary, ledgerToBinary } from "./checkpoint.js";
import { Ledger } from "./ledger.js";
import { checkScope, type NamespaceScope } from "./namespace.js";
import type { ReduceOptions } from "./reduce.js";
import { type RejectedEvent, rejectedEvent } from "./report.js";
import type { MissionDossierState } from "./state.js";

/** What came of adding an event. */
export type AddOutcome =
  /** It counts, and what it says is part of the state. */
  | { readonly kind: "added" }
  /** It counts, but the contract rejects its payload. */
  | ({ readonly kind: "skipped" } & RejectedEvent)
  /** It was there already. Nothing has changed. */
  | { readonly kind: "repeated" }
  /** Its id was there with another content. Of the two, the one that comes first counts. */
  | {
      readonly kind: "conflicting";
      /** The id, in canonical form. */
      readonly eventId: string;
      readonly counts: "known" | "added";
    }
  /** It is no dossier event. Nothing has changed. */
  | { readonly kind: "ignored" };

/**
 * The state of one mission's dossier while its events come in: a few at a time, in
 * any order, some more than once, from several places.
 *
 * Whatever is added and merged in whatever order, the state is the one that
 * `reduceMissionDossier` gives for all the events together. Adding an event takes
 * the same time however many there are; the memory is some hundred bytes an event.
 */
export class DossierAccumulator {
  private ledger: Ledger;

  /** @throws RangeError when there is no such namespace scope. */
  constructor({ namespaceScope = "mission" }: ReduceOptions = {}) {
    this.ledger = new Ledger(checkScope(namespaceScope));
  }

  /** Which fields make two namespaces the same one. */
  get namespaceScope(): NamespaceScope {
    return this.ledger.scope;
  }

  /** How many different dossier events have been added. */
  get eventCount(): number {
    return this.ledger.size;
  }

  /**
   * Adds an event: a generated `Event` message, or an envelope as wire JSON.
   *
   * @throws NamespaceMixedStreamError when it belongs to another mission. Nothing
   * has changed.
   * @throws InvalidEventError when it is no valid envelope. Nothing has changed.
   */
  add(given: GivenEvent): AddOutcome {
    const read = readEvent(given);
    if (read === undefined) {
      return IGNORED;
    }
    const { event, violations } = read;
    const put = this.ledger.put(event, violations, undefined, false);
    switch (put) {
      case "new": {
        if (violations === undefined) {
          return ADDED;
        }
        const eventId = canonicalEventId(event.event_id);
        return { kind: "skipped", eventId, eventType: event.event_type, violations };
      }
      case "repeated":
        return REPEATED;
      case "outranked":
      case "replaced": {
        const eventId = canonicalEventId(event.event_id);
        return { kind: "conflicting", eventId, counts: put === "replaced" ? "added" : "known" };
      }
    }
  }

  /**
   * Adds all the events of another accumulator, which stays as it is.
   *
   * @throws NamespaceMixedStreamError when they belong to another mission. Nothing
   * has changed.
   * @throws RangeError when the other one has another namespace scope.
   */
  merge(other: DossierAccumulator): void {
    if (other.namespaceScope !== this.namespaceScope) {
      throw new RangeError(
        `An accumulator of the namespace scope ${other.namespaceScope} cannot be merged into one of ${this.namespaceScope}.`,
      );
    }
    if (other.ledger === this.ledger) {
      return;
    }
    // An event may belong to another mission, and yet give way to one that has its
    // id: only the events that are left in the end say whether the missions mix.
    if (this.ledger.sharesNamespaceWith(other.ledger)) {
      this.ledger.putAll(other.ledger);
    } else {
      const union = new Ledger(this.namespaceScope);
      union.putAll(this.ledger);
      union.putAll(other.ledger);
      union.rejectMixed();
      this.ledger = union;
    }
  }

  /** The state of the dossier. Later additions do not change it. */
  state(): MissionDossierState {
    return this.ledger.state();
  }

  /** The events that count but whose payload the contract rejects, in the order of the stream. */
  get skipped(): readonly RejectedEvent[] {
    return this.ledger.rejectedEvents().map((event) => rejectedEvent(this.ledger, event));
  }

  /**
   * The ids that came with more than one content, in alphabetical order: another
   * place in the stream, namespace or event type, or another payload as far as the
   * state depends on it. Of each, the event that comes first in the stream counts.
   */
  get conflicts(): readonly string[] {
    return [...this.ledger.conflicts.keys()].sort();
  }

  /** A checkpoint: everything that is needed to go on later, or elsewhere. */
  toBinary(): Uint8Array {
    return ledgerToBinary(this.ledger);
  }

  /**
   * Goes on from a checkpoint.
   *
   * @throws InvalidBinaryError when the bytes are none.
   */
  static fromBinary(bytes: Uint8Array): DossierAccumulator {
    const ledger = ledgerFromBinary(bytes);
    const accumulator = new DossierAccumulator({ namespaceScope: ledger.scope });
    accumulator.ledger = ledger;
    return accumulator;
  }
}

const ADDED = Object.freeze({ kind: "added" } as const);
const REPEATED = Object.freeze({ kind: "repeated" } as const);
const IGNORED = Object.freeze({ kind: "ignored" } as const);
