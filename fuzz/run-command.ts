import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What a run of the command gets. */
export type CommandCase = {
  /** Its arguments. Files are named relative to a folder of their own. */
  readonly args: readonly string[];
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly stdin: {
    readonly kind: "nothing" | "file" | "pipe" | "folder";
    readonly bytes: Uint8Array;
    /** Where the input is cut, when it comes through a pipe. */
    readonly cuts: readonly number[];
  };
  /** Whether nobody reads the output to its end. */
  readonly closesOutput: boolean;
};

/** What a run of the command came to. */
export type CommandRun = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly isTimedOut: boolean;
};

// The package has no entry point for it: where the one for the library is, it is too.
const MAIN = fileURLToPath(new URL("../cli/main.js", import.meta.resolve("mission-dossier")));

/** A run that takes longer hangs. */
const TIME_LIMIT = 20_000;

/** Runs the built command. */
export async function runCommand(given: CommandCase): Promise<CommandRun> {
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-fuzz-"));
  try {
    for (const { name, bytes } of given.files) {
      writeFileSync(join(folder, name), bytes);
    }
    const input = join(folder, ".stdin");
    writeFileSync(input, given.stdin.bytes);
    const opened = openedInput(given.stdin.kind, folder, input);
    try {
      return await run(given, folder, opened);
    } finally {
      if (typeof opened === "number") {
        closeSync(opened);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openedInput(
  kind: CommandCase["stdin"]["kind"],
  folder: string,
  input: string,
): "ignore" | "pipe" | number {
  switch (kind) {
    case "nothing":
      return "ignore";
    case "pipe":
      return "pipe";
    case "file":
      return openSync(input, "r");
    case "folder":
      return openSync(folder, "r");
  }
}

async function run(
  { args, stdin, closesOutput }: CommandCase,
  folder: string,
  input: "ignore" | "pipe" | number,
): Promise<CommandRun> {
  const child = spawn(process.execPath, ["--max-old-space-size=512", MAIN, ...args], {
    cwd: folder,
    stdio: [input, "pipe", "pipe"],
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr?.on("data", (chunk: Buffer) => stderr.push(chunk));
  if (closesOutput) {
    child.stdout?.destroy();
  }
  // The command may end before it has read everything.
  child.stdin?.on("error", () => {});
  let isTimedOut = false;
  const timer = setTimeout(() => {
    isTimedOut = true;
    child.kill("SIGKILL");
  }, TIME_LIMIT);
  const ended = new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.on("close", (...end) => resolve(end));
    child.on("error", reject);
  });
  try {
    let start = 0;
    for (const end of [...stdin.cuts].sort((a, b) => a - b)) {
      child.stdin?.write(stdin.bytes.subarray(start, Math.max(start, end)));
      start = Math.max(start, end);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    child.stdin?.end(stdin.bytes.subarray(start));
    const [code, signal] = await ended;
    return {
      code,
      signal,
      stdout: Buffer.concat(stdout),
      stderr: Buffer.concat(stderr).toString("utf8"),
      isTimedOut,
    };
  } finally {
    clearTimeout(timer);
  }
}
