import { expect, test } from "vitest";
import { readEvent } from "../../src/event/envelope/read-event.js";
import { diffStates, type EventJson } from "../../src/index.js";
import { DifferenceOrigins } from "../../src/parity/origins.js";
import { artifact, clocked, missingArtifact, stateOf } from "../support/artifacts.js";

/** The origins of the differences between two streams, as `kind path: side clock`. */
function originsOf(a: readonly EventJson[], b: readonly EventJson[]): string[] {
  const diff = diffStates(stateOf(a), stateOf(b));
  const origins = new DifferenceOrigins(diff);
  for (const [side, events] of [["a", a] as const, ["b", b] as const]) {
    // The order of arrival makes no difference.
    for (const given of [...clocked(events)].reverse()) {
      const event = readEvent(given);
      if (event.kind === "accepted") {
        origins.take(side, event);
      }
    }
  }
  return diff.differences.map((difference) => {
    const origin = origins.of(difference);
    return `${difference.kind}: ${origin === undefined ? "unknown" : `${origin.side} ${origin.lamportClock}`}`;
  });
}

const spec = artifact("spec.md", "aa");
const plan = artifact("plan.md", "bb");
const changed = artifact("spec.md", "cc");
const changedAgain = artifact("spec.md", "dd");
const later = artifact("plan-v2.md", "ee", { supersedes: "plan.md" });
const missing = missingArtifact("tasks.md", "");

/** The same event as another log has it. */
function again({ event_id: _, ...given }: EventJson): EventJson {
  const { event_id } = artifact("other.md", "");
  return { ...given, event_id };
}

test.each<[string, EventJson[], EventJson[], string[]]>([
  ["nothing", [spec, plan], [spec, plan], []],
  [
    "the first event that one side lacks",
    [spec],
    [spec, changed, changedAgain],
    ["artifact_mutated: b 1"],
  ],
  ["an event of A", [spec, plan], [spec], ["artifact_removed: a 1"]],
  [
    "an event that supersedes the path",
    [spec, plan],
    [spec, plan, later],
    ["artifact_added: b 2", "artifact_removed: b 2"],
  ],
  ["an anomaly", [spec], [spec, missing], ["anomaly_introduced: b 1"]],
  [
    "no event about an artifact, if it is an anomaly",
    [artifact("tasks.md", "ff")],
    [missing, artifact("tasks.md", "ff")],
    ["anomaly_introduced: b 0"],
  ],
  [
    "the first change, in logs that share no event",
    [again(spec), again(plan)],
    [spec, plan, changed, changedAgain],
    ["artifact_mutated: b 2"],
  ],
  [
    "a change back, in logs that share no event",
    [again(spec), again(changed)],
    [spec, changed, artifact("spec.md", "aa")],
    ["artifact_mutated: b 2"],
  ],
  [
    "an anomaly that one side has once more, in logs that share no event",
    [again(missing)],
    [missing, spec, missingArtifact("tasks.md", "")],
    ["artifact_added: b 1", "anomaly_introduced: b 2"],
  ],
  [
    "the first event, in logs that say the same in another order",
    [again(plan), again(spec), again(changed)],
    [changed, spec],
    ["artifact_removed: a 0", "artifact_mutated: b 0"],
  ],
  [
    "two contents of one id",
    [spec],
    [{ ...changed, event_id: spec.event_id }],
    ["artifact_mutated: a 0"],
  ],
])("a difference began with %s", (_what, a, b, origins) => {
  expect(originsOf(a, b)).toEqual(origins);
});

test("the first of several differences is the earliest", () => {
  const [a, b] = [[spec], [spec, plan, changed]];
  const diff = diffStates(stateOf(a), stateOf(b));
  const origins = new DifferenceOrigins(diff);
  for (const given of clocked(b)) {
    const event = readEvent(given);
    if (event.kind === "accepted") {
      origins.take("b", event);
    }
  }
  const event = readEvent(clocked(a)[0]);
  if (event.kind === "accepted") {
    origins.take("a", event);
  }
  expect(origins.firstOf(diff.differences)).toMatchObject({ side: "b", lamportClock: 1n });
});
