// `npm run generate:check`: is what stands in the project what the IDL
// generates? Names each file that differs, is missing, or comes from nothing.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

function compareFolder({ name, exclusive }: GeneratedFolder): string[] {
  const expected = listFiles(join(fresh, name), fresh);
  const found = listFiles(join(root, name), root);
  const orphans = exclusive ? found.filter((file) => !expected.includes(file)) : [];
  return [
    ...expected.flatMap((file) => {
      if (!found.includes(file)) {
        return [`${file}: missing`];
      }
      const same = readFileSync(join(root, file)).equals(readFileSync(join(fresh, file)));
      return same ? [] : [`${file}: not what the IDL generates`];
    }),
    ...orphans.map((file) => `${file}: nothing generates it`),
  ].sort();
}
