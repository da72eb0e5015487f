import { schemaNames, schemaText } from "../conformance/schema-files.js";
import type { ContractOptions } from "../event/generation/generation.js";
import { CommandError, EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { givenName, knownNamesHint } from "./known-names.js";
import type { Terminal } from "./terminal.js";

/**
 * Prints a schema, or, without a name, the names of all schemas.
 *
 * @throws CommandError when no schema has that name.
 */
export function runSchema(
  name: string | undefined,
  options: ContractOptions,
  terminal: Terminal,
): ExitCode {
  const names = schemaNames(options);
  if (name === undefined) {
    terminal.write(`${names.join("\n")}\n`);
    return EXIT_CODES.ok.code;
  }
  if (!names.includes(name)) {
    throw new CommandError(
      `no schema ${givenName(name)} (${knownNamesHint(name, names)})`,
      EXIT_CODES.misuse.code,
    );
  }
  terminal.write(schemaText(name, options));
  return EXIT_CODES.ok.code;
}
