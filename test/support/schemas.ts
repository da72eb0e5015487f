import { readdirSync, readFileSync } from "node:fs";
import type { DescMessage } from "@bufbuild/protobuf";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { snakeCase } from "../../src/codegen/names.js";

const folder = new URL("../../schemas/", import.meta.url);
const ajv = new Ajv2020({ strict: true, allErrors: true });
const idPrefix = "spec-kitty-events/";

for (const file of readdirSync(folder)) {
  ajv.addSchema(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
}

/** Whether the committed schema of a message accepts a value. */
export function schemaAccepts(desc: DescMessage, json: unknown): boolean {
  return schemaOf(desc)(json);
}

/** The compiled committed schema of a message. That of a nested message is part of its parent's. */
export function schemaOf(desc: DescMessage): ValidateFunction {
  const { parent } = desc;
  const ref =
    parent === undefined
      ? `${idPrefix}${snakeCase(desc.name)}`
      : `${idPrefix}${snakeCase(parent.name)}#/$defs/${parent.name}.${desc.name}`;
  const validate = ajv.getSchema(ref);
  if (validate === undefined) {
    throw new Error(`no schema ${ref}`);
  }
  return validate;
}

/** The names of the committed schemas. */
export const schemaNames: readonly string[] = readdirSync(folder).map((file) =>
  file.replace(".schema.json", ""),
);
