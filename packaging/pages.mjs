import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { rolldown } from "rolldown";
import { notices } from "./notices.mjs";

/**
 * Makes the template of the page of a report, which needs no other file: its script with all
 * that it imports, its style, and a content-security policy that allows these two and nothing
 * else.
 */
export async function buildReportPage(/** @type {string} */ from, /** @type {string} */ file) {
  const { PLACEHOLDER } = await import(pathToFileURL(resolve(from, "src/report/page.js")).href);
  await buildPage(file, {
    script: "src/pages/report-page.ts",
    note: "A script in this file shows the report. It makes no request to anywhere.",
    content: `<script type="application/json" id="report">${PLACEHOLDER}</script>\n`,
  });
}

/** Makes the page of `mission-dossier serve`, which may ask its own server, and nobody else. */
export async function buildLivePage(/** @type {string} */ file) {
  const { name, version } = JSON.parse(readFileSync("package.json", "utf8"));
  await buildPage(file, {
    script: "src/pages/live-page.ts",
    head: `<meta name="generator" content="${name} ${version}">\n`,
    note: "A script in this page asks its server for the missions, and shows them.",
    connect: "connect-src 'self'",
  });
}

/** @param {{ script: string, note: string, head?: string, content?: string, connect?: string }} page */
async function buildPage(
  /** @type {string} */ file,
  { script: entry, note, head = "", content = "", connect = "connect-src 'none'" },
) {
  const script = await bundled(entry);
  const style = readFileSync("src/pages/style.css", "utf8");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
    connect,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  writeFileSync(
    file,
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<meta name="referrer" content="no-referrer">
${head}<title>mission-dossier</title>
<style>${style}</style>
<body>
<noscript>${note}</noscript>
${content}<script>${script}</script>
</body>
</html>
`,
  );
}

async function bundled(/** @type {string} */ entry) {
  const build = await rolldown({ input: entry, platform: "browser" });
  const { output } = await build.generate({ format: "iife", minify: true });
  await build.close();
  const [{ code, modules }] = output;
  const text = `/*!\n${notices(Object.keys(modules))}*/\n${code}`;
  if (/<\/script|<!--/i.test(text)) {
    throw new Error(`The script of ${entry} would end its element.`);
  }
  return text;
}

function hashOf(/** @type {string} */ text) {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}
