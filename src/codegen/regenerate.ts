// `npm run generate`: writes all generated files, and deletes those that the IDL no
// longer generates. If the IDL does not compile, nothing changes.
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BufError, GENERATED_FOLDERS, generateInto } from "./generate.js";

const root = process.cwd();
const fresh = mkdtempSync(join(tmpdir(), "mission-dossier-generated-"));
try {
  generateInto(root, fresh);
  for (const { name } of GENERATED_FOLDERS.filter(({ exclusive }) => exclusive)) {
    rmSync(join(root, name), { recursive: true, force: true });
  }
  cpSync(fresh, root, { recursive: true });
} catch (error) {
  if (!(error instanceof BufError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
