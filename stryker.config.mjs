/**
 * Mutation testing of what the contract means: each piece of this code is broken in turn, and
 * some test must notice.
 *
 * `npm run test:mutation` takes an hour and more; `npm run test:mutation -- --mutate
 * src/dossier/fold.ts` is one file, and `--mutate src/dossier/fold.ts:30-60` a part of it.
 *
 * The mutants that should survive change nothing but the cost: a shortcut that is never taken, a
 * larger buffer, the end of a pattern that takes the whole text anyway.
 */
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
    "src/conformance/validate-event.ts",
  ],
  // Nothing here is compiled by TypeScript, whose version 7 has no API that Stryker could call.
  disableTypeChecks: false,
  tsconfigFile: "none.json",
  // The tests read none of these folders.
  ignorePatterns: ["/build", "/bindings", "/baseline", "/bench"],
  tempDirName: "build/stryker",
  reporters: ["clear-text", "progress-append-only", "json"],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: "build/mutation.json" },
  concurrency: 2,
  // On a busy machine slow is not the same as caught; loops without end are counted, not timed.
  timeoutMS: 60_000,
};
