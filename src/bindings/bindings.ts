// `npm run bindings -- python|go|java|rust|all`: fills `build/bindings/<language>/`
// with a package for each language.
import { BufError } from "../codegen/generate.js";
import { generateBindings } from "./generate-bindings.js";
import { LANGUAGES, languagesNamed } from "./languages.js";
import { ToolError } from "./toolchain.js";

const USAGE = `Usage: npm run bindings -- ${LANGUAGES.map(({ name }) => name).join("|")}|all

Generates the contract's messages for other languages, each as a package in
build/bindings/<language>/. Plugins are installed into build/toolchains/; the
toolchain of the language itself must be installed already.`;

const words = process.argv.slice(2);
if (words.length === 0 || words.includes("--help") || words.includes("-h")) {
  const asked = words.length > 0;
  (asked ? console.log : console.error)(USAGE);
  process.exit(asked ? 0 : 2);
}

const width = Math.max(...LANGUAGES.map(({ name }) => name.length));
try {
  for (const language of languagesNamed(words)) {
    const name = language.name.padEnd(width);
    try {
      const { folder, files } = generateBindings(process.cwd(), language);
      console.log(`${name}  ${files} files in ${folder}`);
    } catch (error) {
      if (!(error instanceof ToolError || error instanceof BufError)) {
        throw error;
      }
      // The other languages are generated even if this one's toolchain is missing.
      console.error(`${name}  ${error.message}`);
      process.exitCode = 1;
    }
  }
} catch (error) {
  if (!(error instanceof ToolError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 2;
}
