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
