import { DOSSIER_EVENT_TYPES } from "../../../gen/speckitty/dossier/v1/contract.js";
import { describeJson } from "../json/describe-json.js";
import type { KnownDefect } from "./known-defect.js";
import { excerpt, MissionDossierError, reasonOf } from "./mission-dossier-error.js";
import type { Violation } from "./violation.js";

/** The data that an {@link InvalidBinaryError} is about. */
export type BinarySubject = MessageSubject | "checkpoint" | "projection";

/** The data that an {@link InvalidMessageError} is about. */
export type MessageSubject = "event" | "payload" | "state";

/**
 * Raised when JSON, bytes or a message break the contract. None of it was used. `field`,
 * `expected` and `got` are those of the first violation.
 */
export class InvalidMessageError extends MissionDossierError {
  override readonly name: string = "InvalidMessageError";
  constructor(
    /** The data that was read or written. */
    readonly subject: MessageSubject,
    /** Every rule that is broken, and where. At least one. */
    readonly violations: readonly Violation[],
    /** The known mistake of its producer, if recognized. */
    readonly knownDefect?: KnownDefect,
    place: { readonly eventId?: string | undefined; readonly position?: number | undefined } = {},
  ) {
    const [first] = violations;
    const where = place.position === undefined ? "" : ` at position ${place.position}`;
    const defect = knownDefect === undefined ? "" : `${knownDefect.message}. `;
    const problems = violationsText(violations);
    super(`invalid_${subject}`, `Invalid ${subject}${where}: ${defect}${problems}`, {
      ...place,
      field: first?.field,
      expected: first?.message,
      got: first?.inputValue,
    });
  }
}

/**
 * Raised when an envelope breaks the contract. `eventId` is its `event_id` as given, if that is
 * text.
 */
export class InvalidEventError extends InvalidMessageError {
  override readonly name = "InvalidEventError";
  constructor(
    violations: readonly Violation[],
    eventId: string | undefined,
    position?: number,
    knownDefect?: KnownDefect,
  ) {
    super("event", violations, knownDefect, { eventId, position });
  }
}

/** Raised when bytes are not the binary form of the expected message. */
export class InvalidBinaryError extends MissionDossierError {
  override readonly name = "InvalidBinaryError";
  constructor(
    /** The expected message. */
    readonly subject: BinarySubject,
    cause: unknown,
  ) {
    super(
      "invalid_binary",
      `Not the binary form of a dossier ${subject}: ${reasonOf(cause)}`,
      { expected: subject },
      { cause },
    );
  }
}

/** Raised when an argument names an event type that is not in the contract. */
export class UnknownEventTypeError extends MissionDossierError {
  override readonly name = "UnknownEventTypeError";
  /** The unknown event type, as text. */
  readonly eventType: string;
  constructor(
    eventType: unknown,
    /** The valid event types. */
    readonly knownEventTypes: readonly string[] = DOSSIER_EVENT_TYPES,
  ) {
    super(
      "unknown_event_type",
      `Unknown event type ${describeJson(eventType)}. Known: ${knownEventTypes.join(", ")}.`,
      { expected: knownEventTypes, got: eventType },
    );
    this.eventType = typeof eventType === "string" ? eventType : describeJson(eventType);
  }
}

/** Raised when a function is called with an invalid argument. */
export class InvalidArgumentError extends MissionDossierError {
  override readonly name = "InvalidArgumentError";
  constructor(
    /** The name of the argument or option. */
    field: string,
    /** A description of the valid values, for people. */
    expected: string,
    got: unknown,
  ) {
    super("invalid_argument", `${field} must be ${expected}, not ${describeJson(got)}.`, {
      field,
      expected,
      got,
    });
  }
}

/** Raised when data exceeds the capacity of one dossier. */
export class TooLargeError extends MissionDossierError {
  override readonly name = "TooLargeError";
  constructor(
    /** The limit, for people. */
    limit: string,
  ) {
    super("too_large", `One dossier holds at most ${limit}.`, { expected: limit });
  }
}

/** The first violations, each on one line: `artifact_id.path: value is required`. */
function violationsText(violations: readonly Violation[]): string {
  const shown = violations.slice(0, MAX_VIOLATIONS).map(violationText);
  const hidden = violations.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`and ${hidden} more`] : [])].join("; ");
}

const MAX_VIOLATIONS = 10;

/** A violation on one line. Both parts are cut, since a path may hold map keys of any length. */
function violationText({ field, message }: Violation): string {
  return field === "" ? excerpt(message) : `${excerpt(field)}: ${excerpt(message)}`;
}
