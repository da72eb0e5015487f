import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";

const MAIN = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../../fixtures/dossier/replay/", import.meta.url));

/** A stream that ends clean. */
export const HAPPY_PATH = join(FIXTURES, "dossier_replay_happy_path.jsonl");
/** A stream of another mission, that ends drifted. */
export const DRIFT_SCENARIO = join(FIXTURES, "dossier_replay_drift_scenario.jsonl");

/** What a run of the command came to. */
export type Run = {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Standard output before it is taken for text. */
  readonly bytes: Buffer;
};

/** What a run of the command gets beside its arguments. */
export type Surroundings = {
  /** What is on standard input. Nothing by default. */
  readonly input?: string | Uint8Array;
  readonly env?: { readonly [name: string]: string };
  readonly cwd?: string;
};

/** Runs the built command with these arguments. */
export function missionDossier(args: readonly string[], surroundings?: Surroundings): Promise<Run> {
  return run(process.execPath, [MAIN, ...args], surroundings);
}

/** Runs a line of shell, in which `$CLI` is the built command. */
export function shell(line: string, { env = {}, ...others }: Surroundings = {}): Promise<Run> {
  const script = `set -u; CLI() { "${process.execPath}" "${MAIN}" "$@"; }; ${line}`;
  return run("sh", ["-c", script], { ...others, env });
}

function run(program: string, args: readonly string[], surroundings: Surroundings = {}) {
  const { input, env, cwd } = surroundings;
  return new Promise<Run>((resolve, reject) => {
    const child = spawn(program, args, {
      ...(cwd === undefined ? {} : { cwd }),
      // Nothing that the tests are started with may change what a run prints.
      env: { PATH: process.env["PATH"], ...env },
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", reject);
    child.on("close", (code) => {
      const bytes = Buffer.concat(stdout);
      resolve({ code, bytes, stdout: bytes.toString(), stderr: Buffer.concat(stderr).toString() });
    });
    child.stdin?.end(input);
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
