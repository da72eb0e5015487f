// `npm run build:site`: fills `site/`, the playground and the documentation as static pages.
//
//   site/index.html       the playground, with its scripts, the schemas and the examples
//   site/docs, …          the README and every page that it leads to
//   site/search.html      the search, with its index
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { notices } from "./notices.mjs";
import { documentsFrom } from "./site/documents.mjs";
import { examples } from "./site/examples.mjs";
import { pageHtml } from "./site/page.mjs";

const SITE = "site";

rmSync(SITE, { recursive: true, force: true });
await writeScripts();
write("style.css", `${read("src/pages/style.css")}\n${read("src/site/site.css")}`);
write("icon.svg", read("src/site/icon.svg"));
write("contract.json", JSON.stringify(schemas()));
write("examples.json", JSON.stringify(examples()));
writePage("index.html", {
  title: "Playground",
  body: "<noscript><p>The playground needs scripts. It sends nothing to anywhere.</p></noscript>",
  script: "playground-page.js",
});
writePage("search.html", {
  title: "Search",
  body: "<main><h1>Search</h1></main>",
  script: "search-page.js",
});
const { pages, files, entries } = documentsFrom("README.md");
for (const { path, title, body } of pages) {
  writePage(path, { title, body, script: "document-page.js" });
}
for (const file of files) {
  mkdirSync(dirname(join(SITE, file)), { recursive: true });
  cpSync(file, join(SITE, file));
}
write("search.json", JSON.stringify(entries));

/** Bundles the pages' scripts and the worker. What several of them need is a file of its own. */
async function writeScripts() {
  const build = await rolldown({
    input: {
      "playground-page": "src/site/playground-page.ts",
      "document-page": "src/site/document-page.ts",
      "search-page": "src/site/search-page.ts",
      worker: "src/site/worker/worker.ts",
    },
    platform: "browser",
    tsconfig: false,
    checks: { ineffectiveDynamicImport: false },
  });
  const { output } = await build.write({
    dir: SITE,
    format: "esm",
    minify: true,
    chunkFileNames: "[name].js",
  });
  await build.close();
  const modules = output.flatMap((chunk) =>
    chunk.type === "chunk" ? Object.keys(chunk.modules) : [],
  );
  write("licenses.txt", notices(modules));
}

/** The schemas of each generation, by their titles. */
function schemas() {
  const { version } = JSON.parse(read("package.json"));
  const generations = readdirSync("schemas", { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  );
  return Object.fromEntries([
    [version, schemasIn("schemas")],
    ...generations.map(({ name }) => [name, schemasIn(join("schemas", name))]),
  ]);
}

function schemasIn(/** @type {string} */ folder) {
  const files = readdirSync(folder).filter((name) => name.endsWith(".schema.json"));
  return Object.fromEntries(
    files.map((name) => {
      const schema = JSON.parse(read(join(folder, name)));
      return [schema.title, schema];
    }),
  );
}

function writePage(/** @type {string} */ path, /** @type {Parameters<typeof pageHtml>[1]} */ page) {
  write(path, pageHtml(path, page));
}

function write(/** @type {string} */ path, /** @type {string} */ text) {
  mkdirSync(dirname(join(SITE, path)), { recursive: true });
  writeFileSync(join(SITE, path), text);
}

function read(/** @type {string} */ file) {
  return readFileSync(file, "utf8");
}
