import { Ajv2020 } from "ajv/dist/2020.js";
import { fastify } from "fastify";
import { describe, expect, test } from "vitest";
import { schemaNames, schemaText } from "../../src/conformance/index.js";
import { envelope, identity, indexed } from "../support/examples.js";

// The committed schemas as they are, with `$id`, `$ref` and everything else in them.
const schemas = schemaNames().map((name): { readonly $id: string } => JSON.parse(schemaText(name)));
const newAjv = () => new Ajv2020({ schemas: [...schemas], allowUnionTypes: true });

describe("the committed schemas, unedited,", () => {
  test("are known to Ajv2020 by their $id, all in one instance", () => {
    const ajv = newAjv();
    for (const { $id } of schemas) {
      expect(ajv.getSchema($id)).toBeTypeOf("function");
      expect(ajv.validate($id, "x")).toBe(false);
    }
    expect(ajv.validate("spec-kitty-events/event", { ...envelope, payload: indexed })).toBe(true);
    expect(ajv.validate("spec-kitty-events/artifact_identity", identity)).toBe(true);
  });

  test("can be part of a user's own schema by $ref", () => {
    const ajv = newAjv();
    const payload = { $ref: "spec-kitty-events/mission_dossier_artifact_indexed_payload" };
    const valid = ajv.compile({ type: "object", properties: { payload }, required: ["payload"] });
    expect(valid({ payload: indexed })).toBe(true);
    expect(valid({ payload: { ...indexed, artifact_id: { ...identity, path: "" } } })).toBe(false);
    expect(valid.errors?.[0]?.instancePath).toBe("/payload/artifact_id/path");
  });

  test("judge the requests of a Fastify server", async () => {
    const ajv = newAjv();
    const server = fastify();
    server.setValidatorCompiler(({ schema }) => ajv.compile(schema as object));
    for (const schema of schemas) {
      server.addSchema(schema);
    }
    const body = { $ref: "spec-kitty-events/event" };
    server.post("/events", { schema: { body } }, async (_request, reply) => reply.code(202).send());
    const post = async (payload: object) =>
      (await server.inject({ method: "POST", url: "/events", payload })).statusCode;
    expect(await post({ ...envelope, payload: indexed })).toBe(202);
    expect(await post({ ...envelope, lamport_clock: -1 })).toBe(400);
    await server.close();
  });
});
