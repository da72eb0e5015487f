// The library as an application gets it: bundled for browsers, and minified.
import { stripVTControlCharacters } from "node:util";
import { gzipSync } from "node:zlib";
import { type OutputChunk, rolldown } from "rolldown";

/** The entry points of the package that a browser can import, beside generated modules. */
export const ENTRY_POINTS = ["mission-dossier", "mission-dossier/stream"] as const;

/** Raised when a bundle would need something that a browser has not. */
export class BundleError extends Error {
  override readonly name = "BundleError";
}

/** The code of a bundle by the names of its files. */
export type Bundle = ReadonlyMap<string, string>;

/**
 * Bundles for browsers, and minifies.
 *
 * @param folder Where modules are looked for.
 * @param name The name of the bundle's file, without its extension.
 * @param entry The module that it is made of.
 * @param library The file that the entry points are taken from, if they are left out.
 * @throws BundleError when something cannot be found, as `node:fs` cannot.
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
    onLog: (_level, { message }) => problems.push(stripVTControlCharacters(message)),
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
  problems.push(...foreign.map((imported) => `${imported} is no part of the bundle.`));
  if (problems.length > 0) {
    throw new BundleError(`${entry} cannot be bundled for browsers.\n${problems.join("\n")}`);
  }
  return new Map(chunks.map(({ fileName, code }) => [fileName, code]));
}

/** How large a bundle is, in words. */
export function sizeOf(bundle: Bundle): string {
  const code = [...bundle.values()].join("");
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;
  const all = kilobytes(Buffer.byteLength(code));
  return `${all} minified, ${kilobytes(gzipSync(code).length)} gzipped`;
}
