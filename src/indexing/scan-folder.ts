import { realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { compareCodePoints } from "../parity/code-points.js";
import { type Algorithm, type HashedFile, hashFile } from "./hash-file.js";
import type { Problem } from "./problem.js";
import { walkFolder } from "./walk-folder.js";

/** Where and how to look for files. */
export type ScanOptions = {
  /** The root of the repository: an absolute path without links. */
  readonly root: string;
  /** The folder, relative to the root, with slashes. Empty for the root itself. */
  readonly folder: string;
  /** Is given the number of bytes of each piece that has been read. */
  readonly onRead?: (bytes: number) => void;
  /** Stops the scan when it is aborted. */
  readonly signal?: AbortSignal;
};

/** The content of a folder. */
export type Scan = {
  /** The files by their paths relative to the root, with slashes, in the order of the paths. */
  readonly files: ReadonlyMap<string, HashedFile>;
  /** How many links there are. None is followed. */
  readonly links: number;
  /** Everything in the folder that has no hash. */
  readonly problems: readonly Problem[];
};

/**
 * Hashes the files in a folder, some at a time: those that no `.gitignore` excludes, and those
 * that are looked for by name. A file that is looked for and is not there is absent.
 *
 * @param named The paths of the files to look for, relative to the root.
 * @param algorithmFor The algorithm to hash a file with.
 * @throws The error of the file system when the folder itself cannot be read.
 * @throws The reason of the signal when it is aborted.
 */
export async function scanFolder(
  options: ScanOptions,
  named: readonly string[],
  algorithmFor: (path: string) => Algorithm,
): Promise<Scan> {
  const { root, folder, onRead, signal } = options;
  const walk = await walkFolder(root, folder, signal);
  const found = new Set(walk.files);
  const paths = [...new Set([...found, ...named])].sort(compareCodePoints);
  const files = new Map<string, HashedFile>(paths.map((path) => [path, { kind: "absent" }]));
  const queue = paths.values();
  const hashSome = async (): Promise<void> => {
    for (const path of queue) {
      if (found.has(path) || (await isWithoutLinks(root, path))) {
        const algorithm = algorithmFor(path);
        const reading = { ...(onRead && { onRead }), ...(signal && { signal }) };
        files.set(path, await hashFile(join(root, path), { algorithm, ...reading }));
      }
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, hashSome));
  return { files, links: walk.links, problems: [...walk.problems, ...problemsOf(files)] };
}

/** Reading more files at a time is not faster: one thread hashes them, and four read. */
const AT_A_TIME = 8;

/** Whether no folder on the way to a file is a link. */
async function isWithoutLinks(root: string, path: string): Promise<boolean> {
  const parent = dirname(join(root, path));
  try {
    return (await realpath(parent)) === parent;
  } catch {
    // The attempt to read the file tells whether it is absent or cannot be read.
    return true;
  }
}

function problemsOf(files: ReadonlyMap<string, HashedFile>): Problem[] {
  return [...files].flatMap(([path, file]): Problem[] => {
    switch (file.kind) {
      case "unreadable":
        return [{ kind: "unreadable", path, error: file.error }];
      case "changing":
        return [{ kind: "changing", path }];
      default:
        return [];
    }
  });
}
