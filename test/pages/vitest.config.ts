import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: vitest asks for it.
export default defineConfig({
  test: {
    include: ["test/pages/**/*.browser.ts", "test/site/**/*.browser.ts"],
    setupFiles: ["test/support/setup.ts"],
    // One browser for all pages.
    isolate: false,
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
