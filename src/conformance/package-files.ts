import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The path of a file that ships with the package, given relative to its root. */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(path, root));
}

const root = findRoot(new URL(".", import.meta.url));

/** The nearest folder with a `package.json`: this file runs built, and from its source. */
function findRoot(folder: URL): URL {
  if (existsSync(new URL("package.json", folder))) {
    return folder;
  }
  const parent = new URL("..", folder);
  if (parent.href === folder.href) {
    throw new Error("the files of the package mission-dossier are not there");
  }
  return findRoot(parent);
}
