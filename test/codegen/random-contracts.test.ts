import { type DescMessage, fromJson, type JsonObject, type Message } from "@bufbuild/protobuf";
import { createValidator } from "@bufbuild/protovalidate";
import { Ajv2020 } from "ajv/dist/2020.js";
import { transformSync } from "esbuild";
import fc from "fast-check";
import { expect, test } from "vitest";
import { messageJsonSchema } from "../../src/codegen/json-schema.js";
import { jsonSchemaText } from "../../src/codegen/schema-text.js";
import { validatorsPlugin } from "../../src/codegen/validators-plugin.js";
import { runs } from "../support/runs.js";
import type { Image } from "./image.js";
import { randomContract } from "./random-contract.js";

type Judge = (json: JsonObject) => boolean;

test("the schema, its compiled verdict and the parser with protovalidate agree on any contract", () => {
  fc.assert(
    fc.property(randomContract, ({ image, documents }) => {
      const registry = image.registry();
      const verdicts = verdictsOf(image);
      for (const [name, examples] of documents) {
        const message = registry.getMessage(`random.${name}`);
        const verdict = verdicts[name];
        if (message === undefined || verdict === undefined) {
          throw new Error(`no message or no validator ${name}`);
        }
        const [schema, model] = [schemaOf(message), modelOf(message)];
        for (const json of examples) {
          const expected = model(json);
          // JSON Schema accepts a string with a lone surrogate, Protobuf does not.
          const bySchema = isWellFormed(json) ? schema(json) : expected;
          expect({ json, schema: bySchema, verdict: verdict(json) }).toEqual({
            json,
            schema: expected,
            verdict: expected,
          });
        }
      }
    }),
    { numRuns: Math.ceil(runs(300) / 5) },
  );
});

const validator = createValidator();
const ajv = new Ajv2020({ strict: true });

function schemaOf(message: DescMessage): Judge {
  const { $id: _, ...schema } = messageJsonSchema(message, "");
  const validate = ajv.compile(JSON.parse(jsonSchemaText(schema)));
  return (json) => validate(json);
}

function verdictsOf(image: Image): { readonly [message: string]: Judge } {
  const [code = ""] = image.generate(validatorsPlugin, "random/").values();
  const module: { exports: { VALIDATORS?: { [message: string]: Judge } } } = { exports: {} };
  new Function("module", transformSync(code, { loader: "ts", format: "cjs" }).code)(module);
  return module.exports.VALIDATORS ?? {};
}

function modelOf(message: DescMessage): Judge {
  return (json) => {
    let decoded: Message;
    try {
      // A reader that ignores unknown fields ignores unknown names of enums.
      decoded = fromJson(message, withoutNullMembers(message, json));
    } catch {
      return false;
    }
    const result = validator.validate(message, decoded);
    if (result.kind === "error") {
      throw result.error;
    }
    return result.kind === "valid";
  };
}

/**
 * ProtoJSON reads `null` as absent. This parser does so in oneofs for scalars alone: it counts a
 * message or an enum as set, and rejects a second member.
 */
function withoutNullMembers(message: DescMessage, json: JsonObject): JsonObject {
  const members = message.oneofs.flatMap(({ fields }) => fields.map(({ jsonName }) => jsonName));
  return Object.fromEntries(
    Object.entries(json).filter(([name, value]) => value !== null || !members.includes(name)),
  );
}

function isWellFormed(json: unknown): boolean {
  if (typeof json === "string") {
    return json.isWellFormed();
  }
  return typeof json !== "object" || json === null
    ? true
    : Object.entries(json).flat().every(isWellFormed);
}
