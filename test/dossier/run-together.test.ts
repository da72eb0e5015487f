import { expect, test } from "vitest";
import type { LocalNamespaceTupleJson } from "../../gen/speckitty/dossier/v1/contract.js";
import { LocalNamespaceTupleSchema } from "../../gen/speckitty/dossier/v1/values_pb.js";
import {
  type EventJson,
  NamespaceMixedStreamError,
  reduceByNamespace,
  reduceWithReport,
} from "../../src/index.js";
import { envelope, indexed, namespace } from "../support/examples.js";

// Two missions must not become one because their fields, joined, are the same text.

const fields = LocalNamespaceTupleSchema.fields.map(({ jsonName }) => jsonName);
const neighbors = fields.slice(1).map((field, index) => [fields[index] ?? "", field] as const);
/** Text that a program may put between two fields. */
const separators = ["", "/", "|", ":", ",", " ", "-", "\0", "\n", '","', "1:", "\ue000"];

test.each(neighbors)("%s and %s run together, and stay apart", (first, second) => {
  for (const separator of separators) {
    const left = { ...namespace, [first]: `a${separator}b`, [second]: "c" };
    const right = { ...namespace, [first]: "a", [second]: `b${separator}c` };
    const events = eventsIn(left, right, left);
    expect(() => reduceWithReport(events), separator).toThrow(NamespaceMixedStreamError);
    const { missions } = reduceByNamespace(events);
    expect(missions.map(({ state }) => state.eventCount)).toEqual([2, 1]);
  }
});

test.each(["-", "null", "undefined", ""])("the step %j differs from an absent one", (step_id) => {
  const events = eventsIn(namespace, { ...namespace, step_id });
  expect(() => reduceWithReport(events, { namespaceScope: "step" })).toThrow(
    NamespaceMixedStreamError,
  );
});

/** An event in each namespace. */
function eventsIn(...namespaces: readonly LocalNamespaceTupleJson[]): EventJson[] {
  return namespaces.map((each, index) => ({
    ...envelope,
    event_id: `01KJPZ8V2M4T6R1E9C3H5N7QW${index}`,
    payload: { ...indexed, namespace: each },
  }));
}
