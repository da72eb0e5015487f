// `npm run test:annotations`: breaks each annotation of the IDL, one at a time, on
// a copy of the project, and makes sure that the tests fail. An annotation that
// can be broken unnoticed is named, and the command fails.
import { spawn } from "node:child_process";
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");
const protos = "proto/speckitty/dossier/v1";
const tests = [
  "test/event/model/rules",
  "test/event/envelope/parse",
  "test/dossier/reduce",
  "test/conformance/fixtures",
];

/** @typedef {{ file: string, line: number, what: string, text: string }} Mutation */

/** Every way to break one annotation in the text of a file. */
function* mutationsOf(/** @type {string} */ file, /** @type {string} */ text) {
  const cut = (
    /** @type {RegExpMatchArray} */ match,
    /** @type {string} */ what,
    replacement = "",
  ) => {
    const start = match.index ?? 0;
    return {
      file,
      line: text.slice(0, start).split("\n").length,
      what,
      text: text.slice(0, start) + replacement + text.slice(start + match[0].length),
    };
  };
  for (const match of text.matchAll(/ \[([^;]*?)\];$/gm)) {
    const options = splitOptions(match[1] ?? "");
    for (const option of options) {
      const name = option.split(" = ")[0]?.trim() ?? "";
      // Words for people are no rule. A list of literals is broken literal by literal.
      if (name !== "(must_be)" && !/= \{/.test(option)) {
        const rest = options.filter((other) => other !== option);
        yield cut(match, `without ${name}`, rest.length > 0 ? ` [${rest.join(",")}];` : ";");
      }
    }
  }
  for (const match of text.matchAll(/^\s*"(\w+)"(,?)$/gm)) {
    yield cut(match, `${match[1]} misspelled`, `\n"${match[1]}s"${match[2]}`);
  }
  for (const match of text.matchAll(/in: \["(\w+)"\]/g)) {
    yield cut(match, `${match[1]} misspelled`, `in: ["${match[1]}s"]`);
  }
  for (const match of text.matchAll(/^\s*(lte|gte): (\d+)$/gm)) {
    yield cut(match, `without ${match[1]}`);
  }
  for (const match of text.matchAll(/option \(event_type\) = "(\w+)"/g)) {
    yield cut(match, `event type ${match[1]} misspelled`, `option (event_type) = "${match[1]}s"`);
  }
  for (const match of text.matchAll(/\boptional (?=\w+ \w+ = )/g)) {
    yield cut(match, "without presence");
  }
}

/** The options between brackets, which commas part, except those in braces and text. */
function splitOptions(/** @type {string} */ list) {
  return list.match(/(?:"(?:[^"\\]|\\.)*"|\{[^}]*\}|[^,"{])+/g) ?? [];
}

/** A copy of the project that a mutation can be tried on. */
function makeCopy() {
  const copy = mkdtempSync(join(tmpdir(), "mission-dossier-annotations-"));
  for (const name of [
    "proto",
    "gen",
    "schemas",
    "src",
    "test",
    "fixtures",
    "buf.yaml",
    "buf.gen.yaml",
    "package.json",
    "tsconfig.base.json",
    "tsconfig.json",
    "vitest.config.ts",
  ]) {
    cpSync(join(root, name), join(copy, name), { recursive: true });
  }
  for (const name of ["node_modules", "build"]) {
    symlinkSync(join(root, name), join(copy, name));
  }
  return copy;
}

function run(
  /** @type {string} */ cwd,
  /** @type {string} */ command,
  /** @type {string[]} */ args,
) {
  const bin = join(root, "node_modules/.bin");
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
  return new Promise((done) => {
    spawn(join(bin, command), args, { cwd, env, stdio: "ignore" }).on("close", done);
  });
}

const isPassing = async (/** @type {string} */ copy) =>
  (await run(copy, "vitest", ["run", "--bail", "1", ...tests])) === 0;

/** @type {Mutation[]} */
const mutations = readdirSync(join(root, protos))
  // Options are read by the generator, and are never JSON.
  .filter((file) => file !== "options.proto")
  .flatMap((file) => [...mutationsOf(file, readFileSync(join(root, protos, file), "utf8"))]);
const total = mutations.length;
const survivors = [];
const unusable = [];

async function work() {
  const copy = makeCopy();
  try {
    if (!(await isPassing(copy))) {
      throw new Error("the tests fail before anything is broken");
    }
    for (let mutation = mutations.shift(); mutation; mutation = mutations.shift()) {
      const { file, line, what, text } = mutation;
      const path = join(copy, protos, file);
      const original = readFileSync(path, "utf8");
      writeFileSync(path, text);
      const label = `${protos}/${file}:${line}: ${what}`;
      if ((await run(copy, "buf", ["generate"])) !== 0) {
        // The generator noticed, which is as good as a test.
        unusable.push(label);
      } else if (await isPassing(copy)) {
        survivors.push(label);
        console.error(`survived: ${label}`);
      }
      writeFileSync(path, original);
    }
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

await Promise.all(Array.from({ length: availableParallelism() }, work));
console.log(
  `${total} annotations broken, ${unusable.length} refused by the generator, ${survivors.length} unnoticed.`,
);
process.exitCode = survivors.length > 0 ? 1 : 0;
