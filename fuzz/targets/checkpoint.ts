import fc from "fast-check";
import {
  DossierAccumulator,
  type EventJson,
  InvalidBinaryError,
  InvalidEventError,
  NamespaceMixedStreamError,
} from "mission-dossier";
import { afterCheckpoint, contentOf } from "../accumulate.js";
import { withRightChecksum } from "../checkpoint-bytes.js";
import { STREAMS } from "../corpus.js";
import { eventLists, eventsOf } from "../event-lists.js";
import { mutatedBytes } from "../mutate-bytes.js";
import { checkpointChanges } from "../mutate-checkpoint.js";
import { notingOddities } from "../oddity.js";
import { attempt, expectSame } from "../outcome.js";
import { target } from "../target.js";
import { expectStateIsKept } from "./state.js";

type Case = {
  readonly base64: string;
  /** The text of events that are added when the checkpoint has been read. */
  readonly events: readonly string[];
};

const checkpoints = STREAMS.map((stream) => ({ stream, base: checkpointOf(stream) }));

function checkpointOf(stream: readonly EventJson[]): Uint8Array {
  const accumulator = new DossierAccumulator();
  for (const event of stream) {
    accumulator.add(event);
  }
  return accumulator.toBinary();
}

/** Checkpoints that were damaged, or that somebody made up. */
export const checkpoint = target<Case>({
  name: "checkpoint",
  roundSize: 200,
  share: 2,
  cases: fc.constantFrom(...checkpoints).chain(({ stream, base }) =>
    fc.record({
      base64: fc
        .oneof(
          { weight: 3, arbitrary: checkpointChanges(base) },
          { weight: 1, arbitrary: mutatedBytes(fc.constant(base)).map(withRightChecksum) },
          { weight: 1, arbitrary: mutatedBytes(fc.constant(base)) },
        )
        .map((bytes) => Buffer.from(bytes).toString("base64")),
      events: fc.oneof(fc.constant([]), eventsOf(stream), eventLists),
    }),
  ),
  run: (given) => notingOddities(given.events, () => restore(given)),
});

function restore({ base64, events }: Case): void {
  const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
  const read = attempt(() => DossierAccumulator.fromBinary(bytes), InvalidBinaryError);
  if (read.kind === "error") {
    return;
  }
  const accumulator = read.value;
  expectStateIsKept(accumulator.state());
  const restored = afterCheckpoint(accumulator);
  accumulator.merge(restored);
  expectSame("merging a copy changes nothing", contentOf(accumulator), contentOf(restored));
  for (const json of events) {
    // Callers without a compiler give whatever they have read.
    const event = JSON.parse(json) as EventJson;
    attempt(() => accumulator.add(event), InvalidEventError, NamespaceMixedStreamError);
  }
  afterCheckpoint(accumulator);
}
