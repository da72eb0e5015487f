import { inspect } from "node:util";
import { create } from "@bufbuild/protobuf";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  type ArtifactClass,
  type EventJson,
  EventSchema,
  InvalidBinaryError,
  InvalidMessageError,
  type MissionDossierArtifactIndexedPayloadJson,
  type MissionDossierParityDriftDetectedPayloadJson,
  type MissionDossierState,
  parseEvent,
  parsePayload,
  parseState,
  payloadToJson,
  reduceMissionDossier,
  stateFromBinary,
  stateToBinary,
  stateToJson,
  stateToJsonString,
} from "../../src/index.js";
import { drift, envelope, event, indexed, missing, snapshot } from "../support/examples.js";

const state = reduceMissionDossier([
  event("MissionDossierArtifactIndexed", indexed) as unknown as EventJson,
]);

test("a state that breaks the contract is refused, with every violation", () => {
  const broken = { ...stateToJson(state), parity_status: "fine", event_count: -1 };
  expect(() => parseState(broken)).toThrow(InvalidMessageError);
  expect(() => parseState(broken)).toThrow(
    expect.objectContaining({
      subject: "state",
      violations: [
        expect.objectContaining({ field: "parity_status", violationType: "string.in" }),
        expect.objectContaining({ field: "event_count", violationType: "int32.gte" }),
      ],
    }),
  );
  expect(() => parseState(null)).toThrow(InvalidMessageError);
});

test("a state as stock ProtoJSON writes it, without empty fields, is read", () => {
  expect(stateToJson(parseState({ parity_status: "unknown" }))).toEqual(
    stateToJson(reduceMissionDossier([])),
  );
});

test("bytes that are not a state are refused", () => {
  expect(() => stateFromBinary(new Uint8Array([0x0a, 0xff]))).toThrow(InvalidBinaryError);
  expect(() => stateFromBinary(new Uint8Array())).toThrow(InvalidMessageError);
});

test("paths of any form keep their order in text and in bytes", () => {
  const paths = ["z", "10", "__proto__", "9", "constructor", "1", "\ufeff", "\ufeff\ufeff"];
  const ordered = reduceMissionDossier(
    paths.map((path, index) => ({
      ...(event("MissionDossierArtifactIndexed", {
        ...indexed,
        artifact_id: { ...indexed.artifact_id, path },
      }) as unknown as EventJson),
      lamport_clock: index,
    })),
  );
  const text = stateToJsonString(ordered);
  expect([...text.matchAll(/"([^"]+)":{"identity"/g)].map(([, path]) => path)).toEqual(paths);
  expect(Object.keys(stateToJson(ordered).artifacts).sort()).toEqual([...paths].sort());
  const read = stateFromBinary(stateToBinary(ordered));
  expect([...read.artifacts.keys()]).toEqual(paths);
  expect(stateToJsonString(read)).toBe(text);
});

test("fields that this version does not know survive the binary form", () => {
  // Field 900, a string of one byte, in the state and in its namespace (field 1).
  const unknown = [0xa2, 0x38, 0x01, 0x78];
  const bytes = new Uint8Array([...stateToBinary(state), ...unknown, 0x0a, 0x04, ...unknown]);
  const read = stateFromBinary(bytes);
  expect(stateToJsonString(read)).toBe(stateToJsonString(state));
  expect(stateFromBinary(stateToBinary(read))).toEqual(read);
  expect(stateToBinary(read).length).toBe(stateToBinary(state).length + 8);
});

test.each([-1, 1.5, Number.NaN, "2"])("an indentation of %j is refused", (indent) => {
  expect(() => stateToJsonString(state, indent as never)).toThrow("indent must be an integer");
});

test("a console gets a copy", () => {
  const inspected: unknown = Reflect.get(
    state.artifacts,
    Symbol.for("nodejs.util.inspect.custom"),
  ).call(state.artifacts);
  expect(inspected).toBeInstanceOf(Map);
  Map.prototype.clear.call(inspected);
  expect(state.artifacts.size).toBe(1);
});

test("the artifacts show in a console", () => {
  expect(inspect(state.artifacts, { depth: 0 })).toBe(
    "Map(1) { [Object] }".replace("[Object]", `'${indexed.artifact_id.path}' => [Object]`),
  );
  expect(String(state.artifacts)).toBe("[object FrozenMap]");
});

describe("types", () => {
  test("the state is read-only all the way down", () => {
    expectTypeOf<MissionDossierState["artifacts"]>().not.toHaveProperty("set");
    const attempts = (): void => {
      // @ts-expect-error The state cannot be changed.
      state.eventCount = 0;
      // @ts-expect-error A list in it cannot be changed.
      state.anomalies.push(state.anomalies[0]);
      const entry = state.artifacts.get("a");
      if (entry !== undefined) {
        // @ts-expect-error An entry cannot be changed.
        entry.superseded = true;
        // @ts-expect-error Nor can the values inside.
        entry.identity.path = "b";
      }
    };
    expect(attempts).toThrow(TypeError);
  });

  test("a literal has a precise type, and a typo does not compile", () => {
    expectTypeOf<ArtifactClass>().toEqualTypeOf<
      "input" | "workflow" | "output" | "evidence" | "policy" | "runtime"
    >();
    const payload: MissionDossierArtifactIndexedPayloadJson = {
      ...indexed,
      artifact_id: {
        ...indexed.artifact_id,
        // @ts-expect-error Not one of the literals.
        artifact_class: "inputs",
      },
    };
    expect(payload.artifact_id.artifact_class).toBe("inputs");
  });

  test("typed payloads go into events, as wire JSON and as messages", () => {
    const wire: EventJson = {
      ...envelope,
      payload: payloadToJson(parsePayload("MissionDossierArtifactIndexed", indexed)),
    };
    const payload: MissionDossierParityDriftDetectedPayloadJson = drift;
    const message = create(EventSchema, { ...parseEvent(wire), payload });
    for (const typed of [
      payloadToJson(parsePayload("MissionDossierArtifactMissing", missing)),
      payloadToJson(parsePayload("MissionDossierSnapshotComputed", snapshot)),
    ]) {
      message.payload = typed;
    }
    expect(reduceMissionDossier([wire, message]).eventCount).toBe(1);
  });

  test("the JSON of a state has no optional field", () => {
    expectTypeOf(stateToJson(state).latest_snapshot).toEqualTypeOf<{
      snapshot_hash: string;
      artifact_count: number;
      anomaly_count: number;
      computed_at: string;
      algorithm: "sha256" | "sha512" | "md5";
    } | null>();
    expectTypeOf(stateToJson(state).artifacts).not.toBeNullable();
  });
});
