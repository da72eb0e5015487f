// `npm run generate:check`: are the generated files of the project up to date with the
// IDL? It names each file that differs, is missing, or is not generated any more.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compareGenerated } from "./compare-generated.js";
import {
  BufError,
  GENERATED_FOLDERS,
  type GeneratedFolder,
  generateInto,
  listFiles,
} from "./generate.js";

const root = process.cwd();
const fresh = mkdtempSync(join(tmpdir(), "mission-dossier-generated-"));
try {
  generateInto(root, fresh);
  const problems = GENERATED_FOLDERS.flatMap((folder) => compareFolder(folder));
  if (problems.length > 0) {
    console.error(`${problems.join("\n")}\nRun \`npm run generate\` and commit what it writes.`);
    process.exitCode = 1;
  } else {
    for (const folder of GENERATED_FOLDERS) {
      const files = listFiles(join(fresh, folder.name), fresh);
      console.log(
        folder.exclusive
          ? `All ${files.length} ${folder.noun} are up to date.`
          : `${files.join(", ")}: up to date.`,
      );
    }
  }
} catch (error) {
  if (!(error instanceof BufError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}

function compareFolder({ name, exclusive }: GeneratedFolder): readonly string[] {
  const expected = new Map(
    listFiles(join(fresh, name), fresh).map((file) => [file, readFileSync(join(fresh, file))]),
  );
  const there = listFiles(join(root, name), root);
  const found = exclusive ? there : there.filter((file) => expected.has(file));
  return compareGenerated(root, { expected, found, origin: "the IDL generates" });
}
