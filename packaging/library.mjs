import { cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { minify } from "rolldown/utils";
import { rollup } from "rollup";
import { dts } from "rollup-plugin-dts";
import { pureInitializers } from "./pure-initializers.mjs";

/** The modules that `exports` in package.json names, apart from the generated ones. */
const ENTRY_POINTS = [
  "index",
  "conformance/index",
  "stream/index",
  "stream/file",
  "projection/index",
  "projection/files/index",
  "nats/index",
  "nats/opentelemetry",
];

/** Programs that entry points start. */
const PROGRAMS = ["nats/rehearsal-process"];

/** An import of another package, or of Node. */
const OTHER_PACKAGE = /^[^./]/;

/**
 * Bundles the library, so that it has few files. Each generated module stays a file, since it can
 * be imported by itself.
 */
export async function buildLibrary(/** @type {string} */ from, /** @type {string} */ to) {
  const ours = [...ENTRY_POINTS, ...PROGRAMS].map((name) => join("src", name));
  const modules = [...ours, ...generatedModules()];
  const build = await rolldown({
    input: Object.fromEntries(modules.map((name) => [name, join(from, `${name}.js`)])),
    external: OTHER_PACKAGE,
    plugins: [pureInitializers(), smallValidators],
    checks: { ineffectiveDynamicImport: false },
  });
  await build.write({ dir: to, format: "esm", chunkFileNames: "src/shared/[name].js" });
  await build.close();
}

/**
 * Minifies the validators. Ajv wrote them, nobody reads them, and they are half of the library.
 *
 * @type {import("rolldown").Plugin}
 */
const smallValidators = {
  name: "small-validators",
  async renderChunk(code, { fileName }) {
    return /_validators\.js$/.test(fileName) ? (await minify(fileName, code)).code : null;
  },
};

/** Bundles the types of the library in the same way. Those of generated modules stay as they are. */
export async function buildTypes(/** @type {string} */ from, /** @type {string} */ to) {
  const build = await rollup({
    input: Object.fromEntries(
      ENTRY_POINTS.map((name) => [name, join(from, "src", `${name}.d.ts`)]),
    ),
    external: (id) => OTHER_PACKAGE.test(id) || /[\\/]gen[\\/]/.test(id),
    plugins: [dts()],
    onwarn: (warning) => {
      throw new Error(warning.message);
    },
  });
  await build.write({
    // Imports of generated modules are relative to the folder that all entry points have in common.
    dir: join(to, "src"),
    entryFileNames: "[name].d.ts",
    chunkFileNames: "shared/[name].ts",
  });
  await build.close();
  for (const name of generatedModules()) {
    cpSync(join(from, `${name}.d.ts`), join(to, `${name}.d.ts`));
  }
}

/** The generated modules, from their sources, since what was built may be of an earlier time. */
function generatedModules() {
  return readdirSync("gen", { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => join("gen", file.slice(0, -".ts".length)));
}
