import type { DossierEventType } from "../../gen/speckitty/dossier/v1/contract.js";
import { CONFLICT, diagnosticOf, skippedPayload } from "../event/envelope/event-diagnostics.js";
import type { Diagnostic } from "../event/errors/diagnostic.js";
import { type KnownDefect, knownDefectOf } from "../event/errors/known-defect.js";
import type { Violation } from "../event/errors/violation.js";
import type { JsonMap } from "../event/json/json-object.js";
import type { Ledger } from "./ledger.js";
import type { MissionDossierState } from "./state.js";

/** An event that was counted but not folded, because the contract rejects its payload. */
export type RejectedEvent = {
  /** Its id, in canonical form. */
  readonly eventId: string;
  readonly eventType: DossierEventType;
  /** Every rule that its payload breaks. At least one. */
  readonly violations: readonly Violation[];
  /** The mistake that its producer is known for, if it is recognized. */
  readonly knownDefect?: KnownDefect;
};

/** A rejected event, and where it was given. */
export type SkippedEvent = RejectedEvent & {
  /** Where it stands among the events that were given, counted from 0. */
  readonly position: number;
};

/** An id that was given with more than one content. */
export type ConflictingEvent = {
  /** Where another content than before stands among the events that were given, counted from 0. */
  readonly position: number;
  /** The id, in canonical form. */
  readonly eventId: string;
};

/** A state, and what did not become part of it. */
export type ReduceReport = {
  readonly state: MissionDossierState;
  /** The events that were skipped, in the order of the stream. */
  readonly skipped: readonly SkippedEvent[];
  /**
   * The ids that came with more than one content: another place in the stream,
   * namespace or event type, or another payload as far as the state depends on it.
   * Of each, the event that comes first in the stream counts.
   */
  readonly conflicts: readonly ConflictingEvent[];
  /**
   * Everything that strict mode would not have let pass, in the order in which the
   * events were given: one for each skipped event and each conflicting id, and the
   * first of each kind of the others, which are one kind when they are of one field
   * and event type, of one pair of projects, or of one node.
   */
  readonly diagnostics: readonly Diagnostic[];
};

/**
 * What the events of a ledger come to.
 *
 * @param found What was found about them beside that.
 * @throws NamespaceMixedStreamError when they are of more than one namespace.
 */
export function reportOf(ledger: Ledger, found: readonly Diagnostic[] = []): ReduceReport {
  const skipped = ledger.rejectedEvents().map((event) => {
    const { position = 0 } = ledger.rejections.get(event) ?? {};
    return Object.freeze({ position, ...rejectedEvent(ledger, event) });
  });
  const conflicts = Array.from(ledger.conflicts, ([eventId, position = 0]) =>
    Object.freeze({ position, eventId }),
  );
  return Object.freeze({
    state: ledger.state(),
    skipped: Object.freeze(skipped),
    conflicts: Object.freeze(conflicts),
    diagnostics: Object.freeze(
      [
        ...skipped.map(({ position, eventId, eventType, violations, knownDefect }) =>
          diagnosticOf(skippedPayload(eventType, violations, knownDefect), eventId, position),
        ),
        ...found,
        ...conflicts.map(({ position, eventId }) => diagnosticOf(CONFLICT, eventId, position)),
      ].sort((a, b) => (a.position ?? 0) - (b.position ?? 0)),
    ),
  });
}

/** An event of a ledger whose payload the contract rejects. */
export function rejectedEvent(ledger: Ledger, event: number): RejectedEvent {
  const { eventType, rejection } = ledger.entryAt(event);
  const { payload = {}, violations = [] } = rejection ?? {};
  return rejectedEventOf(ledger.records.eventIdOf(event), eventType, payload, violations);
}

/** An event whose payload the contract rejects, by its canonical id. */
export function rejectedEventOf(
  eventId: string,
  eventType: DossierEventType,
  payload: JsonMap,
  violations: readonly Violation[],
): RejectedEvent {
  const knownDefect = knownDefectOf(eventType, payload);
  return {
    eventId,
    eventType,
    violations,
    ...(knownDefect === undefined ? {} : { knownDefect }),
  };
}
