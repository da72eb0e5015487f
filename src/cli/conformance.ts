import { availableParallelism } from "node:os";
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
import { type ContractOptions, FIRST_GENERATION } from "../event/generation/generation.js";
import { CommandError, EXIT_CODES, type ExitCode } from "./exit-codes.js";
import { type Answer, DEFAULT_TIMEOUT, type Judge } from "./judges/answer.js";
import { ExitCodeJudge } from "./judges/exit-code-judge.js";
import { judgeCases } from "./judges/judge-cases.js";
import { LinesJudge } from "./judges/lines-judge.js";
import { columns } from "./table.js";
import type { Terminal } from "./terminal.js";
import { counted, printable } from "./terminal-text.js";

/** How another program gets the cases and gives its verdicts. */
export type Protocol = "exit-code" | "lines";

/** The options of `mission-dossier conformance`. */
export type ConformanceCommandOptions = {
  /** Another program's validator, as a shell command. */
  readonly command?: string;
  /** Default: `exit-code`. */
  readonly protocol?: Protocol;
  /** How many processes run at a time. Default: 1 for `lines`, else one for each processor. */
  readonly jobs?: number;
  /** How many seconds the program may take for a case. Default: {@link DEFAULT_TIMEOUT}. */
  readonly timeout?: number;
  /** The generation of the cases. Default: all for this package, the first for another program. */
  readonly contract?: ContractOptions["contract"];
};

/**
 * Runs the cases that ship with the package, against this package or another
 * program's validator, and prints the results.
 *
 * @throws CommandError when the other program does not judge, or Ctrl-C was pressed.
 */
export async function runConformance(
  options: ConformanceCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { command } = options;
  checkOptions(options);
  const groups =
    command === undefined
      ? ownResults(options, terminal)
      : await resultsOf(command, options, terminal);
  printTable(groups, command !== undefined, terminal);
  const outcomes = groups.flatMap((group) => group.outcomes);
  const failures = outcomes.filter(({ problem }) => problem !== undefined);
  if (failures.length > 0) {
    terminal.write("\n");
    for (const { id, problem, remarks } of failures) {
      terminal.write(`${id}: ${printable(problem ?? "")}\n`);
      terminal.write(remarks.map((line) => `  ${printable(line)}\n`).join(""));
      await terminal.ready();
    }
  }
  reportDoubtful(options, outcomes, terminal);
  terminal.report(
    failures.length === 0
      ? `${counted(outcomes.length, "case")}, all as expected`
      : `${counted(outcomes.length, "case")}, ${failures.length} not as expected`,
  );
  return failures.length === 0 ? EXIT_CODES.ok.code : EXIT_CODES.rejected.code;
}

/**
 * Points at verdicts that may be crashes: many languages end with 1 after an exception, which
 * is the exit code for invalid.
 */
function reportDoubtful(
  { command, protocol }: ConformanceCommandOptions,
  outcomes: readonly Outcome[],
  terminal: Terminal,
): void {
  const doubtful = outcomes.filter(
    ({ problem, remarks }) => problem === undefined && remarks.length > 0,
  );
  const [first] = doubtful;
  if (command === undefined || protocol === "lines" || first === undefined) {
    return;
  }
  terminal.report(
    `${counted(doubtful.length, "verdict")} as expected, but with text on standard error. A crash\n` +
      `that ends with exit code 1 looks like that; --protocol lines tells the two apart.\n` +
      `The first, ${first.id}:`,
  );
  for (const line of first.remarks) {
    terminal.report(`  ${printable(line)}`);
  }
}

function checkOptions({ command, contract: _, ...others }: ConformanceCommandOptions): void {
  const [unused] = Object.keys(others);
  if (command === undefined && unused !== undefined) {
    throw new CommandError(`--${unused} needs --command`, EXIT_CODES.misuse.code);
  }
}

/** The outcome of a case: `problem` is undefined if it went as expected. */
type Outcome = {
  readonly id: string;
  readonly problem: string | undefined;
  /** False if the program gave no verdict. */
  readonly isJudged: boolean;
  readonly remarks: readonly string[];
};

type Group = { readonly name: string; readonly outcomes: readonly Outcome[] };

function ownResults({ contract }: ConformanceCommandOptions, terminal: Terminal): readonly Group[] {
  const categories = casesOf(contract);
  const streams = listReplayStreams({ contract });
  const total = categories.reduce((sum, { cases }) => sum + cases.length, streams.length);
  const progress = terminal.startProgress(total, "cases");
  const watched =
    <T>(toOutcome: (given: T) => Outcome) =>
    (given: T): Outcome => {
      const outcome = toOutcome(given);
      progress?.advance(1);
      return outcome;
    };
  const groups = [
    ...categories.map(({ name, cases }) => ({ name, outcomes: cases.map(watched(ownOutcome)) })),
    { name: "streams, reduced", outcomes: streams.map(watched(reduceStream)) },
  ].filter(({ outcomes }) => outcomes.length > 0);
  progress?.clear();
  return groups;
}

/** The results of another program. It judges payloads only, so it does not get the streams. */
async function resultsOf(
  command: string,
  options: ConformanceCommandOptions,
  terminal: Terminal,
): Promise<readonly Group[]> {
  // Most other programs know one generation of the contract.
  const categories = casesOf(options.contract ?? FIRST_GENERATION);
  const all = categories.flatMap(({ cases }) => cases);
  const answers = await judgeCases(all, startJudges(command, options), terminal);
  const outcomes = new Map(all.map((each, index) => [each, outcomeOf(each, answers[index])]));
  return categories
    .map(({ name, cases }) => ({
      name,
      outcomes: cases.flatMap((each) => outcomes.get(each) ?? []),
    }))
    .filter((group) => group.outcomes.length > 0);
}

function casesOf(contract: ContractOptions["contract"]) {
  return FIXTURE_CATEGORIES.map((name) => ({ name, cases: loadFixtures(name, { contract }) }));
}

function startJudges(
  command: string,
  { protocol = "exit-code", jobs, timeout = DEFAULT_TIMEOUT }: ConformanceCommandOptions,
): readonly [Judge, ...Judge[]] {
  const start = (): Judge =>
    protocol === "lines" ? new LinesJudge(command, timeout) : new ExitCodeJudge(command, timeout);
  const count = jobs ?? (protocol === "lines" ? 1 : availableParallelism());
  return [start(), ...Array.from({ length: count - 1 }, start)];
}

function ownOutcome(fixture: FixtureCase): Outcome {
  const { id, payload, eventType, expectedValid, notes, contract } = fixture;
  const { valid } = validateEvent(payload, eventType, { contract });
  return { id, problem: verdictProblem(expectedValid, valid, notes), isJudged: true, remarks: [] };
}

function outcomeOf({ id, expectedValid, notes }: FixtureCase, answer: Answer | undefined): Outcome {
  if (answer === undefined) {
    throw new Error(`no answer to the case ${id}`);
  }
  const { verdict, remarks } = answer;
  return verdict.kind === "none"
    ? { id, problem: `no verdict (${verdict.reason})`, isJudged: false, remarks }
    : {
        id,
        problem: verdictProblem(expectedValid, verdict.valid, notes),
        isJudged: true,
        remarks,
      };
}

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
  const isExpected = `${stateToJsonString(state, 2)}\n` === loadReducerOutput(id);
  const problem = isExpected ? undefined : "the state is not the expected one";
  return { id, problem, isJudged: true, remarks: [] };
}

function printTable(groups: readonly Group[], isOther: boolean, terminal: Terminal): void {
  const rows = groups.map(({ name, outcomes }) => {
    const unjudged = outcomes.filter(({ isJudged }) => !isJudged).length;
    const passed = outcomes.filter(({ problem }) => problem === undefined).length;
    const counts = [outcomes.length, passed, outcomes.length - passed - unjudged];
    return [name, ...[...counts, ...(isOther ? [unjudged] : [])].map(String)];
  });
  const head = ["suite", "cases", "passed", "failed", ...(isOther ? ["no verdict"] : [])];
  for (const line of columns([head, ...rows], { width: terminal.width })) {
    terminal.write(`${line}\n`);
  }
}
