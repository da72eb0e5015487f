import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/**
 * The absolute path of a file that ships with the package.
 *
 * @param path The path relative to the package's root.
 */
export function packageFile(path: string): string {
  return fileURLToPath(new URL(path, root));
}

const root = findRoot(new URL(".", import.meta.url));

/** The nearest folder with a `package.json`. Its depth differs between source and build. */
function findRoot(folder: URL): URL {
  if (existsSync(new URL("package.json", folder))) {
    return folder;
  }
  const parent = new URL("..", folder);
  if (parent.href === folder.href) {
    throw new Error("the files of the package mission-dossier cannot be found");
  }
  return findRoot(parent);
}
