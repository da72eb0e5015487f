// The command in a few files: most of the time that it took to start went into
// finding and reading the hundred and thirty that it is made of.
/** @type {import("rolldown").RolldownOptions} */
const options = {
  input: "dist/src/cli/main.js",
  platform: "node",
  output: {
    dir: "dist/cli",
    format: "esm",
    cleanDir: true,
    chunkFileNames: "[name].js",
    minify: { compress: true, mangle: false, codegen: true },
  },
};

// biome-ignore lint/style/noDefaultExport: rolldown asks for it.
export default options;
