import { describe, expect, test } from "vitest";
import {
  DossierAccumulator,
  type EventJson,
  reduceWithReport,
  type StrictOptions,
} from "../../src/index.js";
import { drift, envelope, indexed, missing, namespace } from "../support/examples.js";

const MISSING = "MissionDossierArtifactMissing";
const DRIFT = "MissionDossierParityDriftDetected";

function at(clock: number | string, id: string, fields: object = {}): EventJson {
  // It is built as a valid envelope.
  return {
    ...envelope,
    event_id: id.repeat(26),
    lamport_clock: clock,
    payload: indexed,
    ...fields,
  } as EventJson;
}

function accumulate(events: readonly EventJson[], options?: StrictOptions): DossierAccumulator {
  const accumulator = new DossierAccumulator(options);
  for (const event of events) {
    accumulator.add(event);
  }
  return accumulator;
}

/** The diagnostics kept: code, field and position. */
function kept(accumulator: DossierAccumulator): string[] {
  return accumulator.diagnostics.map(({ code, field, eventId }) =>
    [code, field, eventId.slice(0, 1)].join(" "),
  );
}

const inNamespace = (project_uuid: string) => ({
  payload: { ...indexed, namespace: { ...namespace, project_uuid } },
});

/** Two events with a diagnostic for each, or for the first one only. */
const kinds: readonly {
  readonly what: string;
  readonly events: readonly EventJson[];
  readonly keeps: readonly string[];
}[] = [
  {
    what: "unknown fields of one event type and name",
    events: [at(1, "1", { a: 1 }), at(2, "2", { a: 2 })],
    keeps: ["unknown_field a 1"],
  },
  {
    what: "unknown fields of two names",
    events: [at(1, "1", { a: 1 }), at(2, "2", { b: 1 })],
    keeps: ["unknown_field a 1", "unknown_field b 2"],
  },
  {
    what: "unknown fields of two event types",
    events: [
      at(1, "1", { event_type: MISSING, payload: missing, a: 1 }),
      at(2, "2", { event_type: DRIFT, payload: drift, a: 1 }),
    ],
    keeps: ["unknown_field a 1", "unknown_field a 2"],
  },
  {
    what: "clocks of one node",
    events: [at(9, "0"), at(2, "1"), at(1, "2")],
    keeps: ["clock_backwards lamport_clock 1"],
  },
  {
    what: "clocks of two nodes",
    events: [
      at(9, "0", { node_id: "a" }),
      at(9, "9", { node_id: "b" }),
      at(2, "1", { node_id: "a" }),
      at(1, "2", { node_id: "b" }),
    ],
    keeps: ["clock_backwards lamport_clock 1", "clock_backwards lamport_clock 2"],
  },
  {
    what: "one pair of projects",
    events: [at(1, "1", inNamespace("other")), at(2, "2", inNamespace("other"))],
    keeps: ["project_mismatch project_uuid 1"],
  },
  {
    what: "two projects beside one of a namespace",
    events: [
      at(1, "1", inNamespace("other")),
      at(2, "2", {
        ...inNamespace("other"),
        project_uuid: "00000000-634e-427c-abd3-3e5d17997d4e",
      }),
    ],
    keeps: ["project_mismatch project_uuid 1", "project_mismatch project_uuid 2"],
  },
  {
    what: "unknown fields and clocks",
    events: [at(9, "0"), at(2, "1", { a: 1 })],
    keeps: ["unknown_field a 1", "clock_backwards lamport_clock 1"],
  },
];

describe.each(kinds)("of $what", ({ events, keeps }) => {
  test("the first of a kind is kept, by accumulators and in reports", () => {
    expect(kept(accumulate(events))).toEqual(keeps);
    const { diagnostics } = reduceWithReport(events);
    expect(diagnostics.map(({ code, field, eventId }) => `${code} ${field} ${eventId[0]}`)).toEqual(
      keeps,
    );
  });

  test("the first of a kind is kept by a merge, its own before the other's", () => {
    for (let cut = 0; cut <= events.length; cut++) {
      const whole = accumulate(events.slice(0, cut));
      const own = kept(whole);
      const other = accumulate(events.slice(cut));
      const others = kept(other);
      whole.merge(other);
      expect(kept(whole).slice(0, own.length)).toEqual(own);
      const kindOf = (text: string) => text.slice(0, -1);
      const isTwoKinds = new Set(keeps.map(kindOf)).size < keeps.length;
      const added = others.filter(
        (text) => isTwoKinds || !own.some((known) => kindOf(known) === kindOf(text)),
      );
      expect(kept(whole).slice(own.length)).toEqual(added);
    }
  });
});

describe("the clock of a node", () => {
  const strict = { strict: true };

  test("is the highest of the merged ones, in either direction", () => {
    for (const [into, from] of [
      [5, 3],
      [3, 5],
    ] as const) {
      const accumulator = accumulate([at(into, "1")], strict);
      accumulator.merge(accumulate([at(from, "2")]));
      expect(() => accumulator.add(at(4, "3"))).toThrow(
        expect.objectContaining({ code: "clock_backwards", expected: 5, got: 4 }),
      );
      expect(accumulator.add(at(5, "4"))).toEqual({ kind: "added" });
    }
  });

  test("is that of the highest event, and of each node by itself", () => {
    const accumulator = accumulate([at(1, "1"), at(7, "2"), at(1, "3", { node_id: "b" })], strict);
    expect(() => accumulator.add(at(6, "4"))).toThrow(expect.objectContaining({ expected: 7 }));
    expect(accumulator.add(at(2, "5", { node_id: "b" }))).toEqual({ kind: "added" });
  });

  test("is unchanged when an event goes backwards", () => {
    const events = [at(7, "1"), at(3, "2"), at(5, "3")];
    const last = accumulate(events.slice(0, 2)).add(events.at(-1) ?? at(0, "0"));
    expect(last).toMatchObject({ diagnostics: [{ expected: 7, got: 5 }] });
  });

  test("ignores an event whose id is known", () => {
    const accumulator = accumulate([at(3, "1"), at(9, "1"), at(4, "2"), at(3, "1")]);
    expect(accumulator.diagnostics).toEqual([]);
    expect(accumulator.conflicts).toHaveLength(1);
  });

  test("is exact, however large", () => {
    const accumulator = accumulate([at("9007199254740993", "1")], strict);
    expect(() => accumulator.add(at("9007199254740992", "2"))).toThrow(
      expect.objectContaining({ expected: "9007199254740993", got: "9007199254740992" }),
    );
    expect(() => accumulator.add(at(7, "2"))).toThrow(expect.objectContaining({ got: 7 }));
  });
});

describe("strict mode", () => {
  test.each([
    ["before", 1],
    ["after", 9],
  ])("refuses different content of an id that sorts %s the known one", (_where, clock) => {
    const accumulator = accumulate([at(5, "1")], { strict: true });
    expect(() => accumulator.add(at(clock, "1"))).toThrow(
      expect.objectContaining({ code: "conflicting_event", eventId: "1".repeat(26) }),
    );
    expect(accumulator.conflicts).toEqual([]);
  });

  test("accepts a repeated event, and says so", () => {
    const accumulator = accumulate([at(1, "1"), at(5, "2")], { strict: true });
    expect(accumulator.add(at(1, "1"))).toEqual({ kind: "repeated" });
  });

  test("names a problem of the event itself before one relative to others", () => {
    const accumulator = accumulate([at(5, "1")], { strict: true });
    for (const id of ["1", "2"]) {
      expect(() => accumulator.add(at(1, id, { a: 1 }))).toThrow(
        expect.objectContaining({ code: "unknown_field" }),
      );
    }
  });
});

test("a repeated event adds no diagnostics", () => {
  const accumulator = accumulate([at(1, "1", { a: 1 })]);
  expect(accumulator.add(at(1, "1", { a: 1 }))).toEqual({ kind: "repeated" });
  expect(accumulator.add(at(1, "2"))).toEqual({ kind: "added" });
  expect(accumulator.add(at(0, "2", { a: 1 }))).toMatchObject({
    kind: "conflicting",
    diagnostics: [{ code: "unknown_field", field: "a" }],
  });
  expect(accumulator.add(at(1, "2"))).toEqual({
    kind: "conflicting",
    eventId: "2".repeat(26),
    counts: "known",
  });
});
