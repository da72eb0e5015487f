import type { DossierEventType } from "../../gen/speckitty/dossier/v1/contract.js";
import type { Violation } from "../event/violation.js";
import type { Ledger } from "./ledger.js";
import type { MissionDossierState } from "./state.js";

/** An event that was counted but not folded, because the contract rejects its payload. */
export type RejectedEvent = {
  /** Its id, in canonical form. */
  readonly eventId: string;
  readonly eventType: DossierEventType;
  /** Every rule that its payload breaks. At least one. */
  readonly violations: readonly Violation[];
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
};

/**
 * What the events of a ledger come to.
 *
 * @throws NamespaceMixedStreamError when they are of more than one namespace.
 */
export function reportOf(ledger: Ledger): ReduceReport {
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
  });
}

/** An event of a ledger whose payload the contract rejects. */
export function rejectedEvent(ledger: Ledger, event: number): RejectedEvent {
  const { eventType, rejection } = ledger.entryAt(event);
  return {
    eventId: ledger.records.eventIdOf(event),
    eventType,
    violations: rejection?.violations ?? [],
  };
}
