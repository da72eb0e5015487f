// `npm run check:package`: packs the package, and lets publint and
// arethetypeswrong look at the tarball.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "mission-dossier-package-"));

function run(/** @type {string} */ command, /** @type {string[]} */ ...args) {
  const tools = join(root, "node_modules/.bin");
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH}` },
  });
  if (result.status !== 0) {
    console.error(`${command} found something:\n${result.stdout}${result.stderr}`);
    process.exitCode = 1;
  }
}

try {
  run("npm", "pack", "--ignore-scripts", "--pack-destination", folder);
  const [tarball = ""] = readdirSync(folder);
  run("publint", "--strict", join(folder, tarball));
  // The package is ESM only, by choice.
  run("attw", "--profile", "esm-only", join(folder, tarball));
  if (!process.exitCode) {
    console.log(`${tarball}: publint and arethetypeswrong have nothing to say.`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
