import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { validateEnvelope } from "../../../src/conformance/index.js";
import { isJsonObject } from "../../../src/event/json/json-object.js";
import {
  acceptsPayload,
  eventFromBinary,
  eventToBinary,
  eventToJson,
  namespaceKey,
  parseEvent,
  parsePayload,
  reduceWithReport,
  safeParseEvent,
  toCloudEvent,
} from "../../../src/index.js";
import { resultOrTypedError } from "../../attacks/attacks.js";
import { anyStream } from "../../support/arbitrary-stream.js";
import { envelope, event, indexed, payloads } from "../../support/examples.js";
import { runs } from "../../support/runs.js";

const whole = { ...envelope, payload: indexed };

/** Half of a surrogate pair. */
const half = "\ud800";

/** The fields that a payload without any lacks. */
const MISSING = ["namespace", "artifact_id", "content_ref", "indexed_at"].map(
  (name) => `payload.${name}`,
);

function violationsOf(json: unknown, strict = false): string[] {
  const result = safeParseEvent(json, { strict });
  return result.success
    ? []
    : result.violations.map(({ field, violationType }) => `${field} ${violationType}`);
}

describe("an event that the contract accepts", () => {
  test.each(Object.entries(payloads))(
    "%s: its payload is that of parsePayload",
    (type, payload) => {
      const json = { ...envelope, event_type: type, payload };
      const result = safeParseEvent(json);
      expect(result).toMatchObject({ success: true, event: { eventType: type, lamportClock: 1n } });
      expect(result.success && result.event.payload).toEqual(parsePayload(type as never, payload));
    },
  );

  test("tells the generation that judged it", () => {
    const snapshot = { ...envelope, event_type: "SomethingElse", build_id: "1", payload: {} };
    for (const contract of ["2.4.0", "3.0.0"] as const) {
      expect(safeParseEvent(snapshot, { contract })).toMatchObject({ generation: contract });
    }
  });

  test("is frozen all the way down, and shares nothing with its input", () => {
    const json = structuredClone<typeof whole>(whole);
    const result = safeParseEvent(json);
    if (!result.success || result.event.eventType !== "MissionDossierArtifactIndexed") {
      throw new Error("not read");
    }
    expect(Object.isFrozen(result)).toBe(true);
    expect(Object.isFrozen(result.event)).toBe(true);
    expect(Object.isFrozen(result.event.payload.artifactId)).toBe(true);
    expect(Object.isFrozen(json.payload.artifact_id)).toBe(false);
  });

  test("is written by JSON.stringify as its wire JSON, with unknown fields of the payload", () => {
    const payload = {
      ...indexed,
      extra: [1],
      content_ref: { ...indexed.content_ref, size_bytes: 5 },
    };
    const result = safeParseEvent({ ...envelope, payload });
    const text = JSON.stringify(result.success ? result.event : undefined);
    expect(JSON.parse(text)).toEqual({ ...envelope, payload, schema_version: "1.0.0" });
  });
});

describe("an event of another type", () => {
  const other = { ...envelope, event_type: "SomethingElse", payload: { any: ["thing"] } };

  test("is a case of its own, and its payload is not judged", () => {
    expect(safeParseEvent(other)).toMatchObject({
      success: true,
      event: { eventType: undefined, otherEventType: "SomethingElse", payload: { any: ["thing"] } },
    });
  });

  test("is a warning if it is nearly one of the contract's", () => {
    const json = { ...whole, event_type: "MissionDosierArtifactIndexed" };
    const result = safeParseEvent(json);
    expect(result).toMatchObject({
      success: true,
      warnings: [
        { field: "event_type", violationType: "unknown_event_type", suggestion: whole.event_type },
      ],
    });
    expect(result).toHaveProperty("warnings", validateEnvelope(json)[0].warnings);
    expect(safeParseEvent(other)).not.toHaveProperty("warnings");
    expect(safeParseEvent({ ...whole, project_uuid: "0".repeat(32) })).not.toHaveProperty(
      "warnings",
    );
  });

  test("is written by JSON.stringify as it was", () => {
    const result = safeParseEvent(other);
    const text = JSON.stringify(result.success ? result.event : undefined);
    expect(JSON.parse(text)).toEqual({ ...other, schema_version: "1.0.0" });
  });

  test("is still rejected for its envelope", () => {
    expect(violationsOf({ ...other, node_id: "" })).toEqual(["node_id string.min_len"]);
  });
});

describe("an event that the contract rejects", () => {
  test("has those of its envelope beside a payload that is not JSON", () => {
    const json = { ...whole, node_id: "", payload: { ...indexed, step_id: Symbol("s") } };
    expect(violationsOf(json)).toEqual(["node_id string.min_len", "payload.step_id type"]);
  });

  test("in strict mode, names the project and the event type that were expected", () => {
    const other = "00000000-0000-0000-0000-000000000000";
    expect(safeParseEvent({ ...whole, project_uuid: other }, { strict: true })).toMatchObject({
      violations: [
        {
          field: "project_uuid",
          path: ["project_uuid"],
          message: `must be that of the namespace, "${indexed.namespace.project_uuid}"`,
          violationType: "project_mismatch",
          inputValue: other,
        },
      ],
    });
    const near = safeParseEvent({ ...whole, event_type: "MissionDossierX" }, { strict: true });
    expect(near).toMatchObject({ violations: [{ path: ["event_type"] }] });
    expect(near.success || Object.keys(near.violations[0] ?? {})).not.toContain("suggestion");
  });

  test("has violations that nobody can change", () => {
    const result = safeParseEvent({ ...whole, node_id: "", payload: {} });
    const violations = result.success ? [] : result.violations;
    const judged = validateEnvelope({ ...whole, node_id: "" }).flatMap((each) => [
      ...each.modelViolations,
    ]);
    expect(violations.length + judged.length).toBeGreaterThan(4);
    for (const violation of [...violations, ...judged]) {
      expect(Object.isFrozen(violation) && Object.isFrozen(violation.path)).toBe(true);
    }
  });

  test("in strict mode, has the violations of parseEvent", () => {
    for (const json of [
      { ...whole, event_type: "MissionDosierArtifactIndexed" },
      { ...whole, colour: "red", payload: { ...indexed, colour: "red" } },
      { ...whole, node_id: "", payload: {} },
      { ...whole, project_uuid: "0".repeat(32) },
    ]) {
      const result = safeParseEvent(json, { strict: true });
      const violations = result.success ? [] : result.violations;
      expect(violations).not.toEqual([]);
      expect(() => parseEvent(json, { strict: true })).toThrow(
        expect.objectContaining({ violations }),
      );
    }
  });

  test("has every violation of its envelope and its payload", () => {
    const { namespace, ...rest } = indexed;
    expect(violationsOf({ ...whole, lamport_clock: -1, payload: rest })).toEqual([
      "lamport_clock int64.gte",
      "payload.namespace required",
    ]);
  });

  test("in strict mode, is one for every reader and judge, and in binary", () => {
    const changes: readonly ((json: { [key: string]: unknown }, field: string) => unknown)[] = [
      (json) => json,
      (json, field) => ({ ...json, [field]: undefined }),
      (json, field) => ({ ...json, [field]: "" }),
      (json, field) => ({ ...json, [`${field}_`]: 1 }),
    ];
    const contracts = [undefined, "2.4.0", "3.0.0"] as const;
    const change = fc.constantFrom(...changes);
    const contract = fc.constantFrom(...contracts);
    fc.assert(
      fc.property(anyStream, change, contract, fc.nat(), (events, changed, contract, place) => {
        for (const event of events.filter(isJsonObject)) {
          const fields = Object.keys(event);
          const json = changed({ ...event }, fields[place % fields.length] ?? "");
          const options = { strict: true, contract };
          const { success } = safeParseEvent(json, options);
          expect(validateEnvelope(json, options).every(({ valid }) => valid)).toBe(success);
          const parsed = resultOrTypedError(() => parseEvent(json, options));
          expect(parsed instanceof Error).toBe(!success);
          if (!(parsed instanceof Error) && contract === undefined) {
            expect(eventFromBinary(eventToBinary(parsed), { strict: true })).toEqual(parsed);
          }
        }
      }),
      { numRuns: runs(100) },
    );
  });

  test.each([undefined, null, "x", 5, [], {}, () => 1, Symbol("s"), 5n])(
    "%o does not throw",
    (json) => {
      const result = safeParseEvent(json);
      expect(result).toMatchObject({ success: false });
      expect(violationsOf(json)).not.toEqual([]);
    },
  );

  test("without a payload is judged with an empty payload", () => {
    expect(violationsOf(envelope)).toContain("payload.namespace required");
  });

  test("for its payload, exactly when the verdict says no", () => {
    for (const payload of [{}, indexed, { ...indexed, indexed_at: 5 }, { ...indexed, x: 1 }]) {
      expect(safeParseEvent({ ...envelope, payload }).success).toBe(
        acceptsPayload("MissionDossierArtifactIndexed", payload),
      );
    }
  });

  test("in strict mode, for unknown fields and a different project", () => {
    const json = event("MissionDossierArtifactIndexed", { ...indexed, step: "plan" });
    const strange = { ...json, note: 1, project_uuid: "00000000-0000-4000-8000-000000000000" };
    expect(violationsOf(strange)).toEqual([]);
    expect(violationsOf(strange, true)).toEqual([
      "note unknown_field",
      "project_uuid project_mismatch",
      "payload.step unknown_field",
    ]);
  });

  test.each<[string, unknown, string[]]>([
    ["a known field", { ...indexed, step_id: Infinity }, ["payload.step_id"]],
    ["a field that is unknown", { ...indexed, x: Infinity }, ["payload.x"]],
    ["within one", { ...indexed, x: { y: half } }, ["payload.x.y"]],
    ["a name", { ...indexed, [half]: 1 }, ['payload["\\ud800"]']],
    ["a name and its value", { ...indexed, [half]: half }, ['payload["\\ud800"]']],
    ["a known field, which is no JSON", { ...indexed, step_id: 1n }, ["payload.step_id"]],
    ["the payload, which is a date", new Date(0), ["payload"]],
    ["the payload, which is no JSON", Object.assign(new Date(0), indexed), ["payload"]],
    ["the payload, which is no object", Infinity, ["payload"]],
  ])("lists a place once that no Struct can hold: %s", (_what, payload, fields) => {
    const places = (strict: boolean) => {
      const result = safeParseEvent({ ...envelope, payload }, { strict });
      return result.success ? [] : result.violations.map(({ field }) => field);
    };
    expect(places(false).filter((field) => !MISSING.includes(field))).toEqual(fields);
    expect(new Set(places(true)).size).toBe(places(true).length);
    expect(places(true)).toEqual(expect.arrayContaining(fields));
  });

  test("has paths that lead to the values", () => {
    const artifact = { ...indexed.artifact_id, artifact_class: "inputt" };
    const diagnostics = { "no.name": 5, "": "fine" };
    const payload = { ...indexed, artifact_id: artifact, context_diagnostics: diagnostics };
    const result = safeParseEvent({ ...envelope, payload });
    expect(result.success ? [] : result.violations.map(({ path }) => path)).toEqual([
      ["payload", "context_diagnostics", "no.name"],
      ["payload", "artifact_id", "artifact_class"],
    ]);
  });

  test("names the known mistake of its producer", () => {
    const payload = { artifact_class: "input", relative_path: "a.md" };
    expect(safeParseEvent({ ...envelope, payload })).toMatchObject({
      success: false,
      knownDefect: { name: "flat_artifact_indexed" },
    });
  });
});

describe("an event that was judged", () => {
  test("can be written, reduced and sent, as its wire JSON can", () => {
    fc.assert(
      fc.property(anyStream, (events) => {
        for (const given of events) {
          const result = safeParseEvent(given);
          if (result.success) {
            const parsed = parseEvent(given);
            expect(eventToJson(result.event)).toEqual(eventToJson(parsed));
            expect(eventToJson(result.event, { contract: "3.0.0" })).toEqual(
              eventToJson(parsed, { contract: "3.0.0" }),
            );
            expect(toCloudEvent(result.event)).toEqual(toCloudEvent(parsed));
            expect(namespaceKey(result.event)).toBe(namespaceKey(given));
            expect(reduceWithReport([result.event])).toEqual(reduceWithReport([parsed]));
            expect(eventToBinary(result.event)).toEqual(eventToBinary(parsed));
          }
        }
      }),
      { numRuns: runs(50) },
    );
  });
});
