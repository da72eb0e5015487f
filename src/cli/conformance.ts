import { spawnSync } from "node:child_process";
import {
  FIXTURE_CATEGORIES,
  type FixtureCase,
  listReplayStreams,
  loadFixtures,
  loadReducerOutput,
  loadReplayStream,
} from "../conformance/fixtures.js";
import { validateEvent } from "../conformance/validate-event.js";
import { reduceMissionDossier } from "../dossier/reduce.js";
import { stateToJsonString } from "../dossier/state.js";
import { excerpt } from "../event/errors/mission-dossier-error.js";
import { CommandError, EXIT_CODES, type ExitCode } from "./exit-codes.js";
import type { Terminal } from "./terminal.js";
import { columns, counted, printable } from "./terminal-text.js";

/** The options of `mission-dossier conformance`. */
export type ConformanceCommandOptions = {
  /** Another program's validator, as a shell command. */
  readonly command?: string;
};

/**
 * Runs every case that ships with the package, against this package or another
 * program's validator, and prints the results.
 *
 * @throws CommandError when the other program cannot be run.
 */
export function runConformance(
  { command }: ConformanceCommandOptions,
  terminal: Terminal,
): ExitCode {
  const groups = [
    ...FIXTURE_CATEGORIES.map((category) => ({
      name: category,
      outcomes: loadFixtures(category).map((fixture) =>
        command === undefined ? judge(fixture) : judgeWith(command, fixture),
      ),
    })),
    // Streams are not given to another program, which judges payloads only.
    {
      name: "streams, reduced",
      outcomes: command === undefined ? listReplayStreams().map(reduceStream) : [],
    },
  ].filter(({ outcomes }) => outcomes.length > 0);
  const failures = groups.flatMap(({ outcomes }) => outcomes.filter(({ problem }) => problem));
  const total = groups.reduce((sum, { outcomes }) => sum + outcomes.length, 0);
  for (const line of columns([
    ["suite", "cases", "passed", "failed"],
    ...groups.map(({ name, outcomes }) => {
      const failed = outcomes.filter(({ problem }) => problem !== undefined).length;
      return [name, ...[outcomes.length, outcomes.length - failed, failed].map(String)];
    }),
  ])) {
    terminal.write(`${line}\n`);
  }
  if (failures.length > 0) {
    terminal.write("\n");
    for (const { id, problem } of failures) {
      terminal.write(`${id}: ${printable(problem ?? "")}\n`);
    }
  }
  terminal.report(
    failures.length === 0
      ? `${counted(total, "case")}, all as expected`
      : `${counted(total, "case")}, ${failures.length} not as expected`,
  );
  return failures.length === 0 ? EXIT_CODES.ok.code : EXIT_CODES.rejected.code;
}

/** The outcome of a case: `problem` is undefined if it went as expected. */
type Outcome = { readonly id: string; readonly problem: string | undefined };

function judge({ id, payload, eventType, expectedValid, notes }: FixtureCase): Outcome {
  const { valid } = validateEvent(payload, eventType);
  return { id, problem: verdictProblem(expectedValid, valid, notes) };
}

function judgeWith(command: string, fixture: FixtureCase): Outcome {
  const { id, payload, eventType, expectedValid, notes } = fixture;
  // Event types are plain words, which need no quotes in any shell.
  const { status, signal, stderr, error } = spawnSync(`${command} ${eventType}`, {
    shell: true,
    input: JSON.stringify(payload),
    // The verdict is the exit code; standard output is ignored.
    stdio: ["pipe", "ignore", "pipe"],
    maxBuffer: MAX_ERROR_OUTPUT,
    encoding: "utf8",
  });
  if (error !== undefined && !("code" in error && error.code === "EPIPE")) {
    throw new CommandError(`cannot run the command: ${error.message}`, EXIT_CODES.misuse.code);
  }
  switch (status) {
    case 0:
    case 1:
      return { id, problem: verdictProblem(expectedValid, status === 0, notes) };
    case 126:
    case 127: {
      const reason = stderr.trim() || "no such command";
      throw new CommandError(
        `cannot run the command: ${printable(excerpt(reason))}`,
        EXIT_CODES.misuse.code,
      );
    }
    default: {
      const end = signal === null ? `exit code ${status}` : `signal ${signal}`;
      return { id, problem: `no verdict (${end}; 0 is valid, 1 is invalid)` };
    }
  }
}

const MAX_ERROR_OUTPUT = 2 ** 26;

function verdictProblem(expected: boolean, found: boolean, notes: string): string | undefined {
  return expected === found
    ? undefined
    : `expected ${verdictName(expected)}, found ${verdictName(found)}: ${notes}`;
}

function verdictName(valid: boolean): string {
  return valid ? "valid" : "invalid";
}

function reduceStream(id: string): Outcome {
  const state = reduceMissionDossier(loadReplayStream(id));
  return {
    id,
    problem:
      `${stateToJsonString(state, 2)}\n` === loadReducerOutput(id)
        ? undefined
        : "the state is not the expected one",
  };
}
