import { readdirSync, readFileSync } from "node:fs";
import type { DescMessage } from "@bufbuild/protobuf";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { snakeCase } from "../../src/codegen/names.js";

const folder = new URL("../../schemas/", import.meta.url);
const ajv = new Ajv2020({ strict: true, allErrors: true });
/** The beginning of the `$id`s of a generation, by the package of its messages. */
const ID_PREFIXES: { readonly [packageName: string]: string } = {
  "speckitty.dossier.v1": "spec-kitty-events/",
  "speckitty.dossier.v3": "spec-kitty-events/3.0.0/",
};

const all = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".schema.json"),
);
for (const file of all) {
  ajv.addSchema(JSON.parse(readFileSync(new URL(file, folder), "utf8")));
}

/** The files of contract 2.4.0. Those of later generations are in folders of their own. */
const files = all.filter((file) => !file.includes("/"));

/** Whether the committed schema of a message accepts a value. */
export function schemaAccepts(desc: DescMessage, json: unknown): boolean {
  return schemaOf(desc)(json);
}

/** The compiled committed schema of a message. That of a nested message is part of its parent's. */
export function schemaOf(desc: DescMessage): ValidateFunction {
  const { parent } = desc;
  const idPrefix = ID_PREFIXES[desc.file.proto.package] ?? "";
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
export const schemaNames: readonly string[] = files.map((file) => file.replace(".schema.json", ""));
