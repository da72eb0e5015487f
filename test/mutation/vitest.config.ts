import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: vitest asks for it.
export default defineConfig({
  test: {
    // The tests of the code that is mutated, without those that start programs.
    include: [
      "test/event/**/*.test.ts",
      "test/dossier/**/*.test.ts",
      "test/parity/**/*.test.ts",
      "test/conformance/{validate-event,fixtures}.test.ts",
    ],
    // Loading the contract once, and not for each file, is most of what can be saved.
    isolate: false,
    setupFiles: ["test/support/setup.ts", "test/mutation/same-cases.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
