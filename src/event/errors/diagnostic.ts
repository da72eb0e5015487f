import type { KnownDefect } from "./known-defect.js";
import { type ErrorCode, MissionDossierError } from "./mission-dossier-error.js";

/** What strict mode takes for a failure. */
export const DIAGNOSTIC_CODES = /* @__PURE__ */ Object.freeze([
  "unknown_field",
  "skipped_payload",
  "project_mismatch",
  "conflicting_event",
  "clock_backwards",
  "unknown_event_type",
] as const satisfies readonly ErrorCode[]);

/** One of {@link DIAGNOSTIC_CODES}. */
export type DiagnosticCode = (typeof DIAGNOSTIC_CODES)[number];

/**
 * Something about an event that is not as it should be, and that changes nothing
 * about how it is reduced. In strict mode it is a failure: a {@link StrictError}.
 */
export type Diagnostic = {
  readonly code: DiagnosticCode;
  /** The id of the event, in canonical form. Of an event of another type, whatever it has. */
  readonly eventId: string;
  /** Where it stands among the events that were given, counted from 0, if that is known. */
  readonly position: number | undefined;
  /** The path of the field, from the envelope: `payload.artifact_id.paht`. */
  readonly field: string;
  /** What should have been there: a value, or what must hold of it in words. */
  readonly expected: unknown;
  /** What was there. */
  readonly got: unknown;
  /** What is the matter, for people. It quotes nothing. */
  readonly message: string;
  /** Of a payload that is skipped: the mistake that its producer is known for, if it is recognized. */
  readonly knownDefect?: KnownDefect;
};

/** Raised in strict mode for the first {@link Diagnostic}. Nothing has changed. */
export class StrictError extends MissionDossierError {
  override readonly name = "StrictError";
  /** The mistake that the producer is known for, if it is recognized. */
  readonly knownDefect?: KnownDefect;
  constructor(readonly diagnostic: Diagnostic) {
    const { code, eventId, message, knownDefect } = diagnostic;
    super(code, `Event ${eventId}: ${message}.`, diagnostic);
    if (knownDefect !== undefined) {
      this.knownDefect = knownDefect;
    }
  }
}

/** How strictly events are read, reduced and accumulated. */
export type StrictOptions = {
  /**
   * Whether a {@link Diagnostic} is a failure: unknown fields, payloads that are
   * skipped, a `project_uuid` of the envelope that is not that of the namespace, an
   * id that comes with another content, a Lamport clock that goes backwards within one
   * `node_id`, and an event type that is nearly one of the contract's. Default: false.
   */
  readonly strict?: boolean;
};
