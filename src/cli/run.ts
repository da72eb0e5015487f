import { type Command, CommanderError } from "commander";
import { MissionDossierError, reasonOf } from "../event/errors/mission-dossier-error.js";
import {
  CommandError,
  EXIT_CODE_OF_ERROR,
  EXIT_CODES,
  type ExitCode,
  UsageError,
} from "./exit-codes.js";
import { createProgram, NAME } from "./program.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import type { Terminal } from "./terminal.js";
import { printable } from "./terminal-text.js";

/**
 * Runs the command with these arguments, and reports its errors to the terminal.
 *
 * @returns Its exit code.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT_CODES.ok.code;
  const program = createProgram(terminal, (exitCode) => {
    code = exitCode;
  });
  try {
    const unknown = unknownCommand(args, program);
    await program.parseAsync(unknown === undefined ? args : [unknown], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed the mistake, or the help that was asked for.
      return error.exitCode === 0 ? EXIT_CODES.ok.code : EXIT_CODES.misuse.code;
    }
    if (error instanceof CommandError) {
      terminal.report(`${NAME}: ${error.message}`);
      if (error instanceof UsageError) {
        terminal.report(`see ${NAME} ${args[0]} --help`);
      }
      return error.exitCode;
    }
    if (error instanceof MissionDossierError) {
      terminal.report(`${NAME}: ${printable(fileText(error) ?? error.message)}`);
      return EXIT_CODE_OF_ERROR[error.code];
    }
    throw error;
  }
}

/**
 * The command whose help is asked for, if there is none of that name. Commander would give the
 * help of the whole program instead of an error.
 */
function unknownCommand(args: readonly string[], { commands }: Command): string | undefined {
  const [first, second] = args;
  const name = first === "help" ? second : first;
  const isKnown = commands.some((command) => command.name() === name) || name === "help";
  return name === undefined || name.startsWith("-") || isKnown ? undefined : name;
}

/** An error of the operating system about a file, as every command says it. */
function fileText({ code, file, cause }: MissionDossierError): string | undefined {
  const verb = code === "unreadable_file" ? "read" : code === "unwritable_file" ? "write" : "";
  const reason = isSystemError(cause) ? systemErrorText(cause) : reasonOf(cause);
  return verb === "" || cause === undefined
    ? undefined
    : `cannot ${verb} ${file ?? "a file"}: ${reason}`;
}
