// `npm run breaking`: does the contract still accept everything that the released one
// accepts, and give consumers nothing that it rejects? It runs `buf breaking` on the IDL, and then compares what buf does not see:
// custom options, such as event types, and the generated schemas, where a rule may have
// been tightened. With `--release`, it makes the current contract the released one.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { changedOptions } from "./changed-options.js";
import { BufError, generateInto, listFiles, runBuf } from "./generate.js";
import { tightenedRules, widenedRules } from "./tightened-rules.js";

const IMAGE = "baseline/contract.binpb";
const SCHEMAS = "baseline/schemas";
/** The option that describes a rule in words, without any effect on verdicts. */
const WORDING = "must_be";

/** The schemas of messages that this package writes and consumers read. */
const GIVEN: ReadonlySet<string> = new Set(["mission_dossier_state.schema.json"]);

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
  withFresh((fresh) => {
    generateInto(root, fresh);
    cpSync(join(fresh, "schemas"), join(root, SCHEMAS), { recursive: true });
  });
  console.log("The current contract is now the released one. Commit baseline/.");
}

function check(): void {
  const problems = brokenDeclarations();
  try {
    problems.push(...changedFacts(), ...changedSchemas());
  } catch (error) {
    if (!(error instanceof BufError)) {
      throw error;
    }
    // If the IDL does not compile, `buf breaking` has reported it too, in other words.
    problems.push(error.message);
  }
  if (problems.length > 0) {
    console.error(problems.join("\n"));
    process.exitCode = 1;
  } else {
    console.log("Nothing that the released contract accepts is rejected.");
    console.log("Nothing that it rejects is given to consumers.");
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

function changedFacts(): string[] {
  if (!existsSync(join(root, IMAGE))) {
    // Already reported by `buf breaking`.
    return [];
  }
  return withFresh((fresh) => {
    const image = join(fresh, "image.binpb");
    runBuf(root, ["build", "proto", "--exclude-source-info", "--output", image]);
    return changedOptions(
      readFileSync(join(root, IMAGE)),
      readFileSync(image),
      (name) => name === WORDING,
    );
  });
}

function changedSchemas(): string[] {
  return withFresh((fresh) => {
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
      const changed = isGiven(file) ? widenedRules : tightenedRules;
      return changed(released, now).map(
        ({ path, change }) => `schemas/${file}: ${path === "" ? "" : `${path}: `}${change}`,
      );
    });
  });
}

/** Whether consumers are given the message of a schema. All others are written by producers. */
function isGiven(file: string): boolean {
  return GIVEN.has(basename(file));
}

function withFresh<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-breaking-"));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
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
