// Bundles the library as an application would: for browsers, and minified.
import { stripVTControlCharacters } from "node:util";
import { gzipSync } from "node:zlib";
import { type OutputChunk, rolldown } from "rolldown";

/** The entry points that a browser can import, apart from generated modules. */
export const ENTRY_POINTS = [
  "mission-dossier",
  "mission-dossier/stream",
  "mission-dossier/projection",
] as const;

/** Raised when a bundle needs something that browsers do not have. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}

/** The code of a bundle by the names of its files. */
export type Bundle = ReadonlyMap<string, string>;

/**
 * Bundles and minifies a module for browsers.
 *
 * @param folder The folder from which modules are resolved.
 * @param name The name of the bundle's file, without its extension.
 * @param entry The module to bundle.
 * @param library A bundle, by the same kind of name, from which to import the entry points
 *   of the package. By default they become part of this bundle.
 * @throws BundleError when an import cannot be resolved, for example `node:fs`.
 */
export async function bundle(
  folder: string,
  name: string,
  entry: string,
  library?: string,
): Promise<Bundle> {
  const problems: string[] = [];
  const outside = library === undefined ? [] : [...ENTRY_POINTS];
  const build = await rolldown({
    cwd: folder,
    input: { [name]: entry },
    platform: "browser",
    external: outside,
    onLog: (_level, { code, message }) => {
      // A program that reduces both ways has the rules in one chunk anyway.
      if (code !== "INEFFECTIVE_DYNAMIC_IMPORT") {
        problems.push(stripVTControlCharacters(message));
      }
    },
  });
  const { output } = await build.generate({
    format: "esm",
    minify: true,
    paths: Object.fromEntries(outside.map((specifier) => [specifier, `./${library}.js`])),
  });
  await build.close();
  const chunks = output.filter((part): part is OutputChunk => part.type === "chunk");
  const known = new Set([`./${library}.js`, ...outside, ...chunks.map(({ fileName }) => fileName)]);
  const foreign = chunks
    .flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])
    .filter((imported) => !known.has(imported));
  problems.push(...foreign.map((imported) => `${imported} is not part of the bundle.`));
  if (problems.length > 0) {
    throw new BundleError(`${entry} cannot be bundled for browsers.\n${problems.join("\n")}`);
  }
  return new Map(chunks.map(({ fileName, code }) => [fileName, code]));
}

/** The size of a bundle, as text. */
export function sizeOf(bundle: Bundle): string {
  const code = [...bundle.values()].join("");
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  const all = kilobytes(Buffer.byteLength(code));
  return `${all} minified, ${kilobytes(gzipSync(code).length)} gzipped`;
}
