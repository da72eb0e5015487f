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
  const script = await bundled("src/pages/report-page.ts");
  const style = readFileSync("src/pages/style.css", "utf8");
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(script)}'`,
    `style-src '${hashOf(style)}'`,
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
<title>mission-dossier</title>
<style>${style}</style>
<body>
<noscript>A script in this file shows the report. It makes no request to anywhere.</noscript>
<script type="application/json" id="report">${PLACEHOLDER}</script>
<script>${script}</script>
</body>
</html>
`,
  );
}

export async function bundled(/** @type {string} */ entry) {
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
