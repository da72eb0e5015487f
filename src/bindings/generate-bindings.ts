import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { listFiles, runBuf } from "../codegen/generate.js";
import { type Language, packageVersion, pathsOf } from "./languages.js";
import { checkNeed, ToolError } from "./toolchain.js";

/** Files in `bindings/<language>/` that are not part of the package. */
const NOT_PACKAGED = ["buf.gen.yaml", "toolchain.txt"];
/** The files in which `@version@` stands for the version of the package. */
const VERSIONED = ["pyproject.toml", "pom.xml", "Cargo.toml"];

/**
 * Fills `build/bindings/<language>/` with a package: generated code, and the files of
 * `bindings/<language>/`. The previous package stays until the new one is complete.
 *
 * @returns The folder, and the number of files in it.
 * @throws ToolError when the toolchain is missing or fails.
 * @throws BufError when the IDL does not compile.
 */
export function generateBindings(
  root: string,
  language: Language,
): { folder: string; files: number } {
  const paths = pathsOf(root, language);
  language.needs.forEach(checkNeed);
  language.installPlugins(paths);
  mkdirSync(dirname(paths.output), { recursive: true });
  const fresh = mkdtempSync(join(root, "build/fresh-"));
  try {
    const template = `bindings/${language.name}/buf.gen.yaml`;
    runBuf(root, ["generate", "--template", template, "--output", fresh]);
    const output = join(fresh, "build/bindings", language.name);
    cpSync(paths.source, output, {
      recursive: true,
      filter: (file) => !NOT_PACKAGED.includes(basename(file)),
    });
    setVersion(output, packageVersion(root));
    language.complete?.({ ...paths, output });
    refuseRules(output);
    rmSync(paths.output, { recursive: true, force: true });
    renameSync(output, paths.output);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
  return { folder: `build/bindings/${language.name}`, files: listFiles(paths.output, root).length };
}

/** A second `buf.validate` in one program would clash by name, or have other rules. */
function refuseRules(folder: string): void {
  const rules = listFiles(folder, folder).find((path) => /(?:^|\/)buf[./]validate/.test(path));
  if (rules !== undefined) {
    throw new ToolError(`${rules}: buf.validate belongs to protovalidate, not to this package`);
  }
}

function setVersion(folder: string, version: string): void {
  for (const file of listFiles(folder, folder).filter((path) => VERSIONED.includes(path))) {
    const text = readFileSync(join(folder, file), "utf8");
    writeFileSync(join(folder, file), text.replace("@version@", version));
  }
}
