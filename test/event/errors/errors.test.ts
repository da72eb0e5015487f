import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { create } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { EXIT_CODE_OF_ERROR } from "../../../src/cli/exit-codes.js";
import * as conformance from "../../../src/conformance/index.js";
import { FileLockedError } from "../../../src/files/file-lock.js";
import * as library from "../../../src/index.js";
import * as nats from "../../../src/nats/index.js";
import * as files from "../../../src/projection/files/index.js";
import * as projection from "../../../src/projection/index.js";
import * as file from "../../../src/stream/file.js";
import * as stream from "../../../src/stream/index.js";
import { envelope, event, indexed, snapshot } from "../../support/examples.js";

const { ERROR_CODES, MissionDossierError } = library;

/** Causes each error, by its code. The last part is the properties of the error. */
const failures: readonly [
  code: library.ErrorCode,
  fail: () => unknown,
  details: library.ErrorDetails,
][] = [
  [
    "invalid_event",
    () => library.parseEvent({ ...envelope, lamport_clock: -1 }),
    { eventId: envelope.event_id, field: "lamport_clock", got: -1 },
  ],
  [
    "invalid_event",
    () => library.reduceMissionDossier([{ ...envelope, payload: indexed }, 7] as never),
    { position: 1, field: "", got: 7 },
  ],
  [
    "invalid_payload",
    () =>
      library.parsePayload("MissionDossierSnapshotComputed", { ...snapshot, artifact_count: "1" }),
    { field: "artifact_count", got: "1" },
  ],
  [
    "invalid_state",
    () => library.parseState({ parity_status: "fine" }),
    { field: "parity_status", got: "fine" },
  ],
  [
    "invalid_binary",
    () => library.stateFromBinary(Uint8Array.of(0x0a, 0xff)),
    { expected: "state" },
  ],
  [
    "invalid_binary",
    () => library.DossierAccumulator.fromBinary(Uint8Array.of(1)),
    { expected: "checkpoint" },
  ],
  [
    "invalid_payload",
    () =>
      library.payloadToBinary(
        create(library.MissionDossierSnapshotComputedPayloadSchema, { snapshotHash: 7 as never }),
      ),
    { field: "" },
  ],
  [
    "unknown_event_type",
    () => library.parsePayload("Foo" as never, {}),
    { expected: library.DOSSIER_EVENT_TYPES, got: "Foo" },
  ],
  [
    "replay_required",
    () => {
      const accumulator = new library.DossierAccumulator();
      for (const lamport_clock of [2, 1]) {
        accumulator.add({ ...envelope, payload: indexed, lamport_clock });
      }
      accumulator.state();
    },
    { eventId: envelope.event_id, field: "event_id" },
  ],
  [
    "mixed_namespaces",
    () =>
      library.reduceMissionDossier([
        event("MissionDossierArtifactIndexed", indexed),
        {
          ...event("MissionDossierArtifactIndexed", {
            ...indexed,
            namespace: { ...indexed.namespace, feature_slug: "other" },
          }),
          event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWB",
          lamport_clock: 9,
        },
      ] as never),
    {
      field: "namespace",
      expected: expect.objectContaining({ featureSlug: indexed.namespace.feature_slug }),
      got: expect.objectContaining({ featureSlug: "other" }),
    },
  ],
  [
    "different_missions",
    () => {
      const stateIn = (feature_slug: string) =>
        library.reduceMissionDossier([
          event("MissionDossierArtifactIndexed", {
            ...indexed,
            namespace: { ...indexed.namespace, feature_slug },
          }),
        ] as never);
      library.diffStates(stateIn("one"), stateIn("other"));
    },
    {
      field: "namespace",
      expected: expect.objectContaining({ featureSlug: "one" }),
      got: expect.objectContaining({ featureSlug: "other" }),
    },
  ],
  ["unreadable_record", () => all(stream.readEvents("{}\n{")), { line: 2, expected: "JSON" }],
  ["unreadable_file", () => all(file.readEventFile("/no/such/file")), { file: "/no/such/file" }],
  [
    "no_states",
    () => {
      throw new files.NoStatesError("states");
    },
    { file: "states" },
  ],
  [
    "broken_log",
    () => {
      throw new projection.BrokenLogError("0".repeat(32), 3, 5, 6);
    },
    { field: "seq", expected: 5, got: 6 },
  ],
  [
    "changed_log",
    () => {
      throw new files.ChangedLogError("log.jsonl", 7, 3);
    },
    { file: "log.jsonl", expected: 7, got: 3 },
  ],
  [
    "unwritable_file",
    () => {
      throw new files.UnwritableFileError("position.json", new Error("no space"));
    },
    { file: "position.json" },
  ],
  [
    "locked_file",
    () => {
      throw new FileLockedError("log.jsonl", "log.jsonl.lock", { pid: 7, host: "here" });
    },
    { file: "log.jsonl" },
  ],
  [
    "nats",
    () => {
      throw new nats.NatsError("unreachable", "No connection", undefined, { position: 3 });
    },
    { position: 3 },
  ],
  [
    "different_topology",
    () => {
      const difference = { place: "a-stream", setting: "num_replicas", expected: 3, got: 1 };
      throw new nats.TopologyError([difference]);
    },
    { field: "num_replicas", expected: 3, got: 1 },
  ],
  ["damaged_gzip", () => all(stream.readEvents(Uint8Array.of(0x1f, 0x8b, 8, 0))), {}],
  [
    "invalid_argument",
    () => library.reduceMissionDossier([], { namespaceScope: "galaxy" as never }),
    { field: "namespaceScope", expected: "mission or step", got: "galaxy" },
  ],
  [
    "invalid_argument",
    () => all(stream.readEvents("", { maxLength: 0 })),
    { field: "maxLength", got: 0 },
  ],
  [
    "too_large",
    () => {
      throw new library.TooLargeError("two events");
    },
    { expected: "two events" },
  ],
  [
    "unknown_fixture_category",
    () => conformance.loadFixtures("nothing"),
    { expected: conformance.FIXTURE_CATEGORIES, got: "nothing" },
  ],
  ["unknown_fixture", () => conformance.loadReplayStream("nothing"), { got: "nothing" }],
  [
    "not_a_replay_stream",
    () => conformance.loadReplayStream("dossier-artifact-indexed-valid"),
    { got: "dossier-artifact-indexed-valid" },
  ],
  [
    "invalid_fixtures",
    () => {
      throw new conformance.FixtureManifestError("a", "a.json", "is missing");
    },
    { file: "a.json" },
  ],
  [
    "unexpected_verdict",
    () => conformance.assertPayloadConforms({}, "MissionDossierSnapshotComputed"),
    { field: "namespace" },
  ],
  ...(
    [
      ["unknown_field", { ...indexed, colour: "red" }, "payload.colour", "red"],
      ["skipped_payload", { ...indexed, indexed_at: null }, "payload.indexed_at", null],
      [
        "project_mismatch",
        { ...indexed, namespace: { ...indexed.namespace, project_uuid: "other" } },
        "project_uuid",
        envelope.project_uuid,
      ],
    ] as const
  ).map(
    ([code, payload, field, got]) =>
      [
        code,
        () => reduceStrictly({ ...envelope, payload }),
        { eventId: envelope.event_id, position: 0, field, got },
      ] satisfies (typeof failures)[number],
  ),
  [
    "conflicting_event",
    () => reduceStrictly(envelope, { ...envelope, payload: { ...indexed, indexed_at: "later" } }),
    { eventId: envelope.event_id, position: 1, field: "event_id" },
  ],
  [
    "clock_backwards",
    () =>
      reduceStrictly(
        { ...envelope, lamport_clock: 7 },
        { ...envelope, event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWB", lamport_clock: 6 },
      ),
    { position: 1, field: "lamport_clock", expected: 7, got: 6 },
  ],
];

function reduceStrictly(...events: readonly object[]): unknown {
  const dossier = events.map((json) => ({ payload: indexed, ...json }));
  return library.reduceMissionDossier(dossier as never, { strict: true });
}

async function all(events: AsyncIterable<unknown>): Promise<void> {
  for await (const _event of events) {
    // Only the exit code counts.
  }
}

describe("every error", () => {
  const ofEvents = failures.filter(
    ([code, , details]) =>
      library.DIAGNOSTIC_CODES.includes(code as never) && "position" in details,
  );
  test.each(ofEvents)("%s names event and field in its message", async (_code, fail) => {
    const error = await (async () => fail())().catch((thrown: unknown) => thrown);
    const { message, eventId, field } = error as library.StrictError;
    expect(message).toContain(`Event ${eventId}, ${field}: `);
  });

  test("invalid_event names position, defect and field in its message", () => {
    const flat = { relative_path: "a", content_hash_sha256: "b" };
    const invalid = { ...envelope, payload: flat, node_id: "" };
    expect(() => library.reduceMissionDossier([invalid] as never)).toThrow(
      "Invalid event at position 0: node_id: must be at least 1 characters",
    );
    expect(() => library.parseEvent(invalid, { strict: true })).toThrow(
      /^Invalid event: this is the flat payload .*\. node_id: .*payload\.artifact_id: /,
    );
  });

  test.each(failures)(
    "%s is a MissionDossierError, with the properties that a program needs",
    async (code, fail, details) => {
      const error = await (async () => fail())().then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(MissionDossierError);
      expect(error).toMatchObject({ code, ...details });
      expect(error).toHaveProperty("name", expect.stringMatching(/^[A-Z][A-Za-z]+Error$/));
    },
  );

  test("is caused by a test", () => {
    const codes = new Set(failures.map(([code]) => code));
    expect([...ERROR_CODES].filter((code) => !codes.has(code))).toEqual([]);
  });

  test("that an entry point exports is a MissionDossierError", () => {
    const classes = [library, conformance, stream, file, nats].flatMap((module) =>
      Object.entries(module).filter(([name]) => name.endsWith("Error")),
    );
    expect(classes.length).toBeGreaterThan(12);
    for (const [name, exported] of classes) {
      expect([name, Object(exported).prototype instanceof MissionDossierError]).toEqual([
        name,
        name !== "MissionDossierError",
      ]);
    }
  });
});

describe("docs/errors.md", () => {
  const page = readFileSync(
    fileURLToPath(new URL("../../../docs/errors.md", import.meta.url)),
    "utf8",
  );
  const rows = [...page.matchAll(/^\| `([a-z_]+)` \| `(\w+)` \| (\d+) \|/gm)];

  test("lists every code once, in order", () => {
    expect(rows.map(([, code]) => code)).toEqual([...ERROR_CODES]);
  });

  test.each(failures)("has the class of %s", async (code, fail) => {
    const row = rows.find(([, listed]) => listed === code);
    const error: unknown = await (async () => fail())().catch((thrown: unknown) => thrown);
    const name =
      Object(error).name === "InvalidEventError" ? "InvalidEventError" : Object(error).name;
    expect(row?.[2]).toBe(name);
  });

  test("says the exit code of each", () => {
    expect(Object.fromEntries(rows.map(([, code, , exit]) => [code, Number(exit)]))).toEqual(
      EXIT_CODE_OF_ERROR,
    );
  });
});

describe("a message", () => {
  const long = "x".repeat(1_000_000);

  test.each<[string, () => unknown]>([
    [
      "of an envelope",
      () => library.parseEvent({ ...envelope, event_id: long, timestamp: long, node_id: 7 }),
    ],
    [
      "of a payload with very many violations",
      () =>
        library.parsePayload("MissionDossierSnapshotComputed", {
          ...snapshot,
          context_diagnostics: Object.fromEntries(
            Array.from({ length: 100_000 }, (_, index) => [`${index}`, index]),
          ),
        }),
    ],
    [
      "of a payload with a very long key",
      () =>
        library.parsePayload("MissionDossierSnapshotComputed", {
          ...snapshot,
          context_diagnostics: { [long]: 7 },
        }),
    ],
    ["of an event type", () => library.parsePayload(long as never, {})],
    ["of a fixture", () => conformance.loadReplayStream(long)],
    ["of a category", () => conformance.loadFixtures(long)],
    [
      "of namespaces",
      () =>
        library.reduceMissionDossier(
          ["a", "b"].map((slug, index) => ({
            ...envelope,
            event_id: `01KJPZ8V2M4T6R1E9C3H5N7QW${index}`,
            payload: { ...indexed, namespace: { ...indexed.namespace, feature_slug: slug + long } },
          })) as never,
        ),
    ],
    [
      "of an unknown field",
      () => reduceStrictly({ ...envelope, payload: { ...indexed, [long]: long } }),
    ],
  ])("%s quotes only a piece of the input", (_what, fail) => {
    let message = "";
    try {
      fail();
    } catch (error) {
      message = Object(error).message;
    }
    expect(message).not.toBe("");
    expect(message.length).toBeLessThan(5000);
  });
});
