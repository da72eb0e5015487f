import type { DossierEventType } from "../../gen/speckitty/dossier/v1/contract.js";
import type { RejectedPayload } from "../event/envelope/accepted-event.js";
import { CONFLICT, diagnosticOf, skippedPayload } from "../event/envelope/event-diagnostics.js";
import type { Diagnostic } from "../event/errors/diagnostic.js";
import type { KnownDefect } from "../event/errors/known-defect.js";
import type { Violation } from "../event/errors/violation.js";
import type { Dossier } from "./dossier.js";
import type { DossiersByNamespace } from "./dossiers.js";
import type { GenerationCounts, Inspector } from "./inspector.js";
import type { MissionDossierState } from "./state.js";

/** An event that was counted but not folded, because the contract rejects its payload. */
export type RejectedEvent = {
  /** Its id, in canonical form. */
  readonly eventId: string;
  /** Its event type, by which its payload was judged. */
  readonly eventType: DossierEventType;
  /** Every rule that its payload breaks. At least one. */
  readonly violations: readonly Violation[];
  /** The known mistake of its producer, if recognized. */
  readonly knownDefect?: KnownDefect;
};

/** A rejected event, and its place in the stream. */
export type SkippedEvent = RejectedEvent & {
  /** Its place among the given events, counted from 0. */
  readonly position: number;
};

/** An id that was given with more than one content. */
export type ConflictingEvent = {
  /** The place of the differing content among the given events, counted from 0. */
  readonly position: number;
  /** The id, in canonical form. */
  readonly eventId: string;
};

/** A state, and the events and contents that did not become part of it. */
export type ReduceReport = {
  /** The state of the dossier. */
  readonly state: MissionDossierState;
  /** The events that were skipped, in the order of the stream. */
  readonly skipped: readonly SkippedEvent[];
  /**
   * The ids that came with more than one content: another place in the stream, namespace or
   * event type, or another payload as far as the state depends on it. For each id, the event
   * that comes first in the stream counts.
   */
  readonly conflicts: readonly ConflictingEvent[];
  /**
   * Everything that strict mode would have refused, in the order in which the events were
   * given: one for each skipped event and each conflicting id, and otherwise the first of each
   * kind. Diagnostics of one kind have the same field and event type, the same pair of
   * projects, the same node, or the same unknown event type.
   */
  readonly diagnostics: readonly Diagnostic[];
};

/** The report on a whole stream of one mission, with the number of events of each generation. */
export type StreamReport = ReduceReport & { readonly generations: GenerationCounts };

/** The dossiers of many missions. */
export type NamespaceReport = {
  /** One report for each namespace, in the order in which the namespaces were first given. */
  readonly missions: readonly ReduceReport[];
  /**
   * The events whose namespace is missing or malformed. All of them are skipped: their state
   * counts them and holds nothing else.
   */
  readonly unassigned: ReduceReport;
  /**
   * The diagnostics of all events, except skipped payloads and conflicts, which are in the
   * reports.
   */
  readonly diagnostics: readonly Diagnostic[];
  /** How many events came in each generation of the contract. */
  readonly generations: GenerationCounts;
};

/**
 * The report on the dossier of a whole stream.
 *
 * @throws NamespaceMixedStreamError when its events belong to more than one namespace.
 * @throws ReplayRequiredError when it is stale.
 */
export function streamReportOf(dossier: Dossier, inspector: Inspector): StreamReport {
  const report = reportOf(dossier, inspector.found);
  return Object.freeze({ ...report, generations: inspector.generations });
}

/**
 * The report on a dossier.
 *
 * @param found The diagnostics of its events that it does not have itself.
 * @throws NamespaceMixedStreamError when its events belong to more than one namespace.
 * @throws ReplayRequiredError when it is stale.
 */
function reportOf(dossier: Dossier, found: readonly Diagnostic[] = []): ReduceReport {
  return Object.freeze({ state: dossier.state(), ...leftOutOf(dossier, found) });
}

/** Everything in the report on a dossier but its state. */
export function leftOutOf(
  dossier: Dossier,
  found: readonly Diagnostic[],
): Omit<ReduceReport, "state"> {
  const skipped = dossier
    .rejected()
    .map(([eventId, rejection]) =>
      Object.freeze({ position: rejection.position ?? 0, ...rejectedEvent(eventId, rejection) }),
    );
  const conflicts = Array.from(dossier.conflicts, ([eventId, position = 0]) =>
    Object.freeze({ position, eventId }),
  );
  return {
    skipped: Object.freeze(skipped),
    conflicts: Object.freeze(conflicts),
    diagnostics: Object.freeze(diagnosticsOf(dossier, found)),
  };
}

/**
 * The reports on many dossiers.
 *
 * @throws ReplayRequiredError when one is stale.
 */
export function namespaceReportOf(
  { missions, unassigned }: DossiersByNamespace,
  { found, generations }: Inspector,
): NamespaceReport {
  return Object.freeze({
    missions: Object.freeze(Array.from(missions.values(), (dossier) => reportOf(dossier))),
    unassigned: reportOf(unassigned),
    diagnostics: Object.freeze(found),
    generations,
  });
}

/** The diagnostics of a dossier, in the order in which its events were given. */
export function diagnosticsOf(dossier: Dossier, found: readonly Diagnostic[]): Diagnostic[] {
  const skipped = dossier
    .rejected()
    .map(([eventId, rejection]) =>
      diagnosticOf(skippedPayload(rejection), eventId, rejection.position),
    );
  const conflicts = Array.from(dossier.conflicts, ([eventId, position]) =>
    diagnosticOf(CONFLICT, eventId, position),
  );
  return [...skipped, ...found, ...conflicts].sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
}

/** A rejected event, by its canonical id. */
export function rejectedEvent(
  eventId: string,
  {
    eventType,
    violations,
    knownDefect,
  }: Pick<RejectedPayload, "eventType" | "violations" | "knownDefect">,
): RejectedEvent {
  return {
    eventId,
    eventType,
    violations,
    ...(knownDefect === undefined ? {} : { knownDefect }),
  };
}
