import { readdirSync, readFileSync } from "node:fs";
import { InvalidArgumentError } from "../event/errors/errors.js";
import { packageFile } from "./package-files.js";

const SUFFIX = ".schema.json";

/** The names of the schemas that ship with the package. */
export function schemaNames(): string[] {
  return readdirSync(packageFile("schemas"))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

/**
 * The text of a schema that ships with the package.
 *
 * @throws InvalidArgumentError when no schema has that name.
 */
export function schemaText(name: string): string {
  const names = schemaNames();
  if (!names.includes(name)) {
    throw new InvalidArgumentError("the name of a schema", `one of ${names.join(", ")}`, name);
  }
  return readFileSync(packageFile(`schemas/${name}${SUFFIX}`), "utf8");
}
