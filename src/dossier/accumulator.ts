import type { GivenEvent } from "../event/envelope/accepted-event.js";
import { canonicalEventId } from "../event/envelope/event-id.js";
import { readValidEvent } from "../event/envelope/read-event.js";
import { optionsIn } from "../event/errors/arguments.js";
import { type Diagnostic, StrictError, type StrictOptions } from "../event/errors/diagnostic.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import { checkpointFromBinary, checkpointToBinary } from "./checkpoint.js";
import { Dossier } from "./dossier.js";
import type { Inspector } from "./inspector.js";
import type { NamespaceScope } from "./namespace.js";
import { inspectorFor, type ReduceOptions, scopeIn } from "./reduce-options.js";
import { diagnosticsOf, type RejectedEvent, rejectedEvent } from "./report.js";
import type { MissionDossierState } from "./state.js";

/** The outcome of adding an event. */
export type AddOutcome =
  /** It counts, and it is part of the state. */
  | ({ readonly kind: "added" } & Diagnosed)
  /** It counts, but the contract rejects its payload. */
  | ({ readonly kind: "skipped" } & RejectedEvent & Diagnosed)
  /** It was added before. Nothing has changed. */
  | { readonly kind: "repeated" }
  /** Its id came with different content before. The content that sorts first counts. */
  | ({
      readonly kind: "conflicting";
      /** The id, in canonical form. */
      readonly eventId: string;
      readonly counts: "known" | "added";
    } & Diagnosed)
  /**
   * It is not a dossier event. Nothing has changed. Its only possible diagnostic is
   * `unknown_event_type`.
   */
  | ({ readonly kind: "ignored" } & Diagnosed);

/** The diagnostics of the event, if it has any. */
type Diagnosed = { readonly diagnostics?: readonly Diagnostic[] };

/**
 * The state of one mission's dossier while its events arrive: a few at a time, in any order,
 * some more than once, from several sources.
 *
 * Events can be added and accumulators merged in any order: the state is the one that
 * `reduceMissionDossier` gives for all the events together, or {@link state} throws a
 * {@link ReplayRequiredError}. That happens when an id comes with a second content that
 * sorts before the first, which no correct producer causes (CONTRACT, section 9).
 *
 * The events are not kept. Adding one takes constant time; memory is about sixty bytes an
 * event, plus the state.
 */
export class DossierAccumulator {
  private dossier: Dossier;
  private readonly inspector: Inspector;

  /** @throws InvalidArgumentError when the namespace scope is unknown. */
  constructor(options?: ReduceOptions) {
    this.dossier = new Dossier(scopeIn(options));
    this.inspector = inspectorFor(options);
  }

  /** The fields that identify a namespace. */
  get namespaceScope(): NamespaceScope {
    return this.dossier.scope;
  }

  /** How many different dossier events have been added. */
  get eventCount(): number {
    return this.dossier.eventCount;
  }

  /**
   * Adds an event: a generated `Event` message, or an envelope as wire JSON.
   *
   * @throws NamespaceMixedStreamError when it belongs to another mission. Nothing
   * has changed.
   * @throws InvalidEventError when its envelope breaks the contract. Nothing has changed.
   * @throws StrictError in strict mode, when it has a diagnostic. Nothing has changed.
   */
  add(given: GivenEvent): AddOutcome {
    const event = readValidEvent(given);
    if (event.kind === "other") {
      const diagnostics = this.inspector.lookAt(event, undefined);
      return diagnostics.length === 0 ? IGNORED : { kind: "ignored", diagnostics };
    }
    const { standing, diagnostics } = this.inspector.add(this.dossier, event, undefined, false);
    const diagnosed = diagnostics.length === 0 ? {} : { diagnostics };
    switch (standing) {
      case "new":
        if (event.kind === "rejected") {
          const eventId = canonicalEventId(event.sortKey.event_id);
          return { kind: "skipped", ...rejectedEvent(eventId, event), ...diagnosed };
        }
        return diagnostics.length === 0 ? ADDED : { kind: "added", diagnostics };
      case "repeated":
        return REPEATED;
      case "outranked":
      case "replacing": {
        const eventId = canonicalEventId(event.sortKey.event_id);
        const counts = standing === "replacing" ? "added" : "known";
        return { kind: "conflicting", eventId, counts, ...diagnosed };
      }
    }
  }

  /**
   * Adds all the events of another accumulator, which stays unchanged.
   *
   * @throws NamespaceMixedStreamError when they belong to another mission. Nothing
   * has changed.
   * @throws InvalidArgumentError when the other accumulator has a different namespace scope, or
   * is not an accumulator.
   * @throws StrictError in strict mode, when the other accumulator has a diagnostic, or
   * the two have an id with two contents. Nothing has changed.
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
    if (other.dossier === this.dossier) {
      return;
    }
    if (this.dossier.isOfOneMissionWith(other.dossier) && !this.inspector.strict) {
      this.dossier.merge(other.dossier);
    } else {
      // Only the events that count after the merge decide whether missions are mixed.
      const union = new Dossier(this.namespaceScope);
      union.merge(this.dossier);
      union.merge(other.dossier);
      union.refuseMixture();
      this.refuseDiagnostics(union, other.inspector);
      this.dossier = union;
    }
    this.inspector.merge(other.inspector);
  }

  /**
   * The state of the dossier. Later additions do not change it.
   *
   * @throws ReplayRequiredError when the state would show an event whose id came with an
   * earlier content. Use {@link replay} to recover.
   */
  state(): MissionDossierState {
    return this.dossier.state();
  }

  /**
   * A fresh accumulator that knows, for each id with several contents, which one counts. Once
   * all the events have been added to it again, in any order, its state is exact.
   */
  replay(): DossierAccumulator {
    const { namespaceScope } = this;
    const replay = new DossierAccumulator({ namespaceScope, strict: this.inspector.strict });
    replay.dossier = this.dossier.replay();
    return replay;
  }

  /** The events that count but whose payload the contract rejects, in the order of the stream. */
  get skipped(): readonly RejectedEvent[] {
    return this.dossier.rejected().map(([eventId, rejection]) => rejectedEvent(eventId, rejection));
  }

  /**
   * The ids that came with more than one content, in alphabetical order: another place in the
   * stream, namespace or event type, or another payload as far as the state depends on it. For
   * each id, the event that comes first in the stream counts.
   */
  get conflicts(): readonly string[] {
    return [...this.dossier.conflicts.keys()].sort();
  }

  /**
   * The first diagnostic of each kind, except {@link skipped} payloads and {@link conflicts}. A
   * checkpoint does not contain them.
   */
  get diagnostics(): readonly Diagnostic[] {
    return this.inspector.found;
  }

  /** A checkpoint: everything needed to continue later or elsewhere. */
  toBinary(): Uint8Array {
    return checkpointToBinary(this.dossier);
  }

  /**
   * Restores an accumulator from a checkpoint.
   *
   * @throws InvalidBinaryError when the bytes are not a checkpoint.
   * @throws InvalidArgumentError when they are not bytes at all.
   * @throws StrictError in strict mode, when an event in it was skipped, or an id came
   * with two contents.
   */
  static fromBinary(bytes: Uint8Array, options?: StrictOptions): DossierAccumulator {
    const { strict = false } = optionsIn(options);
    const dossier = checkpointFromBinary(bytes);
    const accumulator = new DossierAccumulator({ namespaceScope: dossier.scope, strict });
    accumulator.refuseDiagnostics(dossier, accumulator.inspector);
    accumulator.dossier = dossier;
    return accumulator;
  }

  private refuseDiagnostics(dossier: Dossier, { found }: Inspector): void {
    const [first] = this.inspector.strict ? diagnosticsOf(dossier, found) : [];
    if (first !== undefined) {
      throw new StrictError(first);
    }
  }
}

const ADDED = Object.freeze({ kind: "added" } as const);
const REPEATED = Object.freeze({ kind: "repeated" } as const);
const IGNORED = Object.freeze({ kind: "ignored" } as const);
