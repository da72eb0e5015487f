#!/usr/bin/env node
import { createReadStream, fstatSync, readFileSync } from "node:fs";
import { addAbortSignal } from "node:stream";
import { packageFile } from "../conformance/package-files.js";
import { EXIT_CODES } from "./exit-codes.js";
import { Output } from "./output.js";
import { NAME } from "./program.js";
import { Progress, type ProgressUnit } from "./progress.js";
import { run } from "./run.js";
import { isSystemError, systemErrorText } from "./system-error.js";
import type { Terminal } from "./terminal.js";
import { colorsFor } from "./terminal-text.js";

const interruption = new AbortController();
let progress: Progress | undefined;
let isStatusShown = false;

const output = new Output(process.stdout, (error) => {
  const reason = isSystemError(error) ? systemErrorText(error) : error.message;
  terminal.report(`${NAME}: cannot write the output: ${reason}`);
  process.exitCode = EXIT_CODES.misuse.code;
});
// If standard error cannot be written, the exit code is all that remains.
const errorOutput = new Output(process.stderr, () => {});

const terminal: Terminal = {
  standardInput,
  isWaiting: process.stdin.isTTY ?? false,
  interrupted: interruption.signal,
  stopRequested,
  status,
  startProgress,
  write: (piece) => {
    progress?.clear();
    eraseStatus();
    output.write(piece);
  },
  ready: () => output.ready() ?? errorOutput.ready(),
  isOutputOver: () => output.isOver,
  isInteractive: process.stdout.isTTY ?? false,
  // A terminal that does not know its width says 0.
  get width() {
    return process.stdout.columns || undefined;
  },
  get reportWidth() {
    return process.stderr.columns || undefined;
  },
  report: (line) => {
    progress?.clear();
    eraseStatus();
    errorOutput.write(`${line}\n`);
  },
  colors: colorsFor(process.stdout, process.env),
  version: packageVersion(),
};

const exitCode = await run(process.argv.slice(2), terminal);
// An exit code that is set already says that the output could not be written, which matters more.
process.exitCode ??= exitCode;
if (exitCode === EXIT_CODES.interrupted.code) {
  setTimeout(endAnyway, 250).unref();
}

/** Node would treat a directory as an empty input. Opened as a file, it is an error. */
function standardInput(): AsyncIterable<Uint8Array> {
  const input = fstatSync(0).isDirectory() ? createReadStream("", { fd: 0 }) : process.stdin;
  return addAbortSignal(interruption.signal, input);
}

/** Before this, there is nothing to stop, and Ctrl-C simply ends the process. */
function startProgress(total: number | undefined, unit: ProgressUnit): Progress | undefined {
  process.once("SIGINT", () => {
    interruption.abort();
    setTimeout(endAnyway, 250).unref();
  });
  const { isTTY, columns } = process.stderr;
  if (isTTY) {
    const write = (text: string): void => void process.stderr.write(text);
    progress = new Progress(total, unit, write, columns, () => performance.now());
  }
  return progress;
}

function stopRequested(): AbortSignal {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interruption.abort());
  }
  return interruption.signal;
}

function status(line: string): void {
  if (process.stderr.isTTY) {
    const { columns } = process.stderr;
    isStatusShown = line !== "";
    process.stderr.write(`\r${line.slice(0, Math.max(0, columns - 1))}\u001b[K`);
  }
}

function eraseStatus(): void {
  if (isStatusShown) {
    status("");
  }
}

/** Nothing else ends a read that waits for the other end of a FIFO. A shell calls this 130 too. */
function endAnyway(): void {
  if (process.exitCode === undefined) {
    terminal.report(`${NAME}: interrupted`);
  }
  process.kill(process.pid, "SIGINT");
}

function packageVersion(): string {
  const manifest = readFileSync(packageFile("package.json"), "utf8");
  const { version }: { version: string } = JSON.parse(manifest);
  return version;
}
