import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { nodeResolve } from "@rollup/plugin-node-resolve";
import { build, transform } from "esbuild";
import { rollup } from "rollup";
import { describe, expect, test } from "vitest";
import { cases } from "../support/runs.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

const BUNDLERS = [
  ["esbuild", bundledByEsbuild],
  ["rollup", bundledByRollup],
] as const;

describe.each(cases(BUNDLERS, 1))("%s leaves out what is not imported:", (_name, bundled) => {
  test.each([
    ["MISSION_DOSSIER_ARTIFACT_INDEXED", 500],
    ["isDossierEventType", 500],
    ["acceptsPayload", 18_000],
  ])("%s has at most %i bytes, minified and gzipped", async (name, limit) => {
    const code = await bundled(`export { ${name} } from "mission-dossier";`);
    expect(code).toContain(`as ${name}`);
    expect(gzipSync(code).length).toBeLessThan(limit);
  });
});

async function bundledByEsbuild(module: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: module, resolveDir: root },
    platform: "browser",
    format: "esm",
    bundle: true,
    minify: true,
    write: false,
  });
  return outputFiles.map(({ text }) => text).join("");
}

async function bundledByRollup(module: string): Promise<string> {
  const entry = "the application";
  const bundle = await rollup({
    input: entry,
    logLevel: "silent",
    plugins: [
      {
        name: "entry",
        resolveId: (id) => (id === entry ? id : null),
        load: (id) => (id === entry ? module : null),
      },
      nodeResolve({ browser: true, rootDir: root }),
    ],
  });
  const { output } = await bundle.generate({ format: "esm" });
  await bundle.close();
  const code = output.map((part) => (part.type === "chunk" ? part.code : "")).join("");
  // Rollup does not minify by itself.
  return (await transform(code, { minify: true, format: "esm" })).code;
}
