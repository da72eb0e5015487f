// `npm run vectors`: writes the vectors that other languages are tested with, and the
// table of differences in docs/porting.md, which names some of them. With `--check`, it
// checks that both are up to date with the fixtures.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compareGenerated } from "../codegen/compare-generated.js";
import { listFiles } from "../codegen/generate.js";
import { VECTORS_FOLDER } from "../conformance/fixture-files.js";
import { differencesTable, knownDifferences } from "./differences.js";
import { makeVectors } from "./vectors.js";

const root = process.cwd();
const folder = `fixtures/${VECTORS_FOLDER}`;
const page = "docs/porting.md";
const vectors = makeVectors();
const files = [
  ...Object.entries(vectors).map(([name, lines]) => ({
    path: `${folder}/${name}.jsonl`,
    text: lines.map((line) => `${JSON.stringify(line)}\n`).join(""),
  })),
  { path: page, text: withTable(readFileSync(join(root, page), "utf8")) },
];

if (isCheck()) {
  check();
} else {
  rmSync(join(root, folder), { recursive: true, force: true });
  mkdirSync(join(root, folder), { recursive: true });
  for (const { path, text } of files) {
    writeFileSync(join(root, path), text);
  }
}

/** Whether `--check` is given. A misspelled option must not write anything. */
function isCheck(): boolean {
  try {
    return parseArgs({ options: { check: { type: "boolean" } } }).values.check ?? false;
  } catch (error) {
    console.error(
      `${error instanceof Error ? error.message : error}\nUsage: npm run vectors [-- --check]`,
    );
    process.exit(2);
  }
}

/** The page with the table of differences in its place. */
function withTable(text: string): string {
  const table = differencesTable(knownDifferences(root, vectors.messages));
  const place = /(?<=<!-- differences -->\n)[\s\S]*(?=<!-- \/differences -->)/;
  if (!place.test(text)) {
    throw new Error(`${page} has no markers around the table of differences`);
  }
  return text.replace(place, () => `\n${table}\n\n`);
}

function check(): void {
  const problems = compareGenerated(root, {
    expected: new Map(files.map(({ path, text }) => [path, Buffer.from(text)])),
    found: [...listFiles(join(root, folder), root), page],
    origin: "the fixtures generate",
  });
  if (problems.length > 0) {
    console.error(`${problems.join("\n")}\nRun \`npm run vectors\` and commit what it writes.`);
    process.exitCode = 1;
  } else {
    const { messages, streams } = vectors;
    console.log(`All ${messages.length + streams.length} vectors are up to date.`);
  }
}
