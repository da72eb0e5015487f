import type { GivenEvent } from "../event/envelope/accepted-event.js";
import { canonicalEventId } from "../event/envelope/event-id.js";
import { readEvent } from "../event/envelope/read-event.js";
import { optionsIn } from "../event/errors/arguments.js";
import type { Diagnostic, StrictOptions } from "../event/errors/diagnostic.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import { checkpointFromBinary, checkpointToBinary } from "./checkpoint.js";
import { Inspector } from "./inspector.js";
import { Ledger } from "./ledger.js";
import { checkScope, type NamespaceScope } from "./namespace.js";
import type { ReduceOptions } from "./reduce.js";
import { type RejectedEvent, rejectedEvent, rejectedEventOf, reportOf } from "./report.js";
import type { MissionDossierState } from "./state.js";

/** What came of adding an event. */
export type AddOutcome =
  /** It counts, and what it says is part of the state. */
  | ({ readonly kind: "added" } & Diagnosed)
  /** It counts, but the contract rejects its payload. */
  | ({ readonly kind: "skipped" } & RejectedEvent & Diagnosed)
  /** It was there already. Nothing has changed. */
  | { readonly kind: "repeated" }
  /** Its id was there with another content. Of the two, the one that comes first counts. */
  | ({
      readonly kind: "conflicting";
      /** The id, in canonical form. */
      readonly eventId: string;
      readonly counts: "known" | "added";
    } & Diagnosed)
  /** It is no dossier event. Nothing has changed. */
  | { readonly kind: "ignored" };

/** What is not as it should be about an event, if anything. */
type Diagnosed = { readonly diagnostics?: readonly Diagnostic[] };

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
  private readonly inspector: Inspector;

  /** @throws InvalidArgumentError when there is no such namespace scope. */
  constructor(options?: ReduceOptions) {
    const { namespaceScope = "mission", strict = false } = optionsIn(options);
    this.ledger = new Ledger(checkScope(namespaceScope));
    this.inspector = new Inspector(strict);
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
   * @throws StrictError in strict mode, when it is not as it should be. Nothing has
   * changed.
   */
  add(given: GivenEvent): AddOutcome {
    const judged = readEvent(given);
    if (judged === undefined) {
      return IGNORED;
    }
    const { event, violations } = judged;
    const { put, diagnostics } = this.inspector.put(this.ledger, judged, undefined, false);
    const diagnosed = diagnostics.length === 0 ? {} : { diagnostics };
    switch (put) {
      case "new": {
        if (violations === undefined) {
          return diagnostics.length === 0 ? ADDED : { kind: "added", diagnostics };
        }
        const { event_id, event_type, payload } = event;
        const rejected = rejectedEventOf(
          canonicalEventId(event_id),
          event_type,
          payload,
          violations,
        );
        return { kind: "skipped", ...rejected, ...diagnosed };
      }
      case "repeated":
        return REPEATED;
      case "outranked":
      case "replaced": {
        const eventId = canonicalEventId(event.event_id);
        const counts = put === "replaced" ? "added" : "known";
        return { kind: "conflicting", eventId, counts, ...diagnosed };
      }
    }
  }

  /**
   * Adds all the events of another accumulator, which stays as it is.
   *
   * @throws NamespaceMixedStreamError when they belong to another mission. Nothing
   * has changed.
   * @throws InvalidArgumentError when the other one has another namespace scope, or is none.
   * @throws StrictError in strict mode, when something about the other one's events is
   * not as it should be, or the two have an id with two contents. Nothing has changed.
   */
  merge(other: DossierAccumulator): void {
    if (!(other instanceof DossierAccumulator)) {
      throw new InvalidArgumentError("the other accumulator", "a DossierAccumulator", other);
    }
    if (other.namespaceScope !== this.namespaceScope) {
      throw new InvalidArgumentError(
        "the namespace scope of the other accumulator",
        this.namespaceScope,
        other.namespaceScope,
      );
    }
    if (other.ledger === this.ledger) {
      return;
    }
    // An event may belong to another mission, and yet give way to one that has its
    // id: only the events that are left in the end say whether the missions mix.
    if (this.ledger.sharesNamespaceWith(other.ledger) && !this.inspector.strict) {
      this.ledger.putAll(other.ledger);
    } else {
      const union = new Ledger(this.namespaceScope);
      union.putAll(this.ledger);
      union.putAll(other.ledger);
      union.rejectMixed();
      this.inspector.refuseAny(() => reportOf(union, other.inspector.found).diagnostics);
      this.ledger = union;
    }
    this.inspector.add(other.inspector);
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

  /**
   * What is not as it should be about the events, {@link skipped} payloads and
   * {@link conflicts} aside: the first of each kind.
   */
  get diagnostics(): readonly Diagnostic[] {
    return this.inspector.found;
  }

  /** A checkpoint: everything that is needed to go on later, or elsewhere. */
  toBinary(): Uint8Array {
    return checkpointToBinary(this.ledger, this.inspector);
  }

  /**
   * Goes on from a checkpoint.
   *
   * @throws InvalidBinaryError when the bytes are none.
   * @throws StrictError in strict mode, when something about its events is not as it
   * should be.
   */
  static fromBinary(bytes: Uint8Array, options?: StrictOptions): DossierAccumulator {
    const { strict = false } = optionsIn(options);
    const inspector = new Inspector(strict);
    const ledger = checkpointFromBinary(bytes, inspector);
    inspector.refuseAny(() => reportOf(ledger, inspector.found).diagnostics);
    const accumulator = new DossierAccumulator({ namespaceScope: ledger.scope, strict });
    accumulator.ledger = ledger;
    accumulator.inspector.add(inspector);
    return accumulator;
  }
}

const ADDED = Object.freeze({ kind: "added" } as const);
const REPEATED = Object.freeze({ kind: "repeated" } as const);
const IGNORED = Object.freeze({ kind: "ignored" } as const);
