import { isUtf8 } from "node:buffer";
import { constants, type Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { GitignoreRules } from "./gitignore.js";
import type { Problem } from "./problem.js";

/** The files in a folder and below it. */
export type Walk = {
  /** The files, by their paths relative to the root, with slashes. */
  readonly files: readonly string[];
  /** How many links there are. */
  readonly links: number;
  /** Everything that could not be read, or cannot be an artifact. */
  readonly problems: readonly Problem[];
};

/**
 * Finds the files in a folder and in those below it. It follows no link, enters no `.git`,
 * and leaves out the files that the `.gitignore` files between the root and each of them
 * exclude. Those above the folder do not count if they exclude the folder itself.
 *
 * @param root The root of the repository: an absolute path without links.
 * @param folder The folder, relative to the root, with slashes. Empty for the root itself.
 * @param signal Stops the walk when it is aborted.
 * @throws The error of the file system when the folder itself cannot be read.
 * @throws The reason of the signal when it is aborted.
 */
export async function walkFolder(
  root: string,
  folder: string,
  signal?: AbortSignal,
): Promise<Walk> {
  const files: string[] = [];
  const problems: Problem[] = [];
  let links = 0;
  const pending = [{ path: folder, rulesAbove: await rulesAbove(root, folder, problems) }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    signal?.throwIfAborted();
    const { path } = next;
    const entries = await entriesIn(join(root, path)).catch((error: NodeJS.ErrnoException) => {
      if (path === folder) {
        throw error;
      }
      problems.push({ kind: "unreadable", path: folderPath(path), error });
      return [];
    });
    const rules = entries.some(({ name }) => name === GITIGNORE)
      ? await withRulesIn(root, path, next.rulesAbove, problems)
      : next.rulesAbove;
    for (const { name, kind } of entries) {
      if (name === undefined) {
        problems.push({ kind: "invalid_name", path: folderPath(path) });
        continue;
      }
      const child = childPath(path, name);
      if (name === ".git" || rules.exclude(kind === "folder" ? `${child}/` : child)) {
        continue;
      }
      if (kind === "file") {
        files.push(child);
      } else if (kind === "folder") {
        pending.push({ path: child, rulesAbove: rules });
      } else if (kind === "link") {
        links++;
      } else {
        problems.push({ kind: "special_file", path: child });
      }
    }
  }
  return { files, links, problems };
}

type Entry = {
  /** `undefined` if it is not Unicode text. */
  readonly name: string | undefined;
  readonly kind: "file" | "folder" | "link" | "special";
};

async function entriesIn(path: string): Promise<Entry[]> {
  // Read as text, names that are not Unicode text would be changed.
  const entries = await readdir(path, { encoding: "buffer", withFileTypes: true });
  return entries.map((entry) => {
    // The types of Node 20 do not know that the name is a buffer.
    const name = Buffer.from(entry.name);
    return { name: isUtf8(name) ? name.toString() : undefined, kind: kindOf(entry) };
  });
}

function kindOf(entry: Pick<Dirent, "isFile" | "isDirectory" | "isSymbolicLink">): Entry["kind"] {
  if (entry.isFile()) {
    return "file";
  }
  if (entry.isDirectory()) {
    return "folder";
  }
  return entry.isSymbolicLink() ? "link" : "special";
}

/** The rules of the folders from the root to the one above the folder. */
async function rulesAbove(
  root: string,
  folder: string,
  problems: Problem[],
): Promise<GitignoreRules> {
  const names = folder.split("/");
  let rules = GitignoreRules.none;
  for (let depth = 0; folder !== "" && depth < names.length; depth++) {
    rules = await withRulesIn(root, names.slice(0, depth).join("/"), rules, problems);
  }
  return folder !== "" && rules.exclude(`${folder}/`) ? GitignoreRules.none : rules;
}

/** The rules of a folder, after those of the folders above it. */
async function withRulesIn(
  root: string,
  folder: string,
  rules: GitignoreRules,
  problems: Problem[],
): Promise<GitignoreRules> {
  const path = childPath(folder, GITIGNORE);
  try {
    const text = await readFile(join(root, path), { flag: NO_LINK, encoding: "utf8" });
    return rules.with(folder, text);
  } catch (caught) {
    const error: NodeJS.ErrnoException = caught instanceof Error ? caught : new Error();
    if (!NO_RULES.has(error.code ?? "")) {
      problems.push({ kind: "unreadable", path, error });
    }
    return rules;
  }
}

const GITIGNORE = ".gitignore";

/** As in git, a `.gitignore` that is a link or a folder has no effect. */
const NO_RULES = new Set(["ENOENT", "ELOOP", "EMLINK", "EISDIR", "ENXIO"]);

/** Follows no link, and does not wait for a pipe. Windows has neither flag. */
const NO_LINK = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

function childPath(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

function folderPath(folder: string): string {
  return `${folder === "" ? "." : folder}/`;
}
