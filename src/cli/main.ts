#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { FORMATS, type ReduceCommandOptions, runReduce, type Terminal } from "./reduce.js";
import { colorsFor, columns } from "./terminal-text.js";

const NAME = "mission-dossier";

const exitCodes = `
Exit codes:
${columns(Object.values(EXIT_CODES).map(({ code, meaning }) => [`  ${code}`, meaning])).join("\n")}`;

const program = new Command(NAME)
  .description("Judge and reduce the events of mission dossiers.")
  .version(packageVersion(), "-V, --version", "print the version")
  .helpOption("-h, --help", "print this help")
  .showSuggestionAfterError()
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
    new Option("-f, --format <format>", "how to print the state").choices(FORMATS).default("text"),
  )
  .addOption(
    new Option("--namespace-scope <scope>", "which fields must agree: all but step_id, or all")
      .choices(["mission", "step"])
      .default("mission"),
  )
  .option("--skip-invalid", "carry on without lines that are no valid events", false)
  .option("--strict", "exit with 1 when a payload was skipped", false)
  .option("--fail-on-drift", "exit with 3 when the replicas have drifted", false)
  .helpOption("-h, --help", "print this help")
  .addHelpText(
    "after",
    `
Examples:
  ${NAME} reduce events.jsonl
  ${NAME} reduce monday.jsonl tuesday.jsonl --strict
  gunzip -c events.jsonl.gz | ${NAME} reduce --format json - > state.json
${exitCodes}`,
  )
  .action(async (files: string[], options: ReduceCommandOptions) => {
    if (process.stdin.isTTY && (files.length === 0 || files.includes("-"))) {
      terminal.report("reading events from the terminal; end with Ctrl-D");
    }
    process.exitCode = await runReduce(files, options, terminal);
  });

const terminal: Terminal = {
  standardInput: process.stdin,
  write: (output) => void process.stdout.write(output),
  report: (line) => void process.stderr.write(`${line}\n`),
  colors: colorsFor(process.stdout, process.env),
};

await main();

async function main(): Promise<void> {
  // A reader that has seen enough, such as `head`, is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") {
      terminal.report(`${NAME}: cannot write the output: ${error.message}`);
      process.exitCode = EXIT_CODES.misuse.code;
    }
  });
  for (const command of [program, ...program.commands]) {
    command.exitOverride();
  }
  if (process.argv.length <= 2) {
    program.outputHelp({ error: true });
    process.exitCode = EXIT_CODES.misuse.code;
    return;
  }
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

function packageVersion(): string {
  const file = new URL("../../../package.json", import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, "utf8"));
  return version;
}
