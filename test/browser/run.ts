// `npm run test:browser`: bundles the library for browsers, and checks it with the
// fixtures in a headless Chromium, under a content-security policy that forbids
// compiling code. It runs twice: with all of the library in the bundle, and with only
// the parts that the page uses.
import { join, resolve } from "node:path";
import { type Bundle, BundleError, bundle, ENTRY_POINTS, sizeOf } from "./bundle.js";
import type { Check } from "./checks.js";
import { BrowserError, open } from "./chromium.js";
import { readMaterial } from "./material.js";
import { type ServedFile, serve } from "./server.js";

/** How long to wait for a page, which normally takes a few seconds. */
const PATIENCE_SECONDS = 120;

/** How many failures of one check are shown, since one mistake often breaks all fixtures. */
const MAX_FAILURES = 10;

const root = resolve(import.meta.dirname, "../..");
const module = (name: string) => join(import.meta.dirname, `${name}.js`);

async function main(): Promise<void> {
  const library = await bundle(root, "library", module("library"));
  const sizes = [
    [ENTRY_POINTS.join(", "), library],
    ...(await Promise.all(
      ENTRY_POINTS.map(async (entry) => [entry, await bundle(root, "entry", entry)] as const),
    )),
    ["acceptsPayload alone", await bundle(root, "verdict", module("verdict"))],
  ] as const;
  for (const [name, bundled] of sizes) {
    console.log(`${name}: ${sizeOf(bundled)}`);
  }

  const fixtures = readMaterial(join(root, "fixtures"));
  const pageAlone = await bundle(root, "page", module("page"), "library");
  await run("all of the library", fixtures, new Map([...library, ...pageAlone]));
  await run("the parts that the page uses", fixtures, await bundle(root, "page", module("page")));
}

async function run(
  what: string,
  fixtures: ReadonlyMap<string, ServedFile>,
  code: Bundle,
): Promise<void> {
  const files = new Map(fixtures);
  for (const [name, body] of code) {
    files.set(`/${name}`, { type: "text/javascript", body });
  }
  const server = await serve(files);
  try {
    const { json, browser } = await open(server.url, server.report, PATIENCE_SECONDS);
    console.log(`\n${browser}, ${what}`);
    // The page is part of this test, so the shape is not checked.
    for (const check of json as readonly Check[]) {
      print(check);
    }
  } catch (error) {
    if (server.asked.length > 0) {
      console.error(`The page asked for ${server.asked.slice(-10).join(", ")}.`);
    }
    throw error;
  } finally {
    server.close();
  }
}

function print({ name, count, failures }: Check): void {
  // A check of zero items fails, since it checked nothing.
  const isFine = failures.length === 0 && count > 0;
  console.log(`${isFine ? "ok    " : "FAILED"}  ${name} (${count})`);
  for (const failure of failures.slice(0, MAX_FAILURES)) {
    console.log(`        ${failure}`);
  }
  if (failures.length > MAX_FAILURES) {
    console.log(`        and ${failures.length - MAX_FAILURES} more`);
  }
  if (!isFine) {
    process.exitCode = 1;
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BrowserError || error instanceof BundleError)) {
    throw error;
  }
  console.error(error.message.trimEnd());
  process.exitCode = 1;
}
