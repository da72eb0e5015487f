#!/usr/bin/env node
import { createReadStream, fstatSync, readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import type { NamespaceScope } from "../dossier/namespace.js";
import type { Chunks } from "../stream/lines.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import type { Format, ReduceCommandOptions, Terminal } from "./reduce.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import { colorsFor, columns, printable } from "./terminal-text.js";

const NAME = "mission-dossier";

const exitCodes = `
Exit codes:
${columns(Object.values(EXIT_CODES).map(({ code, meaning }) => [`  ${code}`, meaning])).join("\n")}`;

const program = new Command(NAME)
  .description("Judge and reduce the events of mission dossiers.")
  .version(packageVersion(), "-V, --version", "print the version")
  .helpOption("-h, --help", "print this help")
  .showHelpAfterError(`see ${NAME} --help`)
  .exitOverride()
  .configureOutput({
    outputError: (text, write) => write(`${NAME}: ${printableLines(text.replace(/^error: /, ""))}`),
  })
  .addHelpText(
    "after",
    `
Examples:
  ${NAME} reduce events.jsonl
  ${NAME} reduce --format json < events.jsonl
  ${NAME} reduce --help
${exitCodes}`,
  );

program
  .command("reduce")
  .summary("fold a stream of events into the state of its dossier")
  .description(
    "Fold a stream of events into the state of its dossier. The input is JSON Lines\n" +
      "of event envelopes, or one JSON array of them, in any order.",
  )
  .argument("[FILE...]", "files to read; - or none is standard input")
  .addOption(
    new Option("-f, --format <format>", "how to print the state")
      .choices(["text", "json", "binary"] satisfies Format[])
      .default("text" satisfies Format),
  )
  .addOption(
    new Option("--namespace-scope <scope>", "which fields must agree: all but step_id, or all")
      .choices(["mission", "step"] satisfies NamespaceScope[])
      .default("mission" satisfies NamespaceScope),
  )
  .option("--skip-invalid", "carry on without lines that are no valid events")
  .option("--strict", "exit with 1 when a payload was skipped")
  .option("--fail-on-drift", "exit with 3 when the replicas have drifted")
  .showHelpAfterError(`see ${NAME} reduce --help`)
  .addHelpText(
    "after",
    `
Examples:
  ${NAME} reduce events.jsonl
  ${NAME} reduce monday.jsonl tuesday.jsonl --strict
  gunzip -c events.gz | ${NAME} reduce --format json - > state.json
${exitCodes}`,
  )
  .action(async (files: string[], options: ReduceCommandOptions) => {
    if (process.stdin.isTTY && (files.length === 0 || files.includes("-"))) {
      terminal.report("reading events from the terminal; end with Ctrl-D");
    }
    // Loaded only now, so that help and a wrong option need not wait for it.
    const { runReduce } = await import("./reduce.js");
    process.exitCode = await runReduce(files, options, terminal);
  });

const terminal: Terminal = {
  standardInput,
  write: (output) => void process.stdout.write(output),
  isInteractive: process.stdout.isTTY ?? false,
  report: (line) => void process.stderr.write(`${line}\n`),
  colors: colorsFor(process.stdout, process.env),
};

await main();

async function main(): Promise<void> {
  process.stdout.on("error", (error: Error) => {
    // A reader that has seen enough, such as `head`, is no error.
    if (!isSystemError(error) || error.code !== "EPIPE") {
      const reason = isSystemError(error) ? systemErrorText(error) : error.message;
      terminal.report(`${NAME}: cannot write the output: ${reason}`);
      process.exitCode = EXIT_CODES.misuse.code;
    }
  });
  // Where nothing more can be said, the exit code still says it.
  process.stderr.on("error", () => {});
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has printed what was wrong, or the help that was asked for.
      process.exitCode = error.exitCode === 0 ? EXIT_CODES.ok.code : EXIT_CODES.misuse.code;
    } else if (error instanceof CommandError) {
      terminal.report(`${NAME}: ${error.message}`);
      process.exitCode = error.exitCode;
    } else {
      throw error;
    }
  }
}

/** Node would take a directory for an empty input. As a file, it is an error. */
function standardInput(): Chunks {
  return fstatSync(0).isDirectory() ? createReadStream("", { fd: 0 }) : process.stdin;
}

/** A message with line breaks of its own, which may quote what the user has typed. */
function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}

function packageVersion(): string {
  const file = new URL("../../../package.json", import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, "utf8"));
  return version;
}
