import { describe, expect, test } from "vitest";
import {
  createEvent,
  InvalidEventError,
  LamportClock,
  parseEvent,
  reduceWithReport,
  UnknownEventTypeError,
} from "../../../src/index.js";
import { envelope as example, indexed, snapshot } from "../../support/examples.js";
import { size } from "../../support/runs.js";

const envelope = {
  aggregate_id: "mission/014-rate-limits",
  node_id: "laptop-7f3a",
  lamport_clock: 7,
  project_uuid: indexed.namespace.project_uuid,
};
const INDEXED = "MissionDossierArtifactIndexed";

describe("a new event", () => {
  test("needs only its own facts", () => {
    const before = Date.now();
    const event = createEvent(INDEXED, indexed, envelope);
    expect(event).toEqual({
      ...envelope,
      event_id: expect.stringMatching(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/),
      event_type: INDEXED,
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      correlation_id: event.event_id,
      schema_version: "1.0.0",
      payload: indexed,
    });
    expect(Date.parse(event.timestamp)).toBeGreaterThanOrEqual(before);
    const { state, skipped } = reduceWithReport([event]);
    expect([state.artifacts.size, skipped]).toEqual([1, []]);
  });

  test("keeps given values", () => {
    const { event_type, ...given } = { ...example, schema_version: "2.0.0", causation_id: null };
    const { causation_id, ...kept } = given;
    expect(createEvent(INDEXED, indexed, given)).toEqual({
      ...kept,
      event_type: INDEXED,
      payload: indexed,
    });
  });

  test("shares nothing with what was given", () => {
    const tags = [{ a: 1 }];
    const event = createEvent(INDEXED, indexed, { ...envelope, ...{ tags } });
    expect(event).toMatchObject({ tags: [{ a: 1 }] });
    expect([tags, tags[0]].some(Object.isFrozen)).toBe(false);
  });

  test("of another generation is refused by the names that it would have", () => {
    const build = { ...envelope, build_id: "b" };
    const create = () =>
      createEvent(INDEXED, { ...indexed, extra: 1 } as typeof indexed, build, {
        contract: "3.0.0",
      });
    expect(create).toThrow(expect.objectContaining({ field: "payload.extra" }));
  });

  test("treats null as absent", () => {
    const nulls = { event_id: null, timestamp: null, correlation_id: null, schema_version: null };
    expect(parseEvent(createEvent(INDEXED, indexed, { ...envelope, ...nulls }))).toMatchObject({
      schemaVersion: "1.0.0",
    });
  });

  test("has its fields in the order of the contract, and others after them", () => {
    const given = { zebra: 1, project_slug: "p", ...envelope };
    expect(Object.keys(createEvent(INDEXED, indexed, given))).toEqual([
      "event_id",
      "event_type",
      "aggregate_id",
      "timestamp",
      "node_id",
      "lamport_clock",
      "project_uuid",
      "project_slug",
      "correlation_id",
      "schema_version",
      "payload",
      "zebra",
    ]);
  });

  test("has an id that is greater than those before it", () => {
    const ids = Array.from({ length: size(1000) }, () =>
      String(createEvent(INDEXED, indexed, envelope).event_id),
    );
    expect(ids).toEqual([...new Set(ids)].sort());
  });

  test("is frozen all the way down, and a copy", () => {
    const payload = structuredClone<typeof indexed>(indexed);
    const event = createEvent(INDEXED, payload, envelope);
    expect(Object.isFrozen(event)).toBe(true);
    expect(Object.isFrozen(event.payload.artifact_id)).toBe(true);
    expect(event.payload).not.toBe(payload);
    expect(Object.isFrozen(payload)).toBe(false);
    expect(Object.isFrozen(payload.artifact_id)).toBe(false);
    expect(Object.isFrozen(envelope)).toBe(false);
  });
});

describe("a new event that breaks the contract is refused", () => {
  const refusal = (build: () => unknown): InvalidEventError => {
    try {
      build();
    } catch (error) {
      if (error instanceof InvalidEventError) {
        return error;
      }
      throw error;
    }
    throw new Error("nothing was thrown");
  };

  test("with every violation of the envelope and the payload", () => {
    const payload = { ...snapshot, artifact_count: -1 };
    const error = refusal(() =>
      createEvent(
        "MissionDossierSnapshotComputed",
        { ...payload, snapshot_hash: "" },
        { ...envelope, event_id: "x", node_id: "" },
      ),
    );
    expect(error.violations.map(({ field, path }) => [field, path])).toEqual([
      ["event_id", ["event_id"]],
      ["node_id", ["node_id"]],
      ["payload.snapshot_hash", ["payload", "snapshot_hash"]],
      ["payload.artifact_count", ["payload", "artifact_count"]],
    ]);
    expect(error.eventId).toBe("x");
  });

  test("in strict mode, also for unknown fields and a different project", () => {
    const payload = { ...indexed, step: "plan" };
    const other = { ...envelope, project_uuid: "00000000-0000-4000-8000-000000000000" };
    expect(createEvent(INDEXED, payload, other).payload).toEqual(payload);
    const error = refusal(() => createEvent(INDEXED, payload, other, { strict: true }));
    expect(error.violations.map(({ field }) => field)).toEqual(["project_uuid", "payload.step"]);
  });

  test("for a payload that is not an object", () => {
    for (const payload of [null, undefined]) {
      const error = refusal(() => createEvent(INDEXED, payload as never, envelope));
      expect(error.violations.map(({ field }) => field)).toContain("payload.namespace");
    }
    const error = refusal(() => createEvent(INDEXED, [] as never, envelope));
    expect(error.violations.map(({ field }) => field)).toEqual(["payload"]);
  });

  test("for the flat payload of an earlier producer, which is named", () => {
    const flat = { artifact_class: "input", relative_path: "a.md", content_hash_sha256: "00" };
    const error = refusal(() => createEvent(INDEXED, flat as never, envelope));
    expect(error.knownDefect?.name).toBe("flat_artifact_indexed");
  });

  test("for an event type that the contract does not have", () => {
    expect(() =>
      createEvent("MissionDossierArtifactIndexd" as typeof INDEXED, indexed, envelope),
    ).toThrow(UnknownEventTypeError);
  });
});

test("a clock and the builder make a stream of two nodes", () => {
  const [laptop, cloud] = [new LamportClock(), new LamportClock(41)];
  const first = createEvent(INDEXED, indexed, { ...envelope, lamport_clock: cloud.tick() });
  laptop.observe(first);
  const second = createEvent(INDEXED, indexed, { ...envelope, lamport_clock: laptop.tick() });
  expect([first.lamport_clock, second.lamport_clock]).toEqual([42, 43]);
});
