// `npm run breaking`: does the contract still accept everything that the released one
// accepts, and give consumers nothing that it rejects? For each generation of the contract, it
// runs `buf breaking` on the sources, and then compares what buf does not see: custom options,
// such as event types, and the generated schemas, where a rule may have been tightened. With
// `--release`, it makes the current contract the released one.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { changedOptions } from "./changed-options.js";
import {
  BufError,
  generateInto,
  LATER_SOURCES,
  listFiles,
  runBuf,
  withLaterSources,
} from "./generate.js";
import { tightenedRules, widenedRules } from "./tightened-rules.js";

/** Sources of the contract, and the image of their release. */
type Sources = { readonly folder: string; readonly image: string };

const IDL: Sources = { folder: "proto", image: "baseline/contract.binpb" };
const LATER: Sources = { folder: LATER_SOURCES, image: "baseline/contract-3.0.0.binpb" };
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
  buildImage(IDL, root, join(root, IDL.image));
  withGenerated((generated) => {
    cpSync(join(generated, "schemas"), join(root, SCHEMAS), { recursive: true });
    withLater(generated, (workspace) => buildImage(LATER, workspace, join(root, LATER.image)));
  });
  console.log("The current contract is now the released one. Commit baseline/.");
}

function check(): void {
  const problems = brokenDeclarations(IDL, root);
  try {
    problems.push(...changedFacts(IDL, root));
    withGenerated((generated) => {
      withLater(generated, (workspace) => {
        problems.push(...brokenDeclarations(LATER, workspace), ...changedFacts(LATER, workspace));
      });
      problems.push(...changedSchemas(generated));
    });
  } catch (error) {
    if (!(error instanceof BufError)) {
      throw error;
    }
    // If the IDL does not compile, `buf breaking` has reported that too, in its own words.
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

/** Gives `work` a workspace with the sources of later generations, if the contract has any. */
function withLater(generated: string, work: (workspace: string) => void): void {
  if (existsSync(join(generated, LATER_SOURCES))) {
    withLaterSources(root, generated, work);
  }
}

function buildImage({ folder }: Sources, workspace: string, image: string): void {
  runBuf(root, ["build", folder, "--exclude-source-info", "--output", image], workspace);
}

function brokenDeclarations({ folder, image }: Sources, workspace: string): string[] {
  const released = relative(workspace, join(root, image));
  // Later generations import options of the IDL, which is checked by itself.
  const args = ["breaking", folder, "--exclude-imports", "--against", released];
  try {
    runBuf(root, args, workspace);
    return [];
  } catch (error) {
    if (error instanceof BufError) {
      return error.message.split("\n");
    }
    throw error;
  }
}

function changedFacts(sources: Sources, workspace: string): string[] {
  const released = join(root, sources.image);
  if (!existsSync(released)) {
    // Already reported by `buf breaking`.
    return [];
  }
  return withFresh((fresh) => {
    const image = join(fresh, "image.binpb");
    buildImage(sources, workspace, image);
    return changedOptions(readFileSync(released), readFileSync(image), (name) => name === WORDING);
  });
}

function changedSchemas(generated: string): string[] {
  const files = listFiles(join(root, SCHEMAS), join(root, SCHEMAS));
  if (files.length === 0) {
    return [`${SCHEMAS}: no released schema to compare with`];
  }
  return files.flatMap((file) => {
    const now = readSchema(join(generated, "schemas", file));
    if (now === undefined) {
      return [`schemas/${file}: the schema is gone`];
    }
    const released = readSchema(join(root, SCHEMAS, file));
    const changed = isGiven(file) ? widenedRules : tightenedRules;
    return changed(released, now).map(
      ({ path, change }) => `schemas/${file}: ${path === "" ? "" : `${path}: `}${change}`,
    );
  });
}

/** Whether consumers are given the message of a schema. All others are written by producers. */
function isGiven(file: string): boolean {
  return GIVEN.has(basename(file));
}

function withGenerated(work: (generated: string) => void): void {
  withFresh((fresh) => {
    generateInto(root, fresh);
    work(fresh);
  });
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
