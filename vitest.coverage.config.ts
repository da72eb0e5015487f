import { mergeConfig } from "vitest/config";
import { compiledModules } from "./test/coverage/compiled.js";
import base from "./vitest.config.js";

// All that the tests run is measured as one program, compiled by `tsc` with
// source maps: what they import, and what the processes do that they start, the
// command and the plugins of buf. So the counts of all of them add up.
// biome-ignore lint/style/noDefaultExport: vitest asks for it.
export default mergeConfig(base, {
  plugins: [compiledModules()],
  test: {
    // They test what is packed and bundled, which has no way back to the sources.
    exclude: ["test/package/**", "test/readme.test.ts"],
    setupFiles: ["test/coverage/processes.ts"],
    // Node runs the compiled modules, in all processes alike.
    server: { deps: { external: [/\/build\/(codegen|tools)\//] } },
    coverage: {
      enabled: true,
      provider: "custom",
      customProviderModule: "./test/coverage/provider.mjs",
      include: ["src/**/*.ts"],
      exclude: [
        // What generates and tests the packages of other languages: it needs the
        // toolchains of all four, and `npm run test:bindings` runs it.
        "src/bindings/{differences,generate-bindings,languages,states,test-bindings}.ts",
        "src/codegen/protoc-gen-prost-reflect.ts",
        // `npm run generate:check` runs it, on this project and no copy of it.
        "src/bindings/write-vectors.ts",
      ],
      excludeAfterRemap: true,
      reporter: ["text", "html", "json"],
      reportsDirectory: "coverage",
      thresholds: { lines: 98, branches: 95 },
    },
  },
});
