import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: vitest asks for it.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // Some tests run buf and tsc; a slow machine is no failure.
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
