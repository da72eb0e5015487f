import { spawnSync } from "node:child_process";

/** A program of a language's toolchain that must be installed already. */
export type Need = {
  readonly command: string;
  /** Arguments that print a version. */
  readonly args: readonly string[];
  /** The oldest version that suffices, as `major.minor`. */
  readonly atLeast: string;
  /** The words that complete "install …" when it is missing or too old. */
  readonly install: string;
};

/** Raised for a missing or failing tool, or a wrong argument. The message is for the user. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/**
 * Makes sure that a program is installed and new enough.
 *
 * @throws ToolError that says what to install.
 */
export function checkNeed({ command, args, atLeast, install }: Need): void {
  const { error, status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  if (error !== undefined || status !== 0) {
    throw new ToolError(`${command} is missing: install ${install}`);
  }
  // Every program prints its version first, and some print other numbers after it.
  const version = /\d+(?:\.\d+)?/.exec(`${stdout}${stderr}`)?.[0] ?? "0";
  if (isOlder(version, atLeast)) {
    throw new ToolError(`${command} ${version} is too old: install ${install}`);
  }
}

function isOlder(version: string, atLeast: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const [leastMajor = 0, leastMinor = 0] = atLeast.split(".").map(Number);
  return major < leastMajor || (major === leastMajor && minor < leastMinor);
}

/** Options for running a command. */
export type RunOptions = {
  readonly env?: { readonly [name: string]: string };
};

/**
 * Runs a command without showing its output.
 *
 * @returns The standard output.
 * @throws ToolError with the command and its output when it fails.
 */
export function run(
  command: string,
  args: readonly string[],
  { env = {} }: RunOptions = {},
): string {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 30,
  });
  if (error !== undefined) {
    throw new ToolError(`cannot run ${command}: ${error.message}`);
  }
  if (status !== 0) {
    throw new ToolError(
      `${[command, ...args].join(" ")} ended with ${status}\n${stdout}${stderr}`.trimEnd(),
    );
  }
  return stdout;
}
