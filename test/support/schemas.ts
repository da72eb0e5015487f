import { readdirSync, readFileSync } from "node:fs";
import type { DescMessage } from "@bufbuild/protobuf";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { snakeCase } from "../../src/codegen/names.js";

const folder = new URL("../../schemas/", import.meta.url);

/** The committed schemas, compiled, by the name of their file. */
const validators: ReadonlyMap<string, ValidateFunction> = new Map(
  readdirSync(folder).map((file) => {
    const ajv = new Ajv2020({ strict: true, allErrors: true });
    const schema: object = JSON.parse(readFileSync(new URL(file, folder), "utf8"));
    return [file.replace(".schema.json", ""), ajv.compile(schema)];
  }),
);

/** Whether the committed schema of a message accepts a value. */
export function schemaAccepts(desc: DescMessage, json: unknown): boolean {
  return schemaOf(desc)(json);
}

/** The committed schema of a message, compiled. */
export function schemaOf(desc: DescMessage): ValidateFunction {
  const validate = validators.get(snakeCase(desc.name));
  if (validate === undefined) {
    throw new Error(`no schema of ${desc.typeName}`);
  }
  return validate;
}
