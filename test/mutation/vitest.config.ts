import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Those that try properties on whole streams. */
const SLOW = /(laws|by-namespace|accumulator|layers|verdict|errors|round-trips)\.test\.ts$/;
/** Those that load little but what they test. */
const DIRECT =
  /(registers|namespace-table|event-id|instant|struct-limits|unknown-fields|order)\.test\.ts$/;

/** The quicker ones come first, because the first failure ends the run of a mutant. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.sort((a, b) => rankOf(a) - rankOf(b) || (a.moduleId < b.moduleId ? -1 : 1));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  return DIRECT.test(moduleId) ? 0 : SLOW.test(moduleId) ? 2 : 1;
}

// biome-ignore lint/style/noDefaultExport: vitest asks for it.
export default defineConfig({
  test: {
    // The tests of what is mutated, and not those that start programs.
    include: [
      "test/event/**/*.test.ts",
      "test/dossier/**/*.test.ts",
      "test/conformance/{validate-event,fixtures}.test.ts",
    ],
    // It is about bytes, which nothing that is mutated makes.
    exclude: ["test/dossier/packed.test.ts"],
    // Loading the contract once, and not for each file, is most of what can be saved.
    isolate: false,
    sequence: { sequencer: QuickFirst },
    setupFiles: ["test/mutation/fewer-runs.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
