import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, relative, resolve, sep } from "node:path";

/** A folder with generated files. */
export type GeneratedFolder = {
  readonly name: string;
  /** A word for its files, in messages. */
  readonly noun: string;
  /** Whether all files in it are generated. */
  readonly exclusive: boolean;
};

/** The folders with generated files. */
export const GENERATED_FOLDERS: readonly GeneratedFolder[] = [
  { name: "gen", noun: "TypeScript files", exclusive: true },
  { name: "schemas", noun: "schemas", exclusive: true },
  { name: "docs", noun: "pages", exclusive: false },
];

/** Raised when buf ends with an error, or cannot be run. Its message is buf's output. */
export class BufError extends Error {
  override readonly name = "BufError";
}

/**
 * Runs buf in a project, or in another folder with the project's tools.
 *
 * @returns The standard output of buf.
 * @throws BufError when buf ends with an error, or cannot be run.
 */
export function runBuf(root: string, args: readonly string[], folder = root): string {
  const tools = resolve(root, "node_modules/.bin");
  const result = spawnSync(join(tools, "buf"), args, {
    cwd: folder,
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

/**
 * Generates all generated files of a project into another folder: from its IDL, and from the
 * sources of later generations that are generated from it.
 */
export function generateInto(root: string, output: string): void {
  runBuf(root, ["generate", "--output", output]);
  if (!existsSync(join(root, LATER))) {
    return;
  }
  withLaterSources(root, output, (workspace) => {
    const sources = join(workspace, LATER_SOURCES);
    runBuf(root, ["format", "--write", sources]);
    cpSync(sources, join(output, LATER_SOURCES), { recursive: true });
    runBuf(root, ["generate", sources, "--template", LATER, "--output", output]);
  });
}

/**
 * Gives `work` a workspace with the IDL and the sources of later generations that were generated
 * from it. They share one, since these sources need the options that the IDL declares.
 *
 * @param generated The folder that all files were generated into.
 */
export function withLaterSources<T>(
  root: string,
  generated: string,
  work: (workspace: string) => T,
): T {
  const workspace = mkdtempSync(join(tmpdir(), "mission-dossier-workspace-"));
  try {
    for (const [from, path] of [
      [root, "buf.yaml"],
      [root, "proto"],
      [generated, LATER_SOURCES],
    ] as const) {
      cpSync(join(from, path), join(workspace, path), { recursive: true });
    }
    return work(workspace);
  } finally {
    rmSync(workspace, { recursive: true, force: true });
  }
}

/** The sources of later generations, in a project and in what is generated. */
export const LATER_SOURCES = "gen/proto";

/** The template for the sources of later generations. A contract may have none. */
const LATER = "buf.gen.later.yaml";

/** The sorted paths of the files in a folder, relative to `base`; none if it does not exist. */
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
