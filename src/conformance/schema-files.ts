import { readdirSync, readFileSync } from "node:fs";
import { optionsIn } from "../event/errors/arguments.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import {
  type ContractOptions,
  chosenGeneration,
  FIRST_GENERATION,
} from "../event/generation/generation.js";
import { packageFile } from "./package-files.js";

const SUFFIX = ".schema.json";

/**
 * The names of the schemas that ship with the package.
 *
 * @param options `contract` is the generation of the contract, by default 2.4.0.
 */
export function schemaNames(options?: ContractOptions): string[] {
  return readdirSync(packageFile(folderOf(options)))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

/**
 * The text of a schema that ships with the package.
 *
 * @param options `contract` is the generation of the contract, by default 2.4.0.
 * @throws InvalidArgumentError when no schema has that name.
 */
export function schemaText(name: string, options?: ContractOptions): string {
  const names = schemaNames(options);
  if (!names.includes(name)) {
    throw new InvalidArgumentError("the name of a schema", `one of ${names.join(", ")}`, name);
  }
  return readFileSync(packageFile(`${folderOf(options)}/${name}${SUFFIX}`), "utf8");
}

function folderOf(options: ContractOptions | undefined): string {
  const generation = chosenGeneration(optionsIn(options)) ?? FIRST_GENERATION;
  return generation === FIRST_GENERATION ? "schemas" : `schemas/${generation}`;
}
