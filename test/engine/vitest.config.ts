import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: vitest asks for it.
export default defineConfig({
  test: {
    include: ["test/engine/**/*.engine.ts"],
    setupFiles: ["test/support/setup.ts"],
    // A server and its workers use all cores. Two at once would only measure each other.
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
