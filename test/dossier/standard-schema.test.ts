import { initTRPC, TRPCError } from "@trpc/server";
import { Ajv } from "ajv";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { DescMessage } from "@bufbuild/protobuf";
import { describe, expect, test } from "vitest";
import { file_speckitty_dossier_v1_event } from "../../gen/speckitty/dossier/v1/event_pb.js";
import { file_speckitty_dossier_v1_payloads } from "../../gen/speckitty/dossier/v1/payloads_pb.js";
import { MissionDossierStateSchema } from "../../gen/speckitty/dossier/v1/state_pb.js";
import {
  ArtifactIdentitySchema,
  file_speckitty_dossier_v1_values,
} from "../../gen/speckitty/dossier/v1/values_pb.js";
import { schemaText } from "../../src/conformance/index.js";
import {
  EventSchema,
  PAYLOAD_SCHEMAS,
  parsePayload,
  reduceMissionDossier,
  standardSchema,
  stateToJson,
  stateToJsonString,
} from "../../src/index.js";
import { envelope, identity, indexed } from "../support/examples.js";
import { minimalJson } from "../support/minimal-json.js";

const whole = { ...envelope, payload: indexed };
const INDEXED = PAYLOAD_SCHEMAS.MissionDossierArtifactIndexed;

describe("every exported message has a Standard Schema", () => {
  const messages = [
    ...file_speckitty_dossier_v1_values.messages,
    ...file_speckitty_dossier_v1_payloads.messages,
    ...file_speckitty_dossier_v1_event.messages,
    MissionDossierStateSchema,
  ];

  test.each(messages.map((desc) => [desc.name, desc] as const))("%s", (name, desc) => {
    const { "~standard": standard } = standardSchema(desc);
    expect(standard).toMatchObject({ version: 1, vendor: "mission-dossier" });
    const json = name === "Event" ? whole : minimalJson(desc);
    const result = standard.validate(json);
    expect(result.issues).toBeUndefined();
    expect(Object.isFrozen("value" in result && result.value)).toBe(true);
    expect(standard.validate("x").issues).toHaveLength(1);
    const snake = name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
    const target = { target: "draft-2020-12" };
    expect(standard.jsonSchema.input(target)).toEqual(JSON.parse(schemaText(snake)));
    expect(standard.jsonSchema.output(target)).toEqual(standard.jsonSchema.input(target));
  });

  test.each([
    ["a number that is not finite", Number.POSITIVE_INFINITY],
    ["a lone surrogate", "\ud800"],
    ["too many levels", JSON.parse("[".repeat(40) + "]".repeat(40))],
    ["an object that is not JSON", new Map()],
  ])("which rejects %s in a payload, as parsePayload does", (_name, extra) => {
    const json = { ...indexed, extra };
    expect(() => parsePayload("MissionDossierArtifactIndexed", json)).toThrow();
    expect(standardSchema(INDEXED)["~standard"].validate(json).issues).toHaveLength(1);
  });

  test("and no other message", () => {
    expect(() => standardSchema(file_speckitty_dossier_v1_event as never)).toThrow("desc must be");
  });
});

describe("the Standard Schema in contract 3.0.0", () => {
  const LATER = { contract: "3.0.0" } as const;
  const { feature_slug: mission_slug, mission_key: mission_type, ...names } = indexed.namespace;
  const { path, artifact_class } = indexed.artifact_id;
  const input = {
    ...indexed,
    namespace: { ...names, mission_slug, mission_type },
    artifact_id: { path, artifact_class, mission_type },
  };

  test("takes its names alone, and gives the same value", () => {
    const { validate } = standardSchema(INDEXED, LATER)["~standard"];
    const first = standardSchema(INDEXED)["~standard"];
    expect(validate(input)).toEqual(first.validate(input));
    expect(validate(input).issues).toBeUndefined();
    expect(validate(indexed).issues).toContainEqual({
      message: expect.any(String),
      path: ["namespace", "mission_slug"],
    });
    const { validate: onlyFirst } = standardSchema(INDEXED, { contract: "2.4.0" })["~standard"];
    expect(onlyFirst(input).issues).toContainEqual({
      message: expect.any(String),
      path: ["namespace", "feature_slug"],
    });
  });

  test("has its JSON Schema, of every message", () => {
    const all = [INDEXED, EventSchema, MissionDossierStateSchema, ArtifactIdentitySchema] as const;
    for (const desc of all) {
      const snake = desc.name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toLowerCase();
      const { jsonSchema } = standardSchema<DescMessage, "3.0.0">(desc, LATER)["~standard"];
      const schema = jsonSchema.input({ target: "draft-2020-12" });
      expect(schema).toEqual(JSON.parse(schemaText(snake, LATER)));
    }
  });

  test("judges a whole event by it", () => {
    const { validate } = standardSchema(EventSchema, LATER)["~standard"];
    expect(validate({ ...whole, payload: input, build_id: "b1" }).issues).toBeUndefined();
    expect(validate(whole).issues).not.toBeUndefined();
  });
});

describe("the Standard Schema", () => {
  test("of a payload gives the same as parsePayload", () => {
    const result = standardSchema(INDEXED)["~standard"].validate(indexed);
    const parsed = parsePayload("MissionDossierArtifactIndexed", indexed);
    expect(result).toEqual({ value: parsed });
    expect(JSON.stringify(result)).toBe(JSON.stringify({ value: parsed }));
  });

  test("of the envelope judges the payload too, and says where the issues are", () => {
    const broken = { ...indexed, artifact_id: { ...identity, path: "" } };
    const { validate } = standardSchema(EventSchema)["~standard"];
    expect(validate({ ...whole, lamport_clock: -1, payload: broken }).issues).toEqual([
      { message: expect.stringContaining("0"), path: ["lamport_clock"] },
      { message: expect.any(String), path: ["payload", "artifact_id", "path"] },
    ]);
  });

  test("of the state gives a state", () => {
    const state = reduceMissionDossier([whole]);
    const { validate } = standardSchema(MissionDossierStateSchema)["~standard"];
    const result = validate(stateToJson(state));
    expect(!result.issues && stateToJsonString(result.value)).toBe(stateToJsonString(state));
    expect(validate({}).issues).toEqual([{ message: expect.any(String), path: ["parity_status"] }]);
  });

  test.each([
    ["draft-2020-12", new Ajv2020({ allowUnionTypes: true })],
    ["draft-07", new Ajv({ allowUnionTypes: true })],
  ])("has a JSON Schema in %s, which gives the same verdict as the message", (target, ajv) => {
    const valid = ajv.compile(standardSchema(INDEXED)["~standard"].jsonSchema.input({ target }));
    expect(valid(indexed)).toBe(true);
    expect(valid({ ...indexed, artifact_id: { ...identity, path: "" } })).toBe(false);
  });

  test("has no JSON Schema in other versions, and returns copies", () => {
    const { jsonSchema } = standardSchema(ArtifactIdentitySchema)["~standard"];
    expect(() => jsonSchema.input({ target: "openapi-3.0" })).toThrow("target must be");
    const copy = jsonSchema.input({ target: "draft-2020-12" });
    copy["type"] = "string";
    expect(jsonSchema.input({ target: "draft-2020-12" })["type"]).toBe("object");
  });
});

test("tRPC takes it as the validator of a procedure, with its types", async () => {
  const { router, procedure } = initTRPC.create();
  const app = router({
    ingest: procedure
      .input(standardSchema(EventSchema))
      .mutation(({ input }) =>
        input.eventType === "MissionDossierArtifactIndexed"
          ? input.payload.artifactId.path
          : input.eventType,
      ),
    identify: procedure
      .input(standardSchema(ArtifactIdentitySchema))
      .query(({ input }) => input.artifactClass satisfies "input" | string),
  });
  const caller = app.createCaller({});
  expect(await caller.ingest(whole)).toBe(identity.path);
  expect(await caller.identify(identity)).toBe("input");
  await expect(caller.ingest({ ...whole, payload: {} })).rejects.toThrow(TRPCError);
  // @ts-expect-error The wire JSON is typed, too.
  await expect(caller.identify({ ...identity, artifact_class: "inputt" })).rejects.toMatchObject({
    code: "BAD_REQUEST",
    cause: { issues: [{ path: ["artifact_class"] }] },
  });
});
