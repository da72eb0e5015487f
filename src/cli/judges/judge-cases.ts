import { DOSSIER_EVENT_TYPES } from "../../../gen/speckitty/dossier/v1/contract.js";
import type { FixtureCase } from "../../conformance/fixtures.js";
import { CommandError, EXIT_CODES } from "../exit-codes.js";
import type { Terminal } from "../terminal.js";
import { printable } from "../terminal-text.js";
import type { Answer, GivenCase, Judge } from "./answer.js";

/**
 * Gives every case to another program, several at a time.
 *
 * @param judges As many as may run at a time.
 * @returns The answers, in the order of the cases.
 * @throws CommandError when the program does not judge at all, or Ctrl-C was pressed.
 */
export async function judgeCases(
  cases: readonly FixtureCase[],
  judges: readonly [Judge, ...Judge[]],
  terminal: Terminal,
): Promise<readonly Answer[]> {
  const progress = terminal.startProgress(cases.length, "cases");
  const ticking = setInterval(() => progress?.advance(0), TICK);
  const stop = (): void => {
    for (const judge of judges) {
      judge.stop();
    }
  };
  terminal.interrupted.addEventListener("abort", stop);
  const answers: Answer[] = [];
  const queue = cases.entries();
  try {
    await checkAnswers(cases, judges[0], terminal);
    await Promise.all(
      judges.map(async (judge) => {
        for (const [index, each] of queue) {
          checkInterrupted(terminal);
          answers[index] = await judge.judge(each);
          progress?.advance(1);
        }
      }),
    );
    checkInterrupted(terminal);
  } finally {
    clearInterval(ticking);
    terminal.interrupted.removeEventListener("abort", stop);
    progress?.clear();
    stop();
  }
  return answers;
}

/** Milliseconds between updates of the progress while no answer comes. */
const TICK = 250;

/**
 * Makes sure that the program judges at all: a program that fails to start may well end with
 * the exit code that means invalid.
 */
async function checkAnswers(
  cases: readonly FixtureCase[],
  judge: Judge,
  terminal: Terminal,
): Promise<void> {
  const verdicts: boolean[] = [];
  let last: Answer | undefined;
  for (const probe of probes(cases)) {
    last = await judge.judge(probe);
    checkInterrupted(terminal);
    if (last.verdict.kind === "none") {
      throw failure(`the command gives no verdict (${last.verdict.reason})`, last);
    }
    verdicts.push(last.verdict.valid);
  }
  if (last !== undefined && verdicts.every((valid) => valid === verdicts[0])) {
    const word = verdicts[0] ? "valid" : "invalid";
    throw failure(
      `the command does not judge: a valid payload and an empty object are both ${word} to it`,
      last,
    );
  }
}

/** A payload that is plainly valid, and one that is plainly not. */
function probes(cases: readonly FixtureCase[]): readonly GivenCase[] {
  const valid = cases.find(
    ({ expectedValid, eventType }) =>
      expectedValid && DOSSIER_EVENT_TYPES.some((known) => known === eventType),
  );
  return valid === undefined
    ? []
    : [
        { id: "probe-valid", payload: valid.payload, eventType: valid.eventType },
        { id: "probe-invalid", payload: {}, eventType: valid.eventType },
      ];
}

function failure(problem: string, { remarks }: Answer): CommandError {
  const lines = [printable(problem), ...remarks.map((line) => `  ${printable(line)}`)];
  return new CommandError(lines.join("\n"), EXIT_CODES.misuse.code);
}

function checkInterrupted({ interrupted }: Terminal): void {
  if (interrupted.aborted) {
    throw new CommandError("interrupted", EXIT_CODES.interrupted.code);
  }
}
