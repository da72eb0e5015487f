import type { JsonObject } from "@bufbuild/protobuf";
import { TYPE_VIOLATION } from "../event/errors/violation.js";
import { canonicalJson } from "../event/json/canonical-json.js";
import { contentOf, type Difference, messageNamed, rulesText } from "./compare.js";
import type { MessageVector, RuleAt, StreamVector } from "./vectors.js";

/** What the reducer of another language made of one stream. A line that it prints. */
export type ReducedStream = {
  /** The state as JSON text, every field in order, absent ones as `null`; `null` without a state. */
  readonly state: string | null;
  /** The state in binary, as hexadecimal digits, `null` without a state. */
  readonly binary: string | null;
  /** The namespaces that do not go together, `null` where all do. */
  readonly mixed: { readonly expected: JsonObject; readonly got: JsonObject } | null;
  readonly skipped: readonly {
    readonly event_id: string;
    readonly violations: readonly RuleAt[];
  }[];
};

/** What came of one stream. */
export type StateOutcome = { readonly id: string; readonly difference?: Difference };

/** Compares what a reducer gives, stream by stream, with the vectors. */
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

/** A result as text. The state's JSON is compared as text, since the order of the paths counts. */
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

/** Of JSON that cannot be read, stock Protobuf need not say more. */
function brokenText(violations: readonly RuleAt[]): string {
  const isRead = violations.every(({ rule }) => rule !== TYPE_VIOLATION);
  return isRead ? rulesText(violations) : TYPE_VIOLATION;
}

/** Absent fields may be written as `null`. */
function namespaceText(namespace: JsonObject): string {
  return canonicalJson(
    Object.fromEntries(Object.entries(namespace).filter(([, value]) => value !== null)),
  );
}
