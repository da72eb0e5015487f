import type { KnownDefect } from "./known-defect.js";
import { type ErrorCode, excerpt, MissionDossierError } from "./mission-dossier-error.js";

/** The problems that strict mode treats as failures. */
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
 * A problem with an event that does not change how it is reduced. In strict mode it is a
 * failure: a {@link StrictError}.
 */
export type Diagnostic = {
  /** The kind of problem, which is also the `code` of the {@link StrictError}. */
  readonly code: DiagnosticCode;
  /** The id of the event, in canonical form. For an event of another type, it may be any text. */
  readonly eventId: string;
  /** Its place among the given events, counted from 0, if known. */
  readonly position: number | undefined;
  /** The path of the field, from the envelope: `payload.artifact_id.paht`. */
  readonly field: string;
  /** The expected value, or a description of it. */
  readonly expected: unknown;
  /** The value found. */
  readonly got: unknown;
  /** The problem, for people. It quotes no data. */
  readonly message: string;
  /** For a skipped payload: the known mistake of its producer, if recognized. */
  readonly knownDefect?: KnownDefect;
};

/** Raised in strict mode for the first {@link Diagnostic}. The event was not added. */
export class StrictError extends MissionDossierError {
  override readonly name = "StrictError";
  /** The known mistake of the producer, if recognized. */
  readonly knownDefect?: KnownDefect;
  constructor(readonly diagnostic: Diagnostic) {
    const { code, eventId, field, message, knownDefect } = diagnostic;
    super(code, `Event ${eventId}, ${excerpt(field)}: ${message}.`, diagnostic);
    if (knownDefect !== undefined) {
      this.knownDefect = knownDefect;
    }
  }
}

/** How strictly events are read, reduced and accumulated. */
export type StrictOptions = {
  /**
   * Whether a {@link Diagnostic} is a failure: unknown fields, skipped payloads, a
   * `project_uuid` of the envelope that differs from the namespace's, an id that comes with
   * different content, a Lamport clock that goes backwards within one `node_id`, and an event
   * type that is nearly one of the contract's. Default: false.
   */
  readonly strict?: boolean;
};
