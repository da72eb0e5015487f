import { fromBinary, fromJsonString, isMessage, toJson } from "@bufbuild/protobuf";
import fc from "fast-check";
import {
  DossierAccumulator,
  type EventJson,
  EventSchema,
  eventToJson,
  InvalidBinaryError,
  InvalidEventError,
  isDossierEventType,
  MissionDossierError,
  NamespaceMixedStreamError,
  type NamespaceScope,
  parseEvent,
  type ReduceOptions,
  type ReduceReport,
  reduceByNamespace,
  reduceMissionDossier,
  reduceWithReport,
} from "mission-dossier";
import { DossierCheckpointSchema } from "mission-dossier/gen/speckitty/reducer/v1/checkpoint_pb.js";
import { checkpointBytes, withRightChecksum } from "./checkpoint-bytes.js";
import { MESSAGES, STREAMS } from "./corpus.js";
import { attempt, expect, expectSame, type Outcome } from "./expect.js";
import { expectStateIsKept } from "./messages.js";
import { mutatedBytes } from "./mutated-bytes.js";
import { itemsOf, mutatedJson } from "./mutated-json.js";
import { target } from "./target.js";

/** Some events of a stream, in any order, changed a little: the JSON text of each. */
export const eventLists: fc.Arbitrary<string[]> = fc
  .oneof(
    { weight: 8, arbitrary: fc.constantFrom(...STREAMS) },
    // Mostly of more than one mission.
    fc.constant(STREAMS.flat()),
  )
  .chain((stream) => {
    const other = fc.tuple(fc.constantFrom(...stream), fc.uuid());
    const event = fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom<unknown[]>(...stream) },
      { weight: 9, arbitrary: other.map(([json, id]) => ({ ...json, event_id: id })) },
      fc.constantFrom(...MESSAGES),
    );
    return fc.oneof(
      { weight: 20, arbitrary: fc.array(event, { minLength: 1, maxLength: 10 }) },
      fc.array(event, { minLength: 1, maxLength: 60, size: "max" }),
    );
  })
  .chain((events) => mutatedJson([events]))
  .map(itemsOf);

const message = {
  ...{ $typeName: "speckitty.dossier.v1.Event", eventType: "MissionDossierArtifactIndexed" },
  ...{ eventId: "01KJPZ8V2M4T6R1E9C3H5N7QWA", aggregateId: "a", timestamp: "2026-02-27T19:58:02Z" },
  ...{ nodeId: "n", projectUuid: "76943acf-fdbd-48cd-b6ee-69e3795587d4", lamportClock: 5 },
  ...{ correlationId: "01KJG9ZADF25DPVW4QASHEWENM", dataTier: 0, payload: {} },
};

const first = STREAMS.flat().find(({ event_type }) => isDossierEventType(event_type));

/** The reducers, the accumulator and its checkpoints, which must all give one state. */
export const reduce = target(
  "reduce",
  fc.record({
    texts: eventLists,
    namespaceScope: fc.constantFrom<NamespaceScope[]>("mission", "step"),
    /** In which order the events are given a second time, and how to an accumulator. */
    order: fc.array(fc.nat({ max: 999 }), { minLength: 1, maxLength: 30 }),
  }),
  ({ texts, namespaceScope, order }) => {
    // Callers without a compiler give whatever they have read.
    const events = texts.map((json) => JSON.parse(json) as EventJson);
    const valid = expectInvalidAreThrown(events, { namespaceScope });
    const shuffled = valid
      .map((event, index) => [order[index % order.length] ?? 0, event] as const)
      .sort(([a], [b]) => a - b)
      .map(([, event]) => event);
    expectAgreement(valid, shuffled, order, { namespaceScope });
  },
  [
    [message],
    [{ ...message, eventType: [message.eventType] }],
    [{ ...message, lamportClock: "_" }],
    [{ ...message, lamportClock: null }],
    [{ ...message, payload: "x" }],
    [{ ...first, lamport_clock: 19, payload: {} }, message],
    [{ ...first, payload: { a: "1e400" } }],
  ].map((events) => ({
    texts: events.map((json) => JSON.stringify(json).replace('"1e400"', "1e400")),
    namespaceScope: "mission" as const,
    order: [0],
  })),
);

function reduced(events: readonly EventJson[], options: ReduceOptions): Outcome<ReduceReport> {
  return attempt(
    () => reduceWithReport(events, options),
    InvalidEventError,
    NamespaceMixedStreamError,
  );
}

function isInvalid(outcome: Outcome<unknown>): boolean {
  return outcome.kind === "error" && outcome.error instanceof InvalidEventError;
}

/** Makes sure that invalid envelopes are thrown, and gives the others. */
function expectInvalidAreThrown(events: readonly EventJson[], options: ReduceOptions): EventJson[] {
  const rejects = events.map((event) => isInvalid(reduced([event], options)));
  for (const [index, event] of events.entries()) {
    // The reducers skip events of other types unseen, and take messages, also as JSON.
    const { event_type: type }: { event_type?: unknown } = Object(event);
    const isOther = typeof type === "string" && type !== "" && !isDossierEventType(type);
    const json =
      typeof type !== "string" && isMessage(event, EventSchema) ? eventToJson(event) : event;
    const parsed = attempt(() => parseEvent(json), InvalidEventError);
    expect(
      "a reducer rejects the envelopes that parseEvent rejects",
      rejects[index] === (!isOther && parsed.kind === "error"),
    );
  }
  const whole = reduced(events, options);
  const error = whole.kind === "error" ? whole.error : undefined;
  const position = error instanceof InvalidEventError ? error.position : -1;
  expectSame("the first invalid event is thrown", position, rejects.indexOf(true));
  return events.filter((_, index) => !rejects[index]);
}

function expectAgreement(
  events: readonly EventJson[],
  shuffled: readonly EventJson[],
  order: readonly number[],
  options: ReduceOptions,
): void {
  const whole = reduced(events, options);
  const again = reduced(shuffled, options);
  const state = attempt(() => reduceMissionDossier(events, options), NamespaceMixedStreamError);
  const { missions, unassigned } = reduceByNamespace(events, options);
  expect("reduceMissionDossier agrees with reduceWithReport", state.kind === whole.kind);
  expect("the order makes no difference to a rejection", again.kind === whole.kind);
  const accumulator = accumulated(shuffled, order, options);
  if (whole.kind === "error" || again.kind === "error" || state.kind === "error") {
    expect("mixed missions are more than one", missions.length > 1);
    expect("the accumulator mixes no missions", accumulator === undefined);
    return;
  }
  const report = withoutPositions(whole.value);
  expectSame("reduceMissionDossier gives that state", state.value, report.state);
  expectStateIsKept(report.state);
  expectSame("the order makes no difference", withoutPositions(again.value), report);
  const [mission] = missions;
  if (mission !== undefined && missions.length === 1 && unassigned.state.eventCount === 0) {
    expectSame("reduceByNamespace agrees", withoutPositions(mission), report);
  }
  if (accumulator === undefined) {
    // An id that is in two missions may count in one of them only.
    const mayMix = missions.length > 1 || report.conflicts.length > 0;
    expect("only events of several missions are rejected", mayMix);
  } else {
    expectSame("the accumulator agrees", contentOf(accumulator), {
      ...report,
      eventCount: report.state.eventCount,
    });
  }
  const messages = events.map((event) => {
    const parsed = attempt(() => parseEvent(event), InvalidEventError);
    return parsed.kind === "result" ? parsed.value : event;
  });
  // Two contents of an id may have one sort key. A message can lack what is odd in a rejected
  // payload, and then the other content may count.
  if (report.conflicts.length === 0) {
    const ofMessages = reduceMissionDossier(messages, options);
    expectSame("messages and their JSON give one state", ofMessages, report.state);
  }
}

function withoutPositions({ state, skipped, conflicts }: ReduceReport) {
  return {
    state,
    skipped: skipped.map(({ position: _, ...event }) => event),
    conflicts: conflicts.map(({ eventId }) => eventId).sort(),
  };
}

/**
 * An accumulator that has been given the events: some directly, some twice, some merged from
 * another one, with checkpoints in between; and once more if it has to be replayed. Undefined
 * if an event was rejected.
 */
function accumulated(
  events: readonly EventJson[],
  order: readonly number[],
  options: ReduceOptions,
): DossierAccumulator | undefined {
  let accumulator = new DossierAccumulator(options);
  let other = new DossierAccumulator(options);
  let isMixed = false;
  const change = (changed: DossierAccumulator, action: () => unknown): void => {
    const before = changed.toBinary();
    if (attempt(action, NamespaceMixedStreamError).kind === "error") {
      isMixed = true;
      const kept = contentOf(DossierAccumulator.fromBinary(before));
      expectSame("a rejected event changes nothing", contentOf(changed), kept);
    }
  };
  for (const [index, event] of events.entries()) {
    const choice = ((order[index % order.length] ?? 0) + index) % 6;
    const chosen = choice < 2 ? other : accumulator;
    for (let times = choice === 3 ? 2 : 1; times > 0; times--) {
      change(chosen, () => chosen.add(event));
    }
    if (choice === 4) {
      accumulator = afterCheckpoint(accumulator);
    }
    if (choice === 5) {
      change(accumulator, () => accumulator.merge(other));
      other = new DossierAccumulator(options);
    }
  }
  change(accumulator, () => accumulator.merge(afterCheckpoint(other)));
  const fresh = "state" in contentOf(accumulator) ? undefined : replayOf(accumulator);
  for (const event of fresh === undefined ? [] : events) {
    change(fresh ?? accumulator, () => fresh?.add(event));
  }
  return isMixed ? undefined : afterCheckpoint(fresh ?? accumulator);
}

/** A fresh accumulator, from one whose state cannot be given without reading the events again. */
function replayOf(accumulator: DossierAccumulator): DossierAccumulator | undefined {
  return "replay" in accumulator && typeof accumulator.replay === "function"
    ? accumulator.replay()
    : undefined;
}

/** Everything observable of an accumulator; without a state if it has to be replayed. */
function contentOf(accumulator: DossierAccumulator): object {
  const state = attempt(() => accumulator.state(), MissionDossierError);
  if (state.kind === "error") {
    const isReplay = "code" in state.error && state.error.code === "replay_required";
    expect("an accumulator gives its state, or asks for a replay", isReplay, () => state.error);
  }
  const { skipped, conflicts, eventCount } = accumulator;
  return {
    ...(state.kind === "result" ? { state: state.value } : {}),
    ...{ skipped, conflicts: [...conflicts].sort(), eventCount },
  };
}

/** The accumulator that a checkpoint of one gives, which must be the same. */
function afterCheckpoint(accumulator: DossierAccumulator): DossierAccumulator {
  const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
  const [found, expected] = [restored, accumulator].map(contentOf);
  expectSame("an accumulator is the same after a checkpoint", found, expected);
  expect("a checkpoint keeps the scope", restored.namespaceScope === accumulator.namespaceScope);
  return restored;
}

const checkpoints = fc.constantFrom(...STREAMS).map((stream) => {
  const accumulator = new DossierAccumulator();
  for (const event of stream) {
    accumulator.add(event);
  }
  return accumulator.toBinary();
});

/** Checkpoints with other values in their fields, and the checksum that fits them. */
const altered = checkpoints
  .chain((bytes) => {
    const content = fromBinary(DossierCheckpointSchema, bytes);
    return mutatedJson([toJson(DossierCheckpointSchema, content)], 5);
  })
  .map((json) => {
    // Where a field no longer takes its value, nothing is left of the checkpoint.
    const read = attempt(() => fromJsonString(DossierCheckpointSchema, json), Error);
    return read.kind === "result" ? checkpointBytes(read.value) : new Uint8Array();
  });

/** Checkpoints that were damaged, or that somebody made up. */
export const checkpoint = target(
  "checkpoint",
  fc.record({
    bytes: fc.oneof(
      { weight: 3, arbitrary: altered },
      mutatedBytes(checkpoints).map(withRightChecksum),
      mutatedBytes(checkpoints),
    ),
    texts: fc.oneof(fc.constant([]), eventLists),
  }),
  ({ bytes, texts }) => {
    const read = attempt(() => DossierAccumulator.fromBinary(bytes), InvalidBinaryError);
    if (read.kind === "error") {
      return;
    }
    const accumulator = read.value;
    const restored = afterCheckpoint(accumulator);
    accumulator.merge(restored);
    const [found, expected] = [accumulator, restored].map(contentOf);
    expectSame("merging a copy changes nothing", found, expected);
    for (const json of texts) {
      // Callers without a compiler give whatever they have read.
      const event = JSON.parse(json) as EventJson;
      attempt(() => accumulator.add(event), InvalidEventError, NamespaceMixedStreamError);
    }
    afterCheckpoint(accumulator);
  },
);
