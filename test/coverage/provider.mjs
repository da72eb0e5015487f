// JavaScript, because the types of the provider need types of others that are not installed.
import { existsSync } from "node:fs";
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import v8 from "@vitest/coverage-v8";
import { isCompiled, PROCESSES } from "./compiled.ts";

/** The provider of Vitest, which counts what the processes that tests start have run, too. */
async function getProvider() {
  const { V8CoverageProvider } = await import("@vitest/coverage-v8/dist/provider.js");
  return new (class extends V8CoverageProvider {
    async generateCoverage(context) {
      // As if it all came of one process: merging one by one takes minutes.
      const result = [];
      for (const name of existsSync(PROCESSES) ? await readdir(PROCESSES) : []) {
        const written = parse(await readFile(join(PROCESSES, name), "utf8"));
        result.push(...written.result.filter(({ url }) => this.isIncluded(url)));
      }
      const where = { environment: "ssr", projectName: "", testFiles: [PROCESSES] };
      super.onAfterSuiteRun({ coverage: { result }, ...where });
      await rm(PROCESSES, { recursive: true, force: true });
      return super.generateCoverage(context);
    }

    /** Compiled modules are counted, and the sources that they are mapped to. */
    isIncluded(file, root) {
      const path = file.startsWith("file:") ? fileURLToPath(file) : file;
      return isCompiled(path) || super.isIncluded(path, root);
    }

    /** Compiled modules run as they are: Vite does not see them. */
    async transformFile(file, project, environment) {
      if (!isCompiled(file)) {
        return super.transformFile(file, project, environment);
      }
      const [code, map] = await Promise.all([
        readFile(file, "utf8"),
        readFile(`${file}.map`, "utf8"),
      ]);
      return { code, map: JSON.parse(map) };
    }
  })();
}

/** What a process wrote. Under a limit to the size of its files, that is not all of it. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { result: [] };
  }
}

// biome-ignore lint/style/noDefaultExport: vitest asks for it.
export default { ...v8, getProvider };
