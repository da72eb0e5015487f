import { defineConfig } from "vitest/config";

// biome-ignore lint/style/noDefaultExport: vitest asks for it.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/support/setup.ts"],
    // Loading the contract once, and not for each file, saves most of the time.
    isolate: false,
    maxWorkers: "100%",
    // Some tests run buf and tsc; a slow machine is no failure.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    coverage: {
      include: ["src/**/*.ts"],
      // Programs that tests start as processes of their own, which are not measured.
      // The tests of src/nats need a server: `npm run test:engine`.
      exclude: [
        "src/bindings/**",
        "src/cli/{main,output,progress}.ts",
        "src/codegen/**",
        "src/nats/**",
        // Browsers run it: `npm run test:browser`.
        "src/pages/**",
        "src/site/**",
      ],
      reporter: ["text", "html"],
      thresholds: { lines: 96, branches: 92 },
    },
  },
});
