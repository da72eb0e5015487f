import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ARTIFACT_CLASSES, DOSSIER_EVENT_TYPES } from "../../gen/speckitty/dossier/v1/contract.js";
import {
  assertPayloadConforms,
  assertPayloadFails,
  ConformanceError,
} from "../../src/conformance/assert.js";
import {
  JUDGED_TYPES,
  judgedMessage,
  validateEnvelope,
  validateEvent,
} from "../../src/conformance/validate-event.js";
import { UnknownEventTypeError } from "../../src/index.js";
import { mutated, validJson } from "../support/arbitrary-json.js";
import { drift, envelope, event, indexed, payloads, withValue } from "../support/examples.js";

const INDEXED = "MissionDossierArtifactIndexed";

describe("validateEvent", () => {
  test("judges every event type of the contract, and the envelope", () => {
    expect(JUDGED_TYPES).toEqual([...DOSSIER_EVENT_TYPES, "Event"]);
    for (const eventType of JUDGED_TYPES) {
      const json = eventType === "Event" ? envelope : payloads[eventType];
      expect(validateEvent(json, eventType)).toEqual({
        valid: true,
        modelViolations: [],
        schemaViolations: [],
        schemaCheckSkipped: false,
        eventType,
        contract: "2.4.0",
      });
    }
  });

  test("rejects an envelope as a payload, and a payload as an envelope", () => {
    for (const eventType of DOSSIER_EVENT_TYPES) {
      expect(validateEvent(envelope, eventType).valid).toBe(false);
      expect(validateEvent(payloads[eventType], "Event").valid).toBe(false);
    }
  });

  test("shows every violation of both layers", () => {
    const payload = {
      ...withValue(indexed, "artifact_id.artifact_class", "inputt"),
      indexed_at: null,
      context_diagnostics: { "a b": 1 },
    };
    // `toStrictEqual` also checks that `knownDefect` is absent, not undefined.
    expect(validateEvent(payload, INDEXED)).toStrictEqual({
      valid: false,
      modelViolations: [
        {
          field: 'context_diagnostics["a b"]',
          path: ["context_diagnostics", "a b"],
          message: "expected a string, got 1",
          violationType: "type",
          inputValue: 1,
        },
        {
          field: "artifact_id.artifact_class",
          path: ["artifact_id", "artifact_class"],
          message: `must be in list [${ARTIFACT_CLASSES.join(", ")}]`,
          violationType: "string.in",
          inputValue: "inputt",
          suggestion: "input",
        },
        {
          field: "indexed_at",
          path: ["indexed_at"],
          message: "value is required",
          violationType: "required",
          inputValue: null,
        },
      ],
      schemaViolations: [
        {
          jsonPath: "$.artifact_id.artifact_class",
          message: "must be equal to one of the allowed values",
          validator: "enum",
          validatorValue: ARTIFACT_CLASSES,
          schemaPath: "#/$defs/ArtifactIdentity/properties/artifact_class/enum",
        },
        {
          jsonPath: "$.indexed_at",
          message: "must be string",
          validator: "type",
          validatorValue: "string",
          schemaPath: "#/properties/indexed_at/type",
        },
        {
          jsonPath: '$.context_diagnostics["a b"]',
          message: "must be string",
          validator: "type",
          validatorValue: "string",
          schemaPath: "#/properties/context_diagnostics/additionalProperties/type",
        },
      ],
      schemaCheckSkipped: false,
      eventType: INDEXED,
      contract: "2.4.0",
    });
  });

  test("names items of lists in both layers", () => {
    const payload = { ...drift, artifact_ids_changed: [{ path: "a" }] };
    const result = validateEvent(payload, "MissionDossierParityDriftDetected");
    expect(result.modelViolations.map(({ field }) => field)).toEqual([
      "artifact_ids_changed[0].mission_key",
      "artifact_ids_changed[0].artifact_class",
    ]);
    expect(new Set(result.schemaViolations.map(({ jsonPath }) => jsonPath))).toEqual(
      new Set(["$.artifact_ids_changed[0]"]),
    );
  });

  test("freezes its result, but not the payload", () => {
    const payload = withValue(indexed, "content_ref", { hash: {} });
    const result = validateEvent(payload, INDEXED);
    for (const part of [
      result,
      result.modelViolations,
      result.schemaViolations,
      ...result.modelViolations,
      ...result.schemaViolations,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.isFrozen(payload["content_ref"])).toBe(false);
  });

  test.each(["MissionDossierArtifactExploded", "event", "constructor", ""])(
    "throws for the event type %o, and lists the known ones",
    (eventType) => {
      // @ts-expect-error The compiler rejects an unknown event type.
      expect(() => validateEvent({}, eventType)).toThrow(UnknownEventTypeError);
      // @ts-expect-error The compiler rejects an unknown event type.
      expect(() => validateEvent({}, eventType)).toThrow(
        `Known: ${[...DOSSIER_EVENT_TYPES, "Event"].join(", ")}.`,
      );
    },
  );

  test("ignores unknown fields, and reports them in strict mode, at any depth", () => {
    const payload = {
      ...withValue(indexed, "artifact_id.wp", "WP01"),
      supersedes: { ...indexed.artifact_id, artefact_class: "input" },
      context_diagnostics: { anything: "goes" },
      indexedAt: "camelCase",
    };
    expect(validateEvent(payload, INDEXED).valid).toBe(true);
    const strict = validateEvent(payload, INDEXED, { strict: true });
    expect(strict.valid).toBe(false);
    expect(
      strict.modelViolations.map(({ field, violationType }) => [field, violationType]),
    ).toEqual([
      ["artifact_id.wp", "unknown_field"],
      ["supersedes.artefact_class", "unknown_field"],
      ["indexedAt", "unknown_field"],
    ]);
    expect(strict.modelViolations[0]).toMatchObject({
      message: "the contract has no such field",
      inputValue: "WP01",
    });
    expect(
      validateEvent({ ...envelope, payload: { any: 1 } }, "Event", { strict: true }).valid,
    ).toBe(true);
  });

  test.each([
    ["a literal", withValue(indexed, "content_ref.algorithm", "sha-256"), "sha256"],
    ["a literal in another case", withValue(indexed, "content_ref.algorithm", "SHA256"), "sha256"],
    [
      "an algorithm with another number",
      withValue(indexed, "content_ref.algorithm", "sha1"),
      undefined,
    ],
    [
      "a literal unlike any other",
      withValue(indexed, "content_ref.algorithm", "blake3"),
      undefined,
    ],
    ["an unknown field", { ...indexed, step_idd: "plan" }, "step_id"],
    ["an unknown field like one that is present", { ...indexed, indexed_att: "" }, undefined],
    ["an unknown field unlike any other", { ...indexed, zebra: "" }, undefined],
  ])("suggests a correction for %s, or none", (_name, payload, suggested) => {
    const { modelViolations } = validateEvent(payload, INDEXED, { strict: true });
    expect(modelViolations).toHaveLength(1);
    expect(modelViolations[0]?.suggestion).toBe(suggested);
  });

  test("in strict mode, unknown fields of any name do not hide other violations", () => {
    const names = ["", "namespace", "a.b", "__proto__", "1"];
    const missing = validateEvent({}, INDEXED).modelViolations.length;
    for (const name of names.filter((one) => one !== "namespace")) {
      const payload = Object.fromEntries([[name, 1]]);
      const { modelViolations } = validateEvent(payload, INDEXED, { strict: true });
      expect(modelViolations).toHaveLength(missing + 1);
      expect(modelViolations[0]).toMatchObject({
        field: name === "__proto__" ? name : `[${JSON.stringify(name)}]`,
        violationType: "unknown_field",
      });
    }
    const dotted = { ...indexed, namespace: {}, "namespace.project_uuid": 1 };
    const fields = validateEvent(dotted, INDEXED, { strict: true }).modelViolations.map(
      ({ field }) => field,
    );
    expect(fields).toContain("namespace.project_uuid");
    expect(fields).toContain('["namespace.project_uuid"]');
  });

  test("writes the key of a map differently from the index of a list", () => {
    const payload = { ...indexed, context_diagnostics: { "1": 7 } };
    expect(validateEvent(payload, INDEXED).schemaViolations).toMatchObject([
      { jsonPath: '$.context_diagnostics["1"]' },
    ]);
  });

  test("says in plain words when a number is out of range", () => {
    const payload = withValue(indexed, "content_ref.size_bytes", 1e300);
    expect(validateEvent(payload, INDEXED).modelViolations).toMatchObject([
      { message: "1e+300 is out of the range of int64" },
    ]);
  });

  test("suggests nothing for a very long text", () => {
    const payload = withValue(indexed, "artifact_id.artifact_class", "input".repeat(200));
    const [violation] = validateEvent(payload, INDEXED).modelViolations;
    expect(violation).toMatchObject({ violationType: "string.in" });
    expect(violation).not.toHaveProperty("suggestion");
  });

  test("suggests the misspelled field when the right one is required", () => {
    const { artifact_id, ...rest } = indexed;
    const payload = { ...rest, artefact_id: artifact_id };
    expect(validateEvent(payload, INDEXED).modelViolations).toMatchObject([
      { field: "artifact_id", violationType: "required", suggestion: "artefact_id" },
    ]);
  });

  test("suggests no misspelling of a field that is present but breaks another rule", () => {
    const payload = withValue(withValue(indexed, "artifact_id.path", ""), "artifact_id.paths", "");
    const [violation] = validateEvent(payload, INDEXED).modelViolations;
    expect(violation).toMatchObject({ field: "artifact_id.path", violationType: "string.min_len" });
    expect(violation).not.toHaveProperty("suggestion");
  });

  test("describes a pattern in words for a value that breaks it, not for a missing value", () => {
    const messages = ["yesterday", null].map((timestamp) =>
      validateEvent({ ...envelope, timestamp }, "Event").modelViolations.map(
        ({ message }) => message,
      ),
    );
    expect(messages).toEqual([
      ["must be a date and time of RFC 3339, for example 2026-03-02T09:14:07Z"],
      ["value is required"],
    ]);
  });

  test("the two layers give the same verdict on any mutated payload", () => {
    fc.assert(
      fc.property(
        fc
          .constantFrom(...JUDGED_TYPES)
          .chain((type) => fc.tuple(fc.constant(type), mutated(validJson(judgedMessage(type))))),
        ([type, payload]) => {
          const result = validateEvent(payload, type);
          expect(result.modelViolations.length === 0).toBe(result.valid);
          expect(result.schemaViolations.length === 0).toBe(result.valid);
        },
      ),
    );
  });
});

describe("validateEnvelope", () => {
  const verdicts = (json: unknown): unknown[] =>
    validateEnvelope(json).map(({ eventType, valid }) => [eventType, valid]);

  test("judges the envelope first, then the payload by its own event type", () => {
    expect(verdicts(event(INDEXED, indexed))).toEqual([
      ["Event", true],
      [INDEXED, true],
    ]);
    expect(verdicts(event(INDEXED, {}))).toEqual([
      ["Event", true],
      [INDEXED, false],
    ]);
  });

  test("judges both when both are bad", () => {
    expect(verdicts({ event_type: INDEXED })).toEqual([
      ["Event", false],
      [INDEXED, false],
    ]);
  });

  test("judges only the envelope when the contract does not have its event type", () => {
    expect(verdicts(event("WorkPackageMoved", {}))).toEqual([["Event", true]]);
    for (const json of [[], null, undefined, "text", 7]) {
      expect(verdicts(json)).toEqual([["Event", false]]);
    }
    expect(verdicts({ event_type: 7 })).toEqual([["Event", false]]);
  });
});

describe("assertions for tests", () => {
  test("assertPayloadConforms passes a conforming payload", () => {
    assertPayloadConforms(indexed, INDEXED);
    assertPayloadConforms({ ...indexed, extra: 1 }, INDEXED);
  });

  test("assertPayloadConforms shows the event type, both layers and the payload", () => {
    const payload = withValue(indexed, "artifact_id.artifact_class", "inputt");
    expect(() => assertPayloadConforms(payload, INDEXED)).toThrow(ConformanceError);
    expect(() => assertPayloadConforms(payload, INDEXED)).toThrow(
      [
        "The payload does not conform to MissionDossierArtifactIndexed.",
        "Model:",
        `  artifact_id.artifact_class: must be in list [${ARTIFACT_CLASSES.join(", ")}], got "inputt" [string.in]`,
        "Schema:",
        "  $.artifact_id.artifact_class: must be equal to one of the allowed values [enum]",
        'Payload: {\n  "namespace": {',
      ].join("\n"),
    );
    expect(() =>
      assertPayloadConforms({ ...indexed, extra: 1 }, INDEXED, { strict: true }),
    ).toThrow("Schema: no violations");
  });

  test("assertPayloadConforms shows a payload that is not an object, and shortens a long one", () => {
    expect(() => assertPayloadConforms(undefined, INDEXED)).toThrow(
      /^ {2}\(root\): .*\n[\s\S]*\nPayload: undefined$/m,
    );
    const long = { ...indexed, indexed_at: 7, remarks: "x".repeat(3000) };
    expect(() => assertPayloadConforms(long, INDEXED)).toThrow(/x{1000,2000}…$/);
  });

  test("assertions describe a payload that cannot be written as JSON", () => {
    let deep: object = {};
    for (let level = 0; level < 100_000; level++) {
      deep = { a: deep };
    }
    const ring: { self?: object } = {};
    ring.self = ring;
    for (const payload of [
      { ...indexed, indexed_at: deep },
      { ...indexed, indexed_at: ring },
      7n,
    ]) {
      expect(() => assertPayloadConforms(payload, INDEXED)).toThrow(ConformanceError);
    }
    expect(() => assertPayloadConforms({ ...indexed, remarks: deep }, INDEXED)).toThrow(
      /Payload: an object$/,
    );
  });

  test("assertPayloadFails passes a payload that does not conform, and checks the field", () => {
    assertPayloadFails({}, INDEXED);
    assertPayloadFails({}, INDEXED, { field: "namespace" });
    assertPayloadFails({ ...indexed, extra: 1 }, INDEXED, { strict: true, field: "extra" });
    expect(() => assertPayloadFails(indexed, INDEXED)).toThrow(
      "conforms to MissionDossierArtifactIndexed, but should not",
    );
    expect(() => assertPayloadFails({}, INDEXED, { field: "supersedes" })).toThrow(
      "but not because of supersedes",
    );
  });
});
