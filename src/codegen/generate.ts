import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { delimiter, join, relative, resolve, sep } from "node:path";

/** A folder that generated files are written to. */
export type GeneratedFolder = {
  readonly name: string;
  /** What its files are, for people. */
  readonly noun: string;
  /** Whether it holds nothing else. */
  readonly exclusive: boolean;
};

/** Where generated files are. */
export const GENERATED_FOLDERS: readonly GeneratedFolder[] = [
  { name: "gen", noun: "TypeScript files", exclusive: true },
  { name: "schemas", noun: "schemas", exclusive: true },
  { name: "docs", noun: "pages", exclusive: false },
];

/** Raised when buf ends with an error. What it says is the message. */
export class BufError extends Error {
  override readonly name = "BufError";
}

/**
 * Runs buf in a project.
 *
 * @returns What buf printed.
 * @throws BufError when it ends with an error.
 */
export function runBuf(root: string, args: readonly string[]): string {
  const tools = resolve(root, "node_modules/.bin");
  const result = spawnSync(join(tools, "buf"), args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, PATH: `${tools}${delimiter}${process.env["PATH"] ?? ""}` },
  });
  if (result.error !== undefined) {
    throw new BufError(`cannot run buf: ${result.error.message} (is the project installed?)`);
  }
  if (result.status !== 0) {
    throw new BufError(`${result.stdout}${result.stderr}`.trim());
  }
  return result.stdout;
}

/** Generates everything of a project into another folder. */
export function generateInto(root: string, output: string): void {
  runBuf(root, ["generate", "--output", output]);
}

/** The paths of the files in a folder, relative to `base`, in order. Empty when there is no folder. */
export function listFiles(folder: string, base: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(base, join(entry.parentPath, entry.name)).split(sep).join("/"))
      .sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return [];
    }
    throw error;
  }
}
