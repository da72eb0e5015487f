/**
 * The error codes, stable from version to version. `docs/errors.md` explains each one and its
 * remedy.
 */
export const ERROR_CODES = /* @__PURE__ */ Object.freeze([
  "invalid_event",
  "invalid_payload",
  "invalid_state",
  "invalid_binary",
  "unknown_event_type",
  "mixed_namespaces",
  "different_missions",
  "replay_required",
  "unknown_field",
  "skipped_payload",
  "project_mismatch",
  "conflicting_event",
  "clock_backwards",
  "unreadable_record",
  "unreadable_file",
  "no_states",
  "broken_log",
  "changed_log",
  "locked_file",
  "unwritable_file",
  "nats",
  "different_topology",
  "damaged_gzip",
  "too_large",
  "invalid_argument",
  "invalid_fixtures",
  "unknown_fixture_category",
  "unknown_fixture",
  "not_a_replay_stream",
  "unexpected_verdict",
] as const);

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** The place of an error and the value found there, as far as known. */
export type ErrorDetails = {
  /** The file that was read. */
  readonly file?: string | undefined;
  /** The line, counted from 1. */
  readonly line?: number | undefined;
  /** The id of the event, as it was given or in canonical form. It may be any text. */
  readonly eventId?: string | undefined;
  /** The place of the event among the given ones, counted from 0. */
  readonly position?: number | undefined;
  /** The path of the field, or the name of the argument. */
  readonly field?: string | undefined;
  /** The expected value, or a description of it. */
  readonly expected?: unknown;
  /** The value found. */
  readonly got?: unknown;
};

/**
 * The base class of every error of this package. Programs use `code` and the other properties;
 * the message is for people, and shows only a piece of the data.
 */
export abstract class MissionDossierError extends Error implements ErrorDetails {
  readonly file: string | undefined;
  readonly line: number | undefined;
  readonly eventId: string | undefined;
  readonly position: number | undefined;
  readonly field: string | undefined;
  readonly expected: unknown;
  readonly got: unknown;

  constructor(
    /** The kind of error. */
    readonly code: ErrorCode,
    message: string,
    { file, line, eventId, position, field, expected, got }: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.file = file;
    this.line = line;
    this.eventId = eventId;
    this.position = position;
    this.field = field;
    this.expected = expected;
    this.got = got;
  }
}

/** A piece of a text that may be long, for a message. */
export function excerpt(text: string, length = MAX_EXCERPT): string {
  if (text.length <= length) {
    return text;
  }
  // The cut must not leave a lone surrogate.
  const isCut = /[\ud800-\udbff]/.test(text.charAt(length - 1));
  return `${text.slice(0, isCut ? length - 1 : length)}…`;
}

const MAX_EXCERPT = 200;

/** The message of a thrown value, cut to fit into another message. */
export function reasonOf(error: unknown): string {
  return excerpt(error instanceof Error ? error.message : String(error));
}
