// `npm run fuzz`: tries what nobody thought of, and keeps what goes wrong.
import { randomInt } from "node:crypto";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Finding } from "./finding.js";
import { keep } from "./kept.js";
import { TARGETS } from "./targets/index.js";
import { watchTarget } from "./watch.js";

const KEPT = resolve(import.meta.dirname, "../../fuzz/regressions");

const names = TARGETS.map(({ name }) => name);

const HELP = `Usage: npm run fuzz -- [options]

  --seconds <n>    how long, for all targets together (default: 60)
  --seed <n>       try the same cases again (default: a random one)
  --target <name>  fuzz only this; may be given several times (default: all)
                   ${names.join(", ")}
  --keep <folder>  where failing cases are kept (default: fuzz/regressions)

Exit code 1 when something was found.
`;

const values = givenOptions();

if (values.help) {
  process.stdout.write(HELP);
} else {
  await main();
}

function givenOptions() {
  try {
    return parseArgs({
      options: {
        seconds: { type: "string", default: "60" },
        seed: { type: "string", default: String(randomInt(2 ** 31)) },
        target: { type: "string", multiple: true, default: [] },
        keep: { type: "string", default: KEPT },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  }
}

async function main(): Promise<void> {
  const seed = wholeNumber("seed");
  const seconds = wholeNumber("seconds");
  const unknown = values.target.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    fail(`no target ${unknown} (known: ${names.join(", ")})`);
  }
  const chosen = TARGETS.filter(
    ({ name }) => values.target.length === 0 || values.target.includes(name),
  );
  const shares = chosen.reduce((sum, { share }) => sum + share, 0);
  print(`seed ${seed}, ${seconds} seconds`);
  const rows: [string, number, number][] = [];
  for (const { name, share } of chosen) {
    const findings: Finding[] = [];
    const executions = await watchTarget(
      { target: name, kept: KEPT, seed, milliseconds: (1000 * seconds * share) / shares },
      (finding) => {
        findings.push(finding);
        printFinding(finding, keep(values.keep, finding), seed);
      },
    );
    rows.push([name, executions, findings.length]);
  }
  for (const [name, executions, findings] of rows) {
    print(`${name.padEnd(12)}${String(executions).padStart(9)} executions  ${findings} findings`);
  }
  process.exitCode = rows.some(([, , findings]) => findings > 0) ? 1 : 0;
}

function printFinding({ target, signature, problem }: Finding, file: string, seed: number): void {
  print(`\nFINDING in ${target}: ${signature}`);
  print(`again: npm run fuzz -- --target ${target} --seed ${seed}`);
  print(`kept:  ${file}`);
  print(`${problem}\n`);
}

function wholeNumber(name: "seconds" | "seed"): number {
  const number = Number(values[name]);
  return Number.isSafeInteger(number) && number >= 0
    ? number
    : fail(`--${name} must be a whole number`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
