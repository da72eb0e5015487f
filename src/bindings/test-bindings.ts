// `npm run test:bindings [-- python|go|java|rust|all]`: generates the bindings,
// builds the drivers, and compares their output with the vectors.
import { readFileSync } from "node:fs";
import { columns } from "../cli/table.js";
import { colorsFor, counted, printable } from "../cli/terminal-text.js";
import { BufError } from "../codegen/generate.js";
import { packageFile } from "../conformance/package-files.js";
import { CHECKS, type Check, compare, type Difference } from "./compare.js";
import { knownDifferences, knownFailures } from "./differences.js";
import { generateBindings } from "./generate-bindings.js";
import { LANGUAGES, type Language, languagesNamed, pathsOf } from "./languages.js";
import type { Observation } from "./observation.js";
import { compareKeys, compareStates } from "./states.js";
import { run, ToolError } from "./toolchain.js";
import type { MessageVector, StreamVector } from "./vectors.js";

const USAGE = `Usage: npm run test:bindings -- [${LANGUAGES.map(({ name }) => name).join("|")}|all]

Generates the contract's messages for other languages, builds a program in each that
reads the vectors, and reports every difference from them. Default: all.`;

/** How many failures of a language are shown. */
const SHOWN = 10;

const root = process.cwd();
const messagesFile = packageFile("fixtures/vectors/messages.jsonl");
const streamsFile = packageFile("fixtures/vectors/streams.jsonl");
const messages = readLines<MessageVector>(messagesFile);
const streams = readLines<StreamVector>(streamsFile);
const differences = knownDifferences(root, messages);
const colors = colorsFor(process.stdout, process.env);

/** The number of comparisons of one kind, and the failures among them. */
class Tally {
  total = 0;
  failures: string[] = [];

  add(failure: string | undefined): void {
    this.total++;
    if (failure !== undefined) {
      this.failures.push(failure);
    }
  }

  get cell(): string {
    const failed = this.failures.length;
    return failed === 0 ? `${this.total}` : `${this.total - failed}/${this.total}`;
  }
}

/** The results of one language. */
type Row = {
  readonly language: string;
  readonly tallies: ReadonlyMap<Column, Tally>;
  readonly known: number;
  /** The error that prevented the comparison, if any. */
  readonly problem?: string;
};

const KEYS = "keys";
const STATES = "states";

/** A column of the table. */
type Column = Check | typeof KEYS | typeof STATES;

main();

function main(): void {
  const words = process.argv.slice(2);
  if (words.includes("--help") || words.includes("-h")) {
    console.log(USAGE);
    return;
  }
  let chosen: readonly Language[];
  try {
    chosen = languagesNamed(words.length === 0 ? ["all"] : words);
  } catch (error) {
    console.error(error instanceof ToolError ? error.message : error);
    process.exitCode = 2;
    return;
  }
  const rows = chosen.map((language) => testLanguage(language));
  for (const row of rows) {
    report(row);
  }
  console.log(table(rows).join("\n"));
  const known = rows.reduce((sum, row) => sum + row.known, 0);
  if (known > 0) {
    console.log(`\n${counted(known, "known difference")} of stock behavior, see docs/porting.md`);
  }
  if (rows.some((row) => row.problem !== undefined || failuresOf(row).length > 0)) {
    process.exitCode = 1;
  }
}

function testLanguage(language: Language): Row {
  const tallies = new Map<Column, Tally>();
  const tally = (check: Column): Tally => {
    const found = tallies.get(check) ?? new Tally();
    tallies.set(check, found);
    return found;
  };
  let known = 0;
  try {
    generateBindings(root, language);
    const [command, ...args] = language.buildDriver(pathsOf(root, language));
    const seen = new Map(
      parseLines<Observation>(run(command, [...args, messagesFile])).map((line) => [line.id, line]),
    );
    const failures = knownFailures(differences, language.name);
    for (const vector of messages) {
      const observation = seen.get(vector.id);
      if (observation === undefined) {
        throw new ToolError(`the driver printed no line for ${vector.id}`);
      }
      for (const { check, difference } of compare(vector, observation)) {
        const isKnown = failures.get(vector.id)?.includes(check) ?? false;
        const failure = isKnown ? unlessKnown(check, difference) : difference;
        known += isKnown && difference !== undefined ? 1 : 0;
        tally(check).add(failure && failureText(vector.id, check, failure));
      }
    }
    for (const { id, difference } of compareKeys(streams, seen)) {
      tally(KEYS).add(difference && failureText(id, KEYS, difference));
    }
    const [reducer, ...reducerArgs] = language.reducer?.(pathsOf(root, language)) ?? [];
    if (reducer !== undefined) {
      const states = run(reducer, [...reducerArgs, streamsFile]);
      for (const { id, difference } of compareStates(streams, messages, parseLines(states))) {
        tally(STATES).add(difference && failureText(id, STATES, difference));
      }
    }
  } catch (error) {
    if (!(error instanceof ToolError || error instanceof BufError)) {
      throw error;
    }
    return { language: language.name, tallies, known, problem: error.message };
  }
  return { language: language.name, tallies, known };
}

/** The failure that is reported if a known difference no longer occurs. */
function unlessKnown(check: Check, difference: Difference | undefined): Difference | undefined {
  return difference === undefined && check === "json in"
    ? {
        expected: "read differently from the contract, as bindings/differences.json says",
        found: "read as the contract says: remove it from bindings/differences.json",
      }
    : undefined;
}

function failureText(id: string, check: string, { expected, found }: Difference): string {
  const lines = (sign: string, text: string): string[] =>
    text.split("\n").map((line) => `  ${sign} ${printable(line)}`);
  return [
    `${id}: ${check}`,
    ...lines("-", expected).map((line) => colors.red(line)),
    ...lines("+", found).map((line) => colors.green(line)),
  ].join("\n");
}

function failuresOf({ tallies }: Row): readonly string[] {
  return [...tallies.values()].flatMap(({ failures }) => failures);
}

function report(row: Row): void {
  const failures = failuresOf(row);
  if (row.problem !== undefined) {
    console.error(`${row.language}: ${row.problem}\n`);
  }
  if (failures.length > 0) {
    const hidden = failures.length - SHOWN;
    console.error(
      [
        `${row.language}: ${counted(failures.length, "difference")} (- the vector, + what was seen)`,
        ...failures.slice(0, SHOWN),
        ...(hidden > 0 ? [`… and ${hidden} more`] : []),
        "",
      ].join("\n"),
    );
  }
}

function table(rows: readonly Row[]): string[] {
  const names = [...CHECKS, KEYS, STATES] as const;
  const lines = columns([
    ["", ...names],
    ...rows.map(({ language, tallies, problem }) => [
      language,
      ...names.map((name) => (problem !== undefined ? "failed" : (tallies.get(name)?.cell ?? "-"))),
    ]),
  ]);
  return lines.map((line, index) => {
    const row = rows[index - 1];
    if (row === undefined) {
      return colors.bold(line);
    }
    const failed = row.problem !== undefined || failuresOf(row).length > 0;
    return failed ? colors.red(line) : colors.green(line);
  });
}

function readLines<T>(file: string): T[] {
  return parseLines(readFileSync(file, "utf8"));
}

/** Parses JSON Lines of this project's own files and drivers, whose shape is not checked. */
function parseLines<T>(text: string): T[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as T);
}
