import { chmodSync } from "node:fs";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { notices } from "./notices.mjs";

/**
 * Bundles the command into a few files: most of the time that it took to start went into finding
 * and reading the hundred and thirty that it is made of.
 */
export async function buildCommand(/** @type {string} */ from, /** @type {string} */ folder) {
  const build = await rolldown({
    input: [
      join(from, "src/cli/main.js"),
      // A program that the command starts, which must lie beside it.
      join(from, "src/nats/rehearsal-process.js"),
    ],
    platform: "node",
    // Its CommonJS form, which Node would take, hides its own imports from a bundler.
    resolve: { alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js" } },
    // The clients of NATS are optional, and whoever wants them installs them.
    external: [/^@nats-io\//, /^@opentelemetry\//],
    plugins: [sharedValidators, thirdPartyNotices],
  });
  await build.write({
    dir: folder,
    format: "esm",
    chunkFileNames: "[name].js",
    minify: true,
  });
  await build.close();
  chmodSync(join(folder, "main.js"), 0o755);
}

/**
 * Takes the largest generated module from the library, which lies beside the command. Twice, it
 * would be a tenth of the package, and only inputs with violations need it.
 *
 * @type {import("rolldown").Plugin}
 */
const sharedValidators = {
  name: "shared-validators",
  resolveId: (source) => {
    const [path] = /gen\/.*\/violations_validators\.js$/.exec(source) ?? [];
    return path === undefined ? null : { id: `../${path}`, external: true };
  },
};

/** @type {import("rolldown").Plugin} */
const thirdPartyNotices = {
  name: "third-party-notices",
  generateBundle(_options, bundle) {
    const modules = Object.values(bundle).flatMap((chunk) => Object.keys(chunk.modules ?? {}));
    this.emitFile({
      type: "asset",
      fileName: "THIRD-PARTY-NOTICES.txt",
      source: notices(modules),
    });
  },
};
