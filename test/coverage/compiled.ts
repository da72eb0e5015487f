import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vitest/config";

/** The root of this project. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Where the processes that tests start leave what they ran. */
export const PROCESSES = join(ROOT, "coverage/processes");

/** Where `npm run coverage` compiles what, folders within folders first. */
const COMPILED: readonly (readonly [source: string, compiled: string])[] = [
  ["src/codegen/", "build/codegen/"],
  ["src/", "build/tools/src/"],
  ["gen/", "build/tools/gen/"],
];

/** Tells whether a file is measured: one that was compiled from `src/`. */
export function isCompiled(file: string): boolean {
  return COMPILED.some(([, compiled]) => file.startsWith(ROOT + compiled));
}

/** Gives tests the modules that were compiled, which the processes that they start run too. */
export function compiledModules(): Plugin {
  return {
    name: "compiled-modules",
    enforce: "pre",
    resolveId(module, importer) {
      if (!module.startsWith(".") || importer === undefined) {
        return undefined;
      }
      const path = fileURLToPath(new URL(module, `file://${importer}`));
      const place = COMPILED.find(([source]) => path.startsWith(ROOT + source));
      return place && ROOT + place[1] + path.slice(ROOT.length + place[0].length);
    },
  };
}
