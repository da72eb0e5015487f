import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { packageFile } from "./package-files.js";

/** The files that fixtures consist of, by their paths relative to the manifest. */
export type FixtureFiles = {
  /** The path of every file, sorted. */
  readonly paths: readonly string[];
  /** The text of a file. Throws when it cannot be read. */
  readonly read: (path: string) => string;
};

/** The fixtures of this package: a folder in a checkout, one file in an installation. */
export function packageFixtures(): FixtureFiles {
  const folder = packageFile("fixtures");
  return existsSync(folder) ? fixtureFolder(folder) : fixturePack(packageFile(FIXTURE_PACK));
}

/** The file that the build packs the fixtures into, relative to the package's root. */
export const FIXTURE_PACK = "dist/fixtures.json.gz";

/** The JSON files of a folder. The vectors for other languages are not fixtures. */
export function fixtureFolder(folder: string): FixtureFiles {
  const paths = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((file) => file.split(sep).join("/"))
    .filter((file) => /\.jsonl?$/.test(file))
    .filter((file) => !file.startsWith(`${VECTORS_FOLDER}/`))
    .sort();
  return { paths, read: (path) => readFileSync(join(folder, path), "utf8") };
}

/** The folder of the vectors for other languages, which are generated from the fixtures. */
export const VECTORS_FOLDER = "vectors";

/** The files in a pack: a gzipped JSON object with the text of each file by its path. */
export function fixturePack(file: string): FixtureFiles {
  const json: unknown = JSON.parse(gunzipSync(readFileSync(file)).toString());
  const texts = new Map<string, unknown>(Object.entries(json ?? {}));
  return {
    paths: [...texts.keys()],
    read: (path) => {
      const text = texts.get(path);
      if (typeof text !== "string") {
        throw new Error(`${file} has no such file`);
      }
      return text;
    },
  };
}

/** The content of a pack of the files. */
export function packed({ paths, read }: FixtureFiles): Uint8Array {
  const texts = Object.fromEntries(paths.map((path) => [path, read(path)]));
  return gzipSync(JSON.stringify(texts), { level: 9 });
}
