// `npm run build`: fills `dist/` from what TypeScript made of the sources, in few files.
//
//   dist/src, dist/gen      the library: its entry points, the generated modules, their types
//   dist/cli                the command, together with the packages that it needs
//                           the template of its reports, and its live page
//   dist/fixtures.json.gz   the fixtures
import { rmSync, writeFileSync } from "node:fs";
import { buildCommand } from "./command.mjs";
import { buildLibrary, buildTypes } from "./library.mjs";
import { buildLivePage, buildReportPage } from "./pages.mjs";

const compiled = new URL("../build/library/", import.meta.url);
const { FIXTURE_PACK, fixtureFolder, packed } = await import(
  new URL("src/conformance/fixture-files.js", compiled).href
);

rmSync("dist", { recursive: true, force: true });
await buildLibrary("build/library", "dist");
await buildTypes("build/library", "dist");
await buildCommand("build/library", "dist/cli");
await buildReportPage("build/library", "dist/cli/report-page.html");
await buildLivePage("dist/cli/live-page.html");
writeFileSync(FIXTURE_PACK, packed(fixtureFolder("fixtures")));
