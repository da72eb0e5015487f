import { contentOf, type Difference, messageNamed, rulesText } from "./compare.js";
import type { MessageVector, RuleAt, StreamVector } from "./vectors.js";

/** What the reducer of another language made of one stream. A line that it prints. */
export type ReducedStream = {
  readonly id: string;
  /** The state as JSON text, every field in order, absent ones as `null`. */
  readonly state: string;
  /** The state in binary, as hexadecimal digits. */
  readonly binary: string;
  readonly skipped: readonly {
    readonly event_id: string;
    readonly violations: readonly RuleAt[];
  }[];
};

/** What came of one stream. */
export type StateOutcome = {
  readonly id: string;
  readonly difference?: Difference;
};

/** Compares the states that a reducer gives with those of the vectors. */
export function compareStates(
  streams: readonly StreamVector[],
  messages: readonly MessageVector[],
  reduced: readonly ReducedStream[],
): readonly StateOutcome[] {
  return streams.map((stream) => {
    const state = messages.find(({ id }) => id === stream.state);
    const found = reduced.find(({ id }) => id === stream.id);
    if (state === undefined || state.binary === null) {
      throw new Error(`streams.jsonl: no state ${stream.state}`);
    }
    const desc = messageNamed(state.message);
    const [wanted, got] = [
      describe(state.json, contentOf(desc, state.binary), stream.skipped),
      found === undefined
        ? "nothing"
        : describe(found.state, contentOf(desc, found.binary), found.skipped),
    ];
    return wanted === got
      ? { id: stream.id }
      : { id: stream.id, difference: { expected: wanted, found: got } };
  });
}

/** A state as text. Its JSON is compared as text, since the order of the paths counts. */
function describe(json: string, binary: string, skipped: ReducedStream["skipped"]): string {
  return [
    json,
    binary,
    ...skipped.map(({ event_id, violations }) => `${event_id}: ${rulesText(violations)}`),
  ].join("\n");
}
