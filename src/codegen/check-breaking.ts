// `npm run breaking`: does the contract still accept what the released one
// accepts? First `buf breaking` on the IDL, then, for tightened rules, which it
// does not see, the generated schemas against the released ones. With
// `--release`, makes the contract as it is the released one.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BufError, generateInto, listFiles, runBuf } from "./generate.js";
import { tightenedRules } from "./tightened-rules.js";

const IMAGE = "baseline/contract.binpb";
const SCHEMAS = "baseline/schemas";

const root = process.cwd();
if (process.argv.includes("--release")) {
  release();
} else {
  check();
}

function release(): void {
  rmSync(join(root, "baseline"), { recursive: true, force: true });
  mkdirSync(join(root, "baseline"));
  runBuf(root, ["build", "proto", "--exclude-source-info", "--output", IMAGE]);
  cpSync(join(root, "schemas"), join(root, SCHEMAS), { recursive: true });
  console.log("The contract as it is is now the released one. Commit baseline/.");
}

function check(): void {
  const problems = [...brokenDeclarations(), ...tightenedSchemas()];
  if (problems.length > 0) {
    console.error(problems.join("\n"));
    process.exitCode = 1;
  } else {
    console.log("Nothing that the released contract accepts is rejected.");
  }
}

function brokenDeclarations(): string[] {
  try {
    runBuf(root, ["breaking", "proto", "--against", IMAGE]);
    return [];
  } catch (error) {
    if (error instanceof BufError) {
      return error.message.split("\n");
    }
    throw error;
  }
}

function tightenedSchemas(): string[] {
  const fresh = mkdtempSync(join(tmpdir(), "mission-dossier-breaking-"));
  try {
    generateInto(root, fresh);
    const files = listFiles(join(root, SCHEMAS), join(root, SCHEMAS));
    if (files.length === 0) {
      return [`${SCHEMAS}: no released schema to compare with`];
    }
    return files.flatMap((file) => {
      const now = readSchema(join(fresh, "schemas", file));
      if (now === undefined) {
        return [`schemas/${file}: the schema is gone`];
      }
      const released = readSchema(join(root, SCHEMAS, file));
      return tightenedRules(released, now).map(
        ({ path, change }) => `schemas/${file}: ${path === "" ? "" : `${path}: `}${change}`,
      );
    });
  } catch (error) {
    // An IDL that does not compile has been reported already.
    if (error instanceof BufError) {
      return [error.message];
    }
    throw error;
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function readSchema(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}
