import { isMessage } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  type EventJson,
  EventSchema,
  eventToJson,
  InvalidEventError,
  isDossierEventType,
  NamespaceMixedStreamError,
  type NamespaceScope,
  type ParsedEvent,
  parseEvent,
  type ReduceReport,
  type RejectedEvent,
  reduceByNamespace,
  reduceMissionDossier,
  reduceWithReport,
} from "mission-dossier";
import { accumulated } from "../accumulate.js";
import { eventLists } from "../event-lists.js";
import { notingOddities } from "../oddity.js";
import { attempt, expect, expectSame, type Outcome } from "../outcome.js";
import { shuffled } from "../random.js";
import { target } from "../target.js";
import { expectStateIsKept } from "./state.js";

type Case = {
  /** The text of each envelope. */
  readonly events: readonly string[];
  readonly scope: NamespaceScope;
  /** In which order they are given a second time. */
  readonly order: number;
};

/** The reducers, the accumulator and its checkpoints, which must come to the same. */
export const reduce = target<Case>({
  name: "reduce",
  roundSize: 100,
  share: 2,
  cases: fc.record({
    events: eventLists,
    scope: fc.constantFrom<NamespaceScope[]>("mission", "step"),
    order: fc.nat({ max: 999 }),
  }),
  run: (given) => notingOddities(given.events, () => compareAll(given)),
});

function compareAll({ events, scope, order }: Case): void {
  // Callers without a compiler give whatever they have read.
  const given = events.map((json) => JSON.parse(json) as EventJson);
  const options = { namespaceScope: scope };
  const reduced = (list: readonly EventJson[]): Outcome<ReduceReport> =>
    attempt(() => reduceWithReport(list, options), InvalidEventError, NamespaceMixedStreamError);

  const valid = given.filter((event) => !isInvalid(reduced([event])));
  for (const event of given) {
    const json = wireJson(event);
    expect(
      "a reducer rejects the envelopes that parseEvent rejects",
      isInvalid(reduced([event])) === (!isOfOtherType(json) && isInvalid(parsedEvent(json))),
    );
  }
  expectFirstInvalid(reduced(given), given, valid);

  const whole = reduced(valid);
  const state = attempt(() => reduceMissionDossier(valid, options), NamespaceMixedStreamError);
  expect("reduceMissionDossier agrees with reduceWithReport", state.kind === whole.kind);
  const { missions, unassigned, diagnostics } = reduceByNamespace(valid, options);
  const otherOrder = shuffled(valid, order);
  const again = reduced(otherOrder);
  expect("the order makes no difference to what is rejected", again.kind === whole.kind);
  const accumulator = accumulated(otherOrder, options, order, hasConflicts(missions));
  if (whole.kind === "error" || again.kind === "error") {
    expect("mixed missions are more than one", missions.length > 1);
    expect("the accumulator mixes no missions", accumulator === undefined);
    return;
  }
  const report = whole.value;
  expectSame("reduceMissionDossier gives the state of reduceWithReport", state, {
    kind: "result",
    value: report.state,
  });
  expectStateIsKept(report.state);
  expectSame(
    "the order makes no difference",
    withoutPositions(again.value),
    withoutPositions(report),
  );
  if (missions.length === 1 && unassigned.state.eventCount === 0) {
    // What is not about one event alone is said of all missions together.
    const all = missions.map((mission) => ({
      ...mission,
      diagnostics: [
        ...mission.diagnostics.filter(({ code }) => code === "skipped_payload"),
        ...diagnostics,
        ...mission.diagnostics.filter(({ code }) => code === "conflicting_event"),
      ].sort((a, b) => (a.position ?? 0) - (b.position ?? 0)),
    }));
    expectSame("reduceByNamespace agrees with reduceWithReport", all, [report]);
  }
  if (accumulator !== undefined) {
    expectSame(
      "the accumulator agrees with reduceWithReport",
      {
        state: accumulator.state(),
        skipped: accumulator.skipped,
        conflicts: accumulator.conflicts,
      },
      withoutPositions(report),
    );
    expect(
      "the accumulator counts the events of the state",
      accumulator.eventCount === report.state.eventCount,
    );
  }
  const messages = valid.map((event) => parseOr(event));
  const ofMessages = withoutPositions(reduceWithReport(messages, options));
  expectSame("messages and their JSON come to the same", ofMessages.state, report.state);
}

function isInvalid(outcome: Outcome<unknown>): boolean {
  return outcome.kind === "error" && outcome.error instanceof InvalidEventError;
}

function expectFirstInvalid(
  outcome: Outcome<unknown>,
  given: readonly EventJson[],
  valid: readonly EventJson[],
): void {
  const expected = given.findIndex((event) => !valid.includes(event));
  const error = outcome.kind === "error" ? outcome.error : undefined;
  const found = error instanceof InvalidEventError ? error.position : -1;
  expectSame("the first invalid event is the one that is thrown", found, expected);
}

function hasConflicts(reports: readonly ReduceReport[]): boolean {
  // An id that is in two missions may come to count in one of them only.
  return reports.length > 1 || reports.some(({ conflicts }) => conflicts.length > 0);
}

type WithoutPositions = {
  readonly state: ReduceReport["state"];
  readonly skipped: readonly RejectedEvent[];
  readonly conflicts: readonly string[];
};

function withoutPositions({ state, skipped, conflicts }: ReduceReport): WithoutPositions {
  return {
    state,
    skipped: skipped.map(({ position: _, ...event }) => event),
    conflicts: conflicts.map(({ eventId }) => eventId).sort(),
  };
}

function parsedEvent(event: EventJson): Outcome<ParsedEvent> {
  return attempt(() => parseEvent(event), InvalidEventError);
}

/** Reducers take messages too, and JSON of one is one. */
function wireJson(event: EventJson): EventJson {
  return typeof event !== "object" || event === null || typeof event.event_type === "string"
    ? event
    : isMessage(event, EventSchema)
      ? eventToJson(event)
      : event;
}

/** Whether an event is of a type that no reducer knows, which skips it unseen. */
function isOfOtherType(event: unknown): boolean {
  const type: unknown =
    typeof event === "object" && event !== null ? Reflect.get(event, "event_type") : undefined;
  return typeof type === "string" && type !== "" && !isDossierEventType(type);
}

/** An event as a message. Those of other types need not be valid, and are given as they are. */
function parseOr(event: EventJson): EventJson | ParsedEvent {
  const parsed = parsedEvent(event);
  return parsed.kind === "result" ? parsed.value : event;
}
