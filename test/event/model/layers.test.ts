import { equals, fromJson, type JsonValue } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { PAYLOAD_SCHEMAS } from "../../../gen/speckitty/dossier/v1/contract.js";
import { EventSchema } from "../../../gen/speckitty/dossier/v1/event_pb.js";
import { MissionDossierStateSchema } from "../../../gen/speckitty/dossier/v1/state_pb.js";
import { file_speckitty_dossier_v1_values } from "../../../gen/speckitty/dossier/v1/values_pb.js";
import { PAYLOAD_SCHEMAS as LATER_PAYLOAD_SCHEMAS } from "../../../gen/speckitty/dossier/v3/contract.js";
import { EventSchema as LaterEventSchema } from "../../../gen/speckitty/dossier/v3/event_pb.js";
import { MissionDossierStateSchema as LaterMissionDossierStateSchema } from "../../../gen/speckitty/dossier/v3/state_pb.js";
import { file_speckitty_dossier_v3_values } from "../../../gen/speckitty/dossier/v3/values_pb.js";
import { snakeCase } from "../../../src/codegen/names.js";
import { readPayload } from "../../../src/event/model/payload.js";
import { readModel } from "../../../src/event/model/read-model.js";
import { acceptsEnvelope, acceptsPayload } from "../../../src/event/model/verdict.js";
import { mutated, validJson } from "../../support/arbitrary-json.js";
import { envelope, snapshot } from "../../support/examples.js";
import { runs } from "../../support/runs.js";
import { schemaAccepts, schemaNames, schemaOf } from "../../support/schemas.js";

// The contract is judged twice: by decoding and annotations (the model layer),
// and by the generated schema. Neither may know a rule that the other does not.

const messages = [
  ...file_speckitty_dossier_v1_values.messages,
  ...Object.values(PAYLOAD_SCHEMAS),
  EventSchema,
  MissionDossierStateSchema,
  ...file_speckitty_dossier_v3_values.messages,
  ...Object.values(LATER_PAYLOAD_SCHEMAS),
  LaterEventSchema,
  LaterMissionDossierStateSchema,
];

describe.each(messages.map((desc) => ({ desc, name: desc.typeName })))("$name", ({ desc }) => {
  test("a value that the contract accepts is accepted by both layers", () => {
    fc.assert(
      fc.property(validJson(desc), (json) => {
        const result = readModel(desc, json, { isExact: true });
        expect(result.kind === "invalid" ? result.violations : []).toEqual([]);
        schemaOf(desc)(json);
        expect(schemaOf(desc).errors ?? []).toEqual([]);
      }),
    );
  });

  test("both layers give the same verdict on a value changed at any depth", () => {
    fc.assert(
      fc.property(mutated(validJson(desc)), (json) => {
        const model = readModel(desc, json, { isExact: true });
        expect({ json, schema: schemaAccepts(desc, json) }).toEqual({
          json,
          schema: model.kind === "valid",
        });
      }),
      { numRuns: runs(400) },
    );
  });

  test("a rejected value is reported at a path, with the value found there", () => {
    fc.assert(
      fc.property(mutated(validJson(desc)), (json) => {
        const model = readModel(desc, json, { isExact: true });
        if (model.kind === "invalid") {
          expect(model.violations.length).toBeGreaterThan(0);
          for (const violation of model.violations) {
            expect(violation.field).not.toBe("");
            expect(violation.message).not.toBe("");
          }
        }
      }),
    );
  });

  test("JSON that stock ProtoJSON reads is read as the same message", () => {
    fc.assert(
      fc.property(validJson(desc), (json) => {
        // Stock ProtoJSON loses a key of this name; the reader must not.
        fc.pre(!JSON.stringify(json).includes("__proto__"));
        const model = readModel(desc, json);
        const stock = fromJson(desc, json, { ignoreUnknownFields: true });
        expect(model.kind === "valid" && equals(desc, model.message, stock)).toBe(true);
      }),
    );
  });

  test("JSON that stock ProtoJSON cannot read is rejected", () => {
    fc.assert(
      fc.property(mutated(validJson(desc)), (json) => {
        fc.pre(!stockReads(json));
        expect(readModel(desc, json).kind).toBe("invalid");
      }),
    );
  });

  test.each([[null], [undefined], [[]], ["text"], [1], [true]])(
    "%o in its place is rejected by both layers",
    (json) => {
      expect(readModel(desc, json)).toMatchObject({
        kind: "invalid",
        violations: [{ field: "", violationType: "type", inputValue: json }],
      });
      if (json !== undefined) {
        expect(schemaAccepts(desc, json)).toBe(false);
      }
    },
  );

  function stockReads(json: JsonValue): boolean {
    try {
      fromJson(desc, json, { ignoreUnknownFields: true });
      return true;
    } catch {
      return false;
    }
  }
});

test("every field has its proto name in JSON, in every message of the contract", () => {
  const all = messages.flatMap((desc) => [desc, ...desc.file.messages]);
  for (const desc of all.flatMap((one) => [one, ...one.nestedMessages])) {
    expect(desc.fields.map(({ jsonName }) => jsonName)).toEqual(
      desc.fields.map(({ name }) => name),
    );
  }
});

test("there is a schema for each message of the contract, and no other", () => {
  const files = new Set(messages.map(({ name }) => snakeCase(name)));
  expect(schemaNames).toEqual([...files].sort());
  expect(schemaNames).toEqual(expect.arrayContaining(["event", "artifact_identity"]));
});

// The layers differ where JSON Schema cannot express a rule of Protobuf. These are all of the
// differences, and in each the schema is the more lenient one.
describe("text that is not Unicode, at every place", () => {
  const half = "\ud800";

  test.each<[string, unknown, string]>([
    [
      "a value of a map",
      { ...snapshot, context_diagnostics: { a: half } },
      'context_diagnostics["a"]',
    ],
    [
      "a key of a map",
      { ...snapshot, context_diagnostics: { [half]: "a" } },
      `context_diagnostics["${half}"]`,
    ],
  ])("%s is a violation", (_where, json, field) => {
    const type = "MissionDossierSnapshotComputed";
    expect(acceptsPayload(type, json)).toBe(false);
    expect(readModel(PAYLOAD_SCHEMAS[type], json)).toMatchObject({
      kind: "invalid",
      violations: [{ field, violationType: "type" }],
    });
  });

  test.each<[string, unknown]>([
    ["a value", { a: half }],
    ["a key", { [half]: 1 }],
    ["an item", { a: [[half]] }],
    ["a key further in", { a: [{ b: { [half]: null } }] }],
  ])("%s in the payload of an envelope is not a violation of the envelope", (_where, payload) => {
    const json = { ...envelope, payload };
    expect(acceptsEnvelope(json)).toBe(true);
    expect(readModel(EventSchema, json).kind).toBe("valid");
  });
});

describe("documented differences between the layers", () => {
  test.each<[string, string, string]>([
    ["a lone surrogate", '"\\ud800"', "unknown"],
    ["a number that is not finite", "1e400", "unknown"],
    ["more than 32 levels", "[".repeat(32) + "]".repeat(32), `unknown${"[0]".repeat(31)}`],
  ])("%s in an unknown field of a payload is rejected by the model only", (_what, text, field) => {
    const json = { ...snapshot, unknown: JSON.parse(text) };
    expect(readPayload("MissionDossierSnapshotComputed", json)).toMatchObject({
      kind: "invalid",
      violations: [{ field, violationType: "type" }],
    });
    expect(schemaAccepts(PAYLOAD_SCHEMAS.MissionDossierSnapshotComputed, json)).toBe(true);
  });

  test("text that is not Unicode, a lone surrogate, is rejected by the model only", () => {
    const json = { hash: "\ud800", algorithm: "sha256" };
    const [desc] = file_speckitty_dossier_v1_values.messages.filter(
      ({ name }) => name === "ContentHashRef",
    );
    expect(desc && readModel(desc, json)).toMatchObject({
      kind: "invalid",
      violations: [{ field: "hash", violationType: "type" }],
    });
    expect(desc && schemaAccepts(desc, json)).toBe(true);
  });
});
