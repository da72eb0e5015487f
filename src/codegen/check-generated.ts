// `npm run generate:check`: is what stands in the project what the IDL
// generates? Names each file that differs, is missing, or comes from nothing.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BufError, GENERATED_FOLDERS, generateInto, listFiles } from "./generate.js";

const NOUNS = { gen: "TypeScript files", schemas: "schemas" } as const;

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
      const count = listFiles(join(fresh, folder), fresh).length;
      console.log(`All ${count} ${NOUNS[folder]} are up to date.`);
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

function compareFolder(folder: string): string[] {
  const expected = listFiles(join(fresh, folder), fresh);
  const found = listFiles(join(root, folder), root);
  return [
    ...expected.flatMap((file) => {
      if (!found.includes(file)) {
        return [`${file}: missing`];
      }
      const same = readFileSync(join(root, file)).equals(readFileSync(join(fresh, file)));
      return same ? [] : [`${file}: not what the IDL generates`];
    }),
    ...found
      .filter((file) => !expected.includes(file))
      .map((file) => `${file}: nothing generates it`),
  ].sort();
}
