// The command in a few files. From the two hundred that it is made of, it would
// take three times as long to start as from these.
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
