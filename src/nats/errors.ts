import { MissionDossierError, reasonOf } from "../event/errors/mission-dossier-error.js";

/** The cause of a {@link NatsError}. */
export type NatsProblem =
  /** No answer from a server: it is not running, too busy, or refuses the credentials. */
  | "unreachable"
  /** The stream is full. It takes events again once it has room. */
  | "stream_full"
  /** The event is larger than the server or the stream allows. */
  | "event_too_large"
  /** The streams and buckets were not set up. */
  | "not_set_up"
  /**
   * The bucket of the states is gone, and its consumers do not give their events again. Make
   * another set of states with `rebuildStates` and `switchStates`, or `mission-dossier rebuild`.
   */
  | "states_lost"
  /** The server refused, for the reason in `cause`. */
  | "refused";

/** Raised when a request to a NATS server fails. */
export class NatsError extends MissionDossierError {
  override readonly name: string = "NatsError";

  constructor(
    readonly problem: NatsProblem,
    message: string,
    cause?: unknown,
    place: { readonly position?: number } = {},
  ) {
    super("nats", cause === undefined ? `${message}.` : `${message}: ${reasonOf(cause)}`, place, {
      cause,
    });
  }
}

/**
 * Raised when an event was not stored. `position` is the place of the first such event among
 * the given ones: each one before it is stored. Later ones of its batch may be stored too, and
 * can be published again without harm.
 */
export class PublishError extends NatsError {
  override readonly name = "PublishError";

  constructor(
    problem: NatsProblem,
    override readonly position: number,
    cause: unknown,
  ) {
    super(problem, `Event ${position} was not stored (${PROBLEMS[problem]})`, cause, { position });
  }
}

const PROBLEMS: { readonly [problem in NatsProblem]: string } = {
  unreachable: "the server does not answer",
  stream_full: "the stream is full",
  event_too_large: "it is too large for the server",
  not_set_up: "there is no stream for it",
  states_lost: "the states are gone",
  refused: "the server refused it",
};

/** A setting of a stream, bucket or consumer on the server that is not as it must be. */
export type TopologyDifference = {
  /** The stream, or the stream and the consumer: `dossier-events/states-07`. */
  readonly place: string;
  /** The name of the setting in the server's API. */
  readonly setting: string;
  /** The value that it must have. */
  readonly expected: unknown;
  /** The value on the server. */
  readonly got: unknown;
};

/** Raised when a part of the topology exists on the server, but is configured differently. */
export class TopologyError extends MissionDossierError {
  override readonly name = "TopologyError";

  constructor(
    /** Every setting that differs. At least one. */
    readonly differences: readonly TopologyDifference[],
  ) {
    const [first] = differences;
    const lines = differences.map(
      ({ place, setting, expected, got }) =>
        `${place}: ${setting} is ${JSON.stringify(got)}, not ${JSON.stringify(expected)}`,
    );
    super(
      "different_topology",
      `The server is configured differently, and was left as it is. ${lines.join("; ")}.`,
      { field: first?.setting, expected: first?.expected, got: first?.got },
    );
  }
}
