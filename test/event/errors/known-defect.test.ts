import type { DescField, DescMessage } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import {
  assertPayloadConforms,
  loadFixtures,
  validateEvent,
} from "../../../src/conformance/index.js";
import {
  DossierAccumulator,
  type KnownDefect,
  MissionDossierArtifactIndexedPayloadSchema,
  parseEvent,
  parsePayload,
  reduceByNamespace,
  reduceMissionDossier,
  reduceWithReport,
} from "../../../src/index.js";
import { asEvent } from "../../attacks/attacks.js";
import { envelope, indexed, namespace } from "../../support/examples.js";

/** The payload of an earlier producer. */
const flat = {
  namespace,
  artifact_key: "input.spec.main",
  artifact_class: "input",
  content_hash_sha256: "513663639ae8cb04cefec199eab87988413a4c3f24147b787ba8f726a1a6e112",
  relative_path: "kitty-specs/014-rate-limits/spec.md",
  required_status: "required",
  size_bytes: 812,
  wp_id: "WP01",
  indexed_at: "2026-03-02T09:14:07Z",
};

const type = "MissionDossierArtifactIndexed";

function defectOf(payload: unknown): KnownDefect | undefined {
  return validateEvent(payload, type).knownDefect;
}

describe("the flat payload of an earlier producer", () => {
  test("is named by every function that refuses it in strict mode", () => {
    const event = { ...envelope, payload: flat };
    const name = "flat_artifact_indexed";
    const named = expect.objectContaining({
      knownDefect: expect.objectContaining({ name }),
      message: expect.stringContaining("this is the flat payload of an earlier producer"),
    });
    const strict = { strict: true };
    expect(() => parseEvent(event, strict)).toThrow(named);
    expect(() => new DossierAccumulator(strict).add(asEvent(event))).toThrow(named);
    for (const reduce of [reduceMissionDossier, reduceWithReport, reduceByNamespace]) {
      expect(() => reduce([asEvent(event)], strict)).toThrow(named);
    }
    const accumulator = new DossierAccumulator();
    expect(accumulator.add(asEvent(event))).toMatchObject({
      diagnostics: expect.arrayContaining([named]),
    });
    expect(() => DossierAccumulator.fromBinary(accumulator.toBinary(), strict)).toThrow(named);
    expect(reduceWithReport([asEvent(event)]).diagnostics).toContainEqual(named);
    expect(() => assertPayloadConforms(flat, type)).toThrow(/flat payload of an earlier producer/);
  });

  test("is recognized if its missing fields are null", () => {
    expect(defectOf({ ...flat, artifact_id: null, content_ref: null })).toBeDefined();
    expect(defectOf({ ...flat, artifact_id: undefined })).toBeDefined();
  });

  test("is not treated as misspelled", () => {
    for (const strict of [false, true]) {
      const { modelViolations } = validateEvent(flat, type, { strict });
      expect(modelViolations.map(({ field }) => field)).toContain("artifact_id");
      expect(modelViolations.filter((violation) => "suggestion" in violation)).toEqual([]);
    }
  });

  test("is recognized, and each value has its place", () => {
    expect(defectOf(flat)).toEqual({
      name: "flat_artifact_indexed",
      message:
        "this is the flat payload of an earlier producer: its values belong in artifact_id and content_ref",
      moves: [
        { from: "artifact_key", to: 'context_diagnostics["artifact_key"]' },
        { from: "artifact_class", to: "artifact_id.artifact_class" },
        { from: "content_hash_sha256", to: "content_ref.hash" },
        { from: "relative_path", to: "artifact_id.path" },
        { from: "required_status", to: 'context_diagnostics["required_status"]' },
        { from: "size_bytes", to: "content_ref.size_bytes" },
        { from: "wp_id", to: "artifact_id.wp_id" },
      ],
    });
  });

  test("is recognized by two of its fields", () => {
    expect(defectOf({ namespace, wp_id: "WP01", size_bytes: 812 })?.moves).toEqual([
      { from: "size_bytes", to: "content_ref.size_bytes" },
      { from: "wp_id", to: "artifact_id.wp_id" },
    ]);
  });

  test("is valid once its values have been moved and missing ones added", () => {
    const moved: Record<string, Record<string, unknown>> = {};
    for (const { from, to } of defectOf(flat)?.moves ?? []) {
      const [, message = "", field = ""] = /^(\w+)(?:\.|\[")(\w+)/.exec(to) ?? [];
      moved[message] = { ...moved[message], [field]: Reflect.get(flat, from) };
    }
    const payload = {
      namespace,
      indexed_at: flat.indexed_at,
      ...moved,
      artifact_id: { ...moved["artifact_id"], mission_key: namespace.mission_key },
      content_ref: { ...moved["content_ref"], algorithm: "sha256" },
    };
    expect(validateEvent(payload, type, { strict: true })).toMatchObject({ valid: true });
  });

  test("names fields that the contract has", () => {
    for (const { to } of defectOf(flat)?.moves ?? []) {
      const [, name, child] = /^(\w+)(?:\.(\w+))?/.exec(to) ?? [];
      const field = fieldOf(MissionDossierArtifactIndexedPayloadSchema, name);
      expect(field).toBeDefined();
      expect(child === undefined || fieldOf(field?.message, child) !== undefined).toBe(true);
    }
  });

  test("is named by everything that rejects it", () => {
    const knownDefect = expect.objectContaining({ name: "flat_artifact_indexed" });
    expect(() => parsePayload(type, flat)).toThrow(
      expect.objectContaining({ knownDefect, message: expect.stringContaining("flat payload") }),
    );
    const event = { ...envelope, payload: flat };
    expect(reduceWithReport([event]).skipped).toEqual([expect.objectContaining({ knownDefect })]);
    const accumulator = new DossierAccumulator();
    expect(accumulator.add(event)).toMatchObject({ kind: "skipped", knownDefect });
    expect(accumulator.skipped).toEqual([expect.objectContaining({ knownDefect })]);
    expect(DossierAccumulator.fromBinary(accumulator.toBinary()).skipped).toEqual(
      accumulator.skipped,
    );
  });
});

describe("the names of later contracts", () => {
  const later = ({ feature_slug, mission_key, ...others }: typeof namespace): object => ({
    ...others,
    mission_slug: feature_slug,
    mission_type: mission_key,
  });
  const { mission_key, ...identity } = indexed.artifact_id;
  const payload = {
    ...indexed,
    namespace: later(namespace),
    artifact_id: { ...identity, mission_type: mission_key },
  };

  const choice = { contract: "2.4.0" } as const;

  test("are a defect only where contract 2.4.0 was asked for", () => {
    expect(validateEvent(payload, type, choice).knownDefect).toEqual({
      name: "later_contract_names",
      message: "these are the names of contract 3.0.0 and later",
      moves: [
        { from: "namespace.mission_slug", to: "namespace.feature_slug" },
        { from: "namespace.mission_type", to: "namespace.mission_key" },
        { from: "artifact_id.mission_type", to: "artifact_id.mission_key" },
      ],
    });
    expect(() => parsePayload(type, payload, choice)).toThrow(
      expect.objectContaining({
        knownDefect: expect.objectContaining({ name: "later_contract_names" }),
      }),
    );
    const strictly = { ...choice, strict: true };
    expect(() => parseEvent({ ...envelope, payload }, strictly)).toThrow(
      expect.objectContaining({
        knownDefect: expect.objectContaining({ name: "later_contract_names" }),
      }),
    );
    expect(validateEvent(payload, type)).toMatchObject({ valid: true, contract: "3.0.0" });
    expect(reduceWithReport([asEvent({ ...envelope, payload })]).skipped).toEqual([]);
  });

  test("are not treated as misspelled", () => {
    for (const strict of [false, true]) {
      const { modelViolations } = validateEvent(payload, type, { ...choice, strict });
      expect(modelViolations.map(({ field }) => field)).toContain("namespace.feature_slug");
      expect(modelViolations.filter((violation) => "suggestion" in violation)).toEqual([]);
    }
  });

  test("are recognized in the items of a list", () => {
    const changed = [{ path: "a", mission_type: "b" }, indexed.artifact_id, { mission_type: null }];
    const drift = { namespace, artifact_ids_changed: changed };
    const { knownDefect } = validateEvent(drift, "MissionDossierParityDriftDetected", choice);
    expect(knownDefect?.moves).toEqual([
      { from: "artifact_ids_changed[0].mission_type", to: "artifact_ids_changed[0].mission_key" },
    ]);
  });

  test.each(
    loadFixtures("dossier")
      .filter(({ expectedValid }) => expectedValid)
      .map(({ id, eventType, payload: valid }) => ({ id, eventType, valid })),
  )("are recognized wherever they are in $id", ({ eventType, valid }) => {
    const renamed = JSON.stringify(valid)
      .replaceAll('"feature_slug":', '"mission_slug":')
      .replaceAll('"mission_key":', '"mission_type":');
    const count = renamed.match(/"mission_(?:slug|type)":/g)?.length;
    const { knownDefect } = validateEvent(JSON.parse(renamed), eventType, choice);
    expect(knownDefect?.moves).toHaveLength(count ?? 0);
  });

  test("are listed a hundred times at most", () => {
    const drift = { artifact_ids_changed: Array(200).fill({ mission_type: "a" }) };
    const { knownDefect } = validateEvent(drift, "MissionDossierParityDriftDetected", choice);
    expect(knownDefect?.moves).toHaveLength(100);
  });

  test.each([
    ["MissionDossierArtifactMissing", { expected_identity: { mission_type: "a" } }, 1],
    ["MissionDossierSnapshotComputed", { namespace: { mission_slug: "a" } }, 1],
    [type, { supersedes: { mission_type: "a" } }, 1],
    [type, { namespace: { mission_slug: "a", feature_slug: "a" } }, 0],
  ] as const)("are recognized in any payload: %s %j", (eventType, json, count) => {
    const { knownDefect } = validateEvent(json, eventType, choice);
    expect(knownDefect?.moves ?? []).toHaveLength(count);
  });
});

describe("the names of contract 2.4.0", () => {
  test("are a defect where another generation is asked for, or beside its names", () => {
    const defect = expect.objectContaining({
      name: "earlier_contract_names",
      message: "these are the names of contract 2.4.0, not of 3.0.0",
      moves: expect.arrayContaining([
        { from: "artifact_id.mission_key", to: "artifact_id.mission_type" },
      ]),
    });
    const { feature_slug, mission_key, ...others } = namespace;
    const mixed = {
      ...indexed,
      namespace: { ...others, mission_slug: feature_slug, mission_type: mission_key },
    };
    expect(validateEvent(indexed, type, { contract: "3.0.0" })).toMatchObject({
      valid: false,
      knownDefect: defect,
    });
    expect(defectOf(mixed)).toEqual(defect);
  });
});

describe("no known defect", () => {
  test.each<[string, unknown]>([
    ["a valid payload", indexed],
    ["a valid payload with fields of those names", { ...indexed, wp_id: "WP01", size_bytes: 1 }],
    ["a payload without anything", {}],
    ["one field of such a name", { namespace, wp_id: "WP01" }],
    ["a payload that has an artifact_id", { ...flat, artifact_id: {} }],
    ["a payload that has a content_ref", { ...flat, content_ref: {} }],
    ["no object", "flat"],
  ])("is %s", (_what, payload) => {
    expect(defectOf(payload)).toBeUndefined();
  });

  test("is a payload of another event type", () => {
    expect(validateEvent(flat, "MissionDossierSnapshotComputed").knownDefect).toBeUndefined();
    expect(validateEvent(flat, "Event").knownDefect).toBeUndefined();
  });
});

function fieldOf(desc: DescMessage | undefined, name: string | undefined): DescField | undefined {
  return desc?.fields.find(({ jsonName }) => jsonName === name);
}
