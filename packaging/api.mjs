// `npm run api`: writes docs/api/, the reference of the library, from the doc comments. With
// `--check`, it checks that the pages are what the comments give.
//
// TypeDoc needs a TypeScript with an API, which version 7 does not have. So it is installed by
// itself, in packaging/api/.
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import GithubSlugger from "github-slugger";

const installation = "packaging/api";
const reference = "docs/api";
const isCheck = process.argv.includes("--check");
const folder = isCheck ? "build/api" : reference;

execFileSync("npm", ["ci", "--silent", "--no-audit", "--no-fund", "--prefix", installation], {
  stdio: "inherit",
});
execFileSync(
  process.execPath,
  [
    `${installation}/node_modules/typedoc/bin/typedoc`,
    ...["--options", `${installation}/typedoc.json`, "--out", folder],
  ],
  { stdio: "inherit" },
);
for (const page of pagesIn(folder)) {
  mendAnchors(join(folder, page));
}
if (isCheck) {
  const stale = [...new Set([...pagesIn(folder), ...pagesIn(reference)])].filter(
    (page) => textOf(join(folder, page)) !== textOf(join(reference, page)),
  );
  for (const page of stale) {
    console.error(`${reference}/${page} is not what the comments give. Run npm run api.`);
  }
  process.exitCode = stale.length > 0 ? 1 : 0;
}

/**
 * Mends links within a page: where a type and a value of the library have one name in different
 * case, TypeDoc numbers an anchor whose heading has no number.
 */
function mendAnchors(/** @type {string} */ file) {
  const slugger = new GithubSlugger();
  const text = readFileSync(file, "utf8");
  const slugs = new Set(
    Array.from(text.matchAll(/^#+ (.*)$/gm), ([, heading = ""]) =>
      slugger.slug(heading.replace(/[`\\]/g, "")),
    ),
  );
  const mended = text.replace(/\(#([^)]+)-\d+\)/g, (link, name) =>
    slugs.has(link.slice(2, -1)) ? link : `(#${name})`,
  );
  writeFileSync(file, mended);
}

function pagesIn(/** @type {string} */ folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    file.endsWith(".md"),
  );
}

function textOf(/** @type {string} */ file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
