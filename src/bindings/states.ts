import type { JsonObject } from "@bufbuild/protobuf";
import { TYPE_VIOLATION } from "../event/errors/violation.js";
import { canonicalJson } from "../event/json/canonical-json.js";
import { contentOf, type Difference, messageNamed, rulesText } from "./compare.js";
import type { Observation } from "./observation.js";
import type { MessageVector, RuleAt, StreamVector } from "./vectors.js";

/** One line of output of another language's reducer: its result for one stream. */
export type ReducedStream = {
  /** The state as JSON text, with every field in order and absent ones as `null`; or `null`. */
  readonly state: string | null;
  /** The state in binary, as hexadecimal digits; `null` without a state. */
  readonly binary: string | null;
  /** The expected namespace and the first that differs; `null` if none does. */
  readonly mixed: { readonly expected: JsonObject; readonly got: JsonObject } | null;
  readonly skipped: readonly {
    readonly event_id: string;
    readonly violations: readonly RuleAt[];
  }[];
};

/** The outcome of one stream: no difference if it passed. */
export type StateOutcome = { readonly id: string; readonly difference?: Difference };

/** Compares the results of a reducer with the vectors, stream by stream. */
export function compareStates(
  streams: readonly StreamVector[],
  messages: readonly MessageVector[],
  reduced: readonly ReducedStream[],
): readonly StateOutcome[] {
  return streams.map((stream, index) => {
    const state = messages.find((message) => message.id === stream.state);
    if (state === undefined && stream.state !== null) {
      throw new Error(`streams.jsonl: no state ${stream.state}`);
    }
    const id = `${stream.id}, scope ${stream.scope}`;
    const found = reduced[index];
    const text = (of: ReducedStream): string => describe(of, state?.message);
    const expected = text({ ...stream, state: state?.json ?? null, binary: state?.binary ?? null });
    const got = found === undefined ? "nothing" : text(found);
    return expected === got ? { id } : { id, difference: { expected, found: got } };
  });
}

/** Compares the keys that a driver computed for the states with the vectors, state by state. */
export function compareKeys(
  streams: readonly StreamVector[],
  seen: ReadonlyMap<string, Observation>,
): readonly StateOutcome[] {
  return streams.flatMap(({ id: stream, scope, state, namespace_key, parity_hash }) => {
    if (state === null) {
      return [];
    }
    const id = `${stream}, scope ${scope}`;
    const keys = seen.get(state)?.keys;
    const expected = canonicalJson({ namespace_key, parity_hash });
    const found = canonicalJson(
      keys && {
        namespace_key: keys.namespace_key?.[scope] ?? null,
        parity_hash: keys.parity_hash,
      },
    );
    return expected === found ? { id } : { id, difference: { expected, found } };
  });
}

/** A result as text. The state's JSON stays text, since the order of its paths counts. */
function describe(
  { state, binary, mixed, skipped }: ReducedStream,
  message: string | undefined,
): string {
  return [
    ...(mixed === null
      ? []
      : [`mixed: ${namespaceText(mixed.expected)}, ${namespaceText(mixed.got)}`]),
    state ?? "no state",
    binary === null || message === undefined ? "" : contentOf(messageNamed(message), binary),
    ...skipped.map(({ event_id, violations }) => `${event_id}: ${brokenText(violations)}`),
  ].join("\n");
}

/** For JSON that cannot be read, stock Protobuf need not name the field. */
function brokenText(violations: readonly RuleAt[]): string {
  const isRead = violations.every(({ rule }) => rule !== TYPE_VIOLATION);
  return isRead ? rulesText(violations) : TYPE_VIOLATION;
}

/** A namespace as text. Absent fields and `null` give the same text. */
function namespaceText(namespace: JsonObject): string {
  return canonicalJson(
    Object.fromEntries(Object.entries(namespace).filter(([, value]) => value !== null)),
  );
}
