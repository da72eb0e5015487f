// `npm run fuzz`: looks for inputs that nobody thought of.
import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { TARGETS } from "./targets.js";

const names = TARGETS.map(({ name }) => name);

const HELP = `Usage: npm run fuzz -- [options]

  --seconds <n>    how long, for all targets together (default: 60)
  --seed <n>       try the same cases again (default: a random one)
  --path <path>    with --seed and --target: begin with the case that failed
  --target <name>  fuzz only this; may be given several times (default: all)
                   ${names.join(", ")}

Exit code 1 when something was found.
`;

/** How long after its time a target still runs before it hangs. */
const GRACE = 60_000;

const { help, path, target: given, ...numbers } = givenOptions();
const seconds = wholeNumber("seconds");
const seed = wholeNumber("seed");
const unknown = given.find((name) => !names.includes(name));
if (unknown !== undefined) {
  fail(`no target ${unknown} (known: ${names.join(", ")})`);
}
const chosen = given.length === 0 ? names : given;
if (help) {
  print(HELP);
} else if (chosen.length === 1) {
  await fuzz(chosen[0] ?? "");
} else {
  print(`seed ${seed}, ${seconds} seconds`);
  fuzzEach();
}

/** Each target runs in a process of its own, so that one that hangs stops no other. */
function fuzzEach(): void {
  const share = Math.max(1, Math.floor(seconds / chosen.length));
  for (const name of chosen) {
    const options = ["--target", name, "--seconds", `${share}`, "--seed", `${seed}`];
    const script = process.argv[1] ?? "";
    const { status } = spawnSync(process.execPath, [script, ...options], {
      stdio: "inherit",
      timeout: 1000 * share + GRACE,
      killSignal: "SIGKILL",
    });
    if (status === null) {
      print(`${name}: it hangs, or the process was killed (seed ${seed})`);
    }
    process.exitCode = status === 0 ? (process.exitCode ?? 0) : 1;
  }
}

async function fuzz(name: string): Promise<void> {
  const { runs = 0, failure } =
    (await TARGETS.find((target) => target.name === name)?.check({
      seed,
      numRuns: 2 ** 31 - 1,
      ...(path === undefined ? {} : { path }),
      interruptAfterTimeLimit: 1000 * seconds,
      markInterruptAsFailure: false,
    })) ?? {};
  print(`${name.padEnd(12)}${`${runs}`.padStart(9)} runs  ${failure ?? "nothing found"}`);
  process.exitCode = failure === undefined ? 0 : 1;
}

function givenOptions() {
  try {
    return parseArgs({
      options: {
        seconds: { type: "string", default: "60" },
        seed: { type: "string", default: String(randomInt(2 ** 31)) },
        path: { type: "string" },
        target: { type: "string", multiple: true, default: [] },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  }
}

function wholeNumber(name: "seconds" | "seed"): number {
  const number = Number(numbers[name]);
  return Number.isSafeInteger(number) ? number : fail(`--${name} must be a whole number`);
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
