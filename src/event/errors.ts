import { DOSSIER_EVENT_TYPES } from "../../gen/speckitty/dossier/v1/contract.js";
import { describeJson } from "./describe-json.js";
import type { Violation } from "./violation.js";

/** What an {@link InvalidMessageError} was meant to be. */
export type MessageSubject = "event" | "payload" | "state" | "checkpoint";

/** Raised when JSON, bytes or a message break the contract. Nothing of it was used. */
export class InvalidMessageError extends Error {
  override readonly name: string = "InvalidMessageError";
  constructor(
    /** What was read or written. */
    readonly subject: MessageSubject,
    /** Every rule that is broken, and where. At least one. */
    readonly violations: readonly Violation[],
  ) {
    super(`Invalid ${subject}: ${violations.map(violationText).join("; ")}`);
  }
}

/** Raised when an envelope breaks the contract. */
export class InvalidEventError extends InvalidMessageError {
  override readonly name = "InvalidEventError";
  constructor(
    violations: readonly Violation[],
    /** The `event_id` as it stands there, when it is text at all. */
    readonly eventId: string | undefined,
    /** Where the event stands in the stream that was reduced, counted from 0. */
    readonly position?: number,
  ) {
    super("event", violations);
  }
}

/** Raised when bytes are not the binary form of the message that they should be. */
export class InvalidBinaryError extends Error {
  override readonly name = "InvalidBinaryError";
  constructor(
    /** What was read. */
    readonly subject: MessageSubject,
    cause: unknown,
  ) {
    super(
      `Not the binary form of a dossier ${subject}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
}

/** Raised when something is asked for by an event type that the contract does not have. */
export class UnknownEventTypeError extends Error {
  override readonly name = "UnknownEventTypeError";
  constructor(
    readonly eventType: string,
    /** The event types that would have been fine. */
    readonly knownEventTypes: readonly string[] = DOSSIER_EVENT_TYPES,
  ) {
    super(`Unknown event type ${describeJson(eventType)}. Known: ${knownEventTypes.join(", ")}.`);
  }
}

/** A violation on one line: `artifact_id.path: value is required`. */
export function violationText({ field, message }: Violation): string {
  return field === "" ? message : `${field}: ${message}`;
}
