#!/usr/bin/env node
import { createReadStream, fstatSync, readFileSync } from "node:fs";
import { CommanderError } from "commander";
import type { Chunks } from "../stream/lines.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { createProgram, NAME } from "./program.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import type { Terminal } from "./terminal.js";
import { colorsFor } from "./terminal-text.js";

const terminal: Terminal = {
  standardInput,
  isWaiting: process.stdin.isTTY ?? false,
  write: (output) => void process.stdout.write(output),
  isInteractive: process.stdout.isTTY ?? false,
  report: (line) => void process.stderr.write(`${line}\n`),
  colors: colorsFor(process.stdout, process.env),
  version: packageVersion(),
};

await main();

async function main(): Promise<void> {
  let hasFailed = false;
  process.stdout.on("error", (error: Error) => {
    // A reader that has seen enough, such as `head`, is no error.
    if (hasFailed || (isSystemError(error) && error.code === "EPIPE")) {
      return;
    }
    hasFailed = true;
    const reason = isSystemError(error) ? systemErrorText(error) : error.message;
    terminal.report(`${NAME}: cannot write the output: ${reason}`);
    process.exitCode = EXIT_CODES.misuse.code;
  });
  // Where nothing more can be said, the exit code still says it.
  process.stderr.on("error", () => {});
  const program = createProgram(terminal, (exitCode) => {
    // What could not be written matters more than what it would have said.
    process.exitCode ??= exitCode;
  });
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

function packageVersion(): string {
  const file = new URL("../../../package.json", import.meta.url);
  const { version }: { version: string } = JSON.parse(readFileSync(file, "utf8"));
  return version;
}
