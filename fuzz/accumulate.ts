import {
  DossierAccumulator,
  type EventJson,
  NamespaceMixedStreamError,
  type ReduceOptions,
} from "mission-dossier";
import { attempt, expect, expectSame } from "./outcome.js";
import { hashOf } from "./random.js";

/**
 * An accumulator that has been given the events: some directly, some twice, some by way
 * of another one that was merged, and with checkpoints in between.
 *
 * @param mayMix Whether an addition may be rejected although the events, taken together,
 * are of one mission: one of them gives way to another of the same id.
 * @returns Nothing when an addition was rejected.
 */
export function accumulated(
  events: readonly EventJson[],
  options: ReduceOptions,
  seed: number,
  mayMix: boolean,
): DossierAccumulator | undefined {
  let accumulator = new DossierAccumulator(options);
  let other = new DossierAccumulator(options);
  let isMixed = false;
  const rejects = (action: () => unknown, changed: DossierAccumulator): void => {
    const before = changed.toBinary();
    if (attempt(action, NamespaceMixedStreamError).kind === "error") {
      isMixed = true;
      const after = changed.toBinary();
      // A checkpoint says everything. What was not kept may have left a string behind.
      const [a, b] = [before, after].map((bytes) =>
        contentOf(DossierAccumulator.fromBinary(bytes)),
      );
      expectSame("what is rejected changes nothing", b, a);
    }
  };
  for (const [index, event] of events.entries()) {
    const choice = hashOf(`${seed} add ${index}`) % 6;
    const chosen = choice < 2 ? other : accumulator;
    rejects(() => chosen.add(event), chosen);
    if (choice === 3) {
      rejects(() => chosen.add(event), chosen);
    }
    if (choice === 4) {
      accumulator = afterCheckpoint(accumulator);
    }
    if (choice === 5) {
      rejects(() => accumulator.merge(other), accumulator);
      other = new DossierAccumulator(options);
    }
  }
  rejects(() => accumulator.merge(afterCheckpoint(other)), accumulator);
  accumulator = afterCheckpoint(accumulator);
  if (isMixed) {
    expect("only events of several missions are rejected", mayMix);
    return undefined;
  }
  return accumulator;
}

/** What anybody can see of an accumulator. */
export function contentOf(accumulator: DossierAccumulator): object {
  return {
    state: accumulator.state(),
    skipped: accumulator.skipped,
    conflicts: accumulator.conflicts,
    eventCount: accumulator.eventCount,
  };
}

/** The accumulator that a checkpoint of one gives, which must be the same. */
export function afterCheckpoint(accumulator: DossierAccumulator): DossierAccumulator {
  const restored = DossierAccumulator.fromBinary(accumulator.toBinary());
  expectSame(
    "an accumulator is the same after a checkpoint",
    contentOf(restored),
    contentOf(accumulator),
  );
  expect("a checkpoint keeps the scope", restored.namespaceScope === accumulator.namespaceScope);
  return restored;
}
