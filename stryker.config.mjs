/** Mutation testing of the meaning of the contract: some test must notice each broken piece. */
// biome-ignore lint/style/noDefaultExport: Stryker asks for it.
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutation/vitest.config.ts", related: false },
  coverageAnalysis: "perTest",
  mutate: [
    "src/dossier/**/*.ts",
    "src/event/**/*.ts",
    "src/parity/**/*.ts",
    "src/projection/*.ts",
    "src/conformance/validate-event.ts",
  ],
  // Stryker needs the API of a compiler, which TypeScript 7 does not have.
  disableTypeChecks: false,
  tsconfigFile: "none.json",
  ignorePatterns: ["/build", "/bindings", "/baseline", "/bench"],
  tempDirName: "build/stryker",
  reporters: ["clear-text", "progress-append-only", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: "build/mutation.json" },
  concurrency: 2,
  // A slow machine must not look like a caught mutant.
  timeoutMS: 60_000,
};
