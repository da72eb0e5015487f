import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import manifest from "../../package.json" with { type: "json" };
import { run as runHere } from "../../src/cli/run.js";
import { colorsFor } from "../../src/cli/terminal-text.js";

/** The command, as it is installed. */
const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../../fixtures/dossier/replay/", import.meta.url));

/** A stream that ends clean. */
export const HAPPY_PATH = join(FIXTURES, "dossier_replay_happy_path.jsonl");
/** A stream of another mission, that ends drifted. */
export const DRIFT_SCENARIO = join(FIXTURES, "dossier_replay_drift_scenario.jsonl");

/** The outcome of a run of the command. */
export type Run = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output before it is taken for text. */
  readonly bytes: Buffer;
};

/** The input of a run of the command besides its arguments. */
export type Surroundings = {
  /** The content of standard input. Default: empty. */
  readonly input?: string | Uint8Array;
  readonly env?: { readonly [name: string]: string };
  readonly cwd?: string;
  /** Whether Ctrl-C is pressed as soon as the command watches for it. */
  readonly isStopped?: boolean;
};

/**
 * Runs the command with these arguments. A process is started only where the surroundings need
 * one: it takes a third of a second.
 */
export async function missionDossier(
  args: readonly string[],
  surroundings: Surroundings = {},
): Promise<Run> {
  const { input = "", env, cwd, isStopped = false } = surroundings;
  if (env !== undefined || cwd !== undefined) {
    return await run(process.execPath, [MAIN, ...args], surroundings);
  }
  const stdout: Buffer[] = [];
  const stderr: string[] = [];
  const code = await runHere(args, {
    standardInput: () => Readable.from(input.length === 0 ? [] : [Buffer.from(input)]),
    isWaiting: false,
    interrupted: new AbortController().signal,
    stopRequested: () => (isStopped ? AbortSignal.abort() : new AbortController().signal),
    status: () => undefined,
    startProgress: () => undefined,
    write: (piece) => stdout.push(Buffer.from(piece)),
    ready: () => undefined,
    isOutputOver: () => false,
    width: undefined,
    reportWidth: undefined,
    isInteractive: false,
    report: (line) => stderr.push(`${line}\n`),
    colors: colorsFor({ isTTY: false }, {}),
    version: manifest.version,
  });
  const bytes = Buffer.concat(stdout);
  return { code, bytes, stdout: bytes.toString(), stderr: stderr.join("") };
}

/** Runs a line of shell, in which `$CLI` is the built command. */
export function shell(line: string, { env = {}, ...others }: Surroundings = {}): Promise<Run> {
  const script = `set -u; CLI() { "${process.execPath}" "${MAIN}" "$@"; }; ${line}`;
  return run("sh", ["-c", script], { ...others, env });
}

/** A run of the command that goes on. */
export type Running = {
  /** Writes a piece of standard input, which stays open. */
  readonly send: (piece: string | Uint8Array) => void;
  /** Ends standard input. */
  readonly end: () => void;
  readonly interrupt: () => void;
  /** Waits until standard error has a text. */
  readonly reported: (text: string) => Promise<void>;
  /** Waits until standard output has a text. */
  readonly printed: (text: string) => Promise<void>;
  readonly ended: Promise<Run & { readonly signal: NodeJS.Signals | null }>;
};

/** Starts the built command with these arguments, and standard input open. */
export function startMissionDossier(
  args: readonly string[],
  surroundings: Surroundings = {},
): Running {
  const child = start(process.execPath, [MAIN, ...args], "pipe", surroundings);
  const seen = { stdout: "", stderr: "" };
  const said = async (stream: "stdout" | "stderr", text: string): Promise<void> => {
    while (!seen[stream].includes(text)) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`The command has ended without ${text}: ${seen[stream]}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.on("data", (chunk: Buffer) => {
      seen[stream] += chunk;
    });
  }
  return {
    send: (piece) => child.stdin?.write(piece),
    end: () => child.stdin?.end(),
    interrupt: () => child.kill("SIGINT"),
    reported: (text) => said("stderr", text),
    printed: (text) => said("stdout", text),
    ended: endOf(child).then((run) => ({ ...run, signal: child.signalCode })),
  };
}

function run(program: string, args: readonly string[], surroundings: Surroundings = {}) {
  const { input } = surroundings;
  const child = start(program, args, input === undefined ? "ignore" : "pipe", surroundings);
  const ended = endOf(child);
  // The command may end before it has read everything.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  return ended;
}

function start(
  program: string,
  args: readonly string[],
  stdin: "ignore" | "pipe",
  { env, cwd }: Surroundings = {},
): ChildProcess {
  return spawn(program, args, {
    ...(cwd === undefined ? {} : { cwd }),
    // Nothing that the tests are started with may change what a run prints.
    env: { PATH: process.env["PATH"], ...env },
    stdio: [stdin, "pipe", "pipe"],
  });
}

function endOf(child: ChildProcess): Promise<Run> {
  return new Promise<Run>((resolve, reject) => {
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const bytes = Buffer.concat(stdout);
      resolve({ code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(stderr).toString() });
    });
  });
}

/** A directory for the files of one test file, gone when its tests are done. */
export function temporaryDirectory(): {
  readonly path: string;
  readonly write: (name: string, content: string | Uint8Array) => string;
} {
  const path = mkdtempSync(join(tmpdir(), "mission-dossier-"));
  afterAll(() => rmSync(path, { recursive: true }));
  return {
    path,
    write: (name, content) => {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
  };
}

/** JSON Lines. */
export function lines(...values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join("");
}
