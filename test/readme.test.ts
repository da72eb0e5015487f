import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXIT_CODES } from "../src/cli/exit-codes.js";
import { DossierAccumulator } from "../src/index.js";
import { deep } from "./support/runs.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const happyPath = "fixtures/dossier/replay/dossier_replay_happy_path.jsonl";

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(
    ([, block = ""]) => block,
  );
}

// npx remembers where the command of a folder was when it first ran there, and so would run what
// an older checkout in the same folder had built.
const npmCache = mkdtempSync(join(tmpdir(), "npm-cache-"));

afterAll(() => rmSync(npmCache, { recursive: true, force: true }));

function shell(command: string): { status: number | null; stdout: string; stderr: string } {
  return spawnSync("sh", ["-c", command], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", npm_config_cache: npmCache },
  });
}

describe("the commands of the README", () => {
  test("the first one ends with the state of the happy path", () => {
    const [first = ""] = blocks("sh");
    const [install, reduce = ""] = first.trim().split(" && ");
    // CI has run the installation; running it from a test would pull the rug out.
    expect(install).toBe("npm ci");
    const { status, stdout } = shell(reduce);
    expect(stdout).toMatch(/^Mission dossier {2}CLEAN {2}6 events\n/);
    expect(status).toBe(0);
  });

  test("the second one is the one that CI runs", () => {
    const [, second = ""] = blocks("sh");
    expect(readFileSync(join(root, ".ci/run"), "utf8").split("\n")).toContain(second.trim());
  });

  const examples = blocks("console").flatMap((block) =>
    block
      .trim()
      .split("\n")
      .map((line) => line.replace(/^\$ /, "")),
  );

  test.each(examples)("%s", (command) => {
    // To look for a command takes npx longer than the command itself.
    const direct = command.replace("npx mission-dossier", "node dist/cli/main.js");
    const { status, stdout, stderr } = shell(deep ? command : direct);
    expect(status).toBe(command.includes("--fail-on-drift") ? EXIT_CODES.drifted.code : 0);
    expect(`${stdout}${stderr}`).not.toBe("");
  });

  test("each npm command is one that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const names = [...readme.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names.filter((name) => name !== "ci")) {
      expect(Object.keys(scripts)).toContain(name);
    }
  });

  test("the exit codes are those of the command", () => {
    for (const { code, meaning } of Object.values(EXIT_CODES)) {
      expect(readme.replaceAll("`", "")).toContain(`| ${code} | ${meaning} |`);
    }
  });
});

describe("the examples of the library", () => {
  const folder = mkdtempSync(join(tmpdir(), "mission-dossier-readme-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const examples = blocks("ts");

  beforeAll(() => {
    mkdirSync(join(folder, "node_modules/@types"), { recursive: true });
    symlinkSync(root, join(folder, "node_modules/mission-dossier"));
    symlinkSync(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
    writeFileSync(join(folder, "package.json"), '{"type": "module"}');
    for (const [index, example] of examples.entries()) {
      writeFileSync(join(folder, `example${index}.ts`), example);
    }
  });

  function run(index: number): string {
    return execFileSync("node", [`example${index}.js`], { cwd: folder, encoding: "utf8" });
  }

  test("compile in strict mode", () => {
    const tsc = join(root, "node_modules/.bin/tsc");
    const options = ["--strict", "--target", "es2023", "--module", "nodenext", "--types", "node"];
    const files = examples.map((_, index) => `example${index}.ts`);
    const compiled = spawnSync(tsc, [...options, ...files], { cwd: folder, encoding: "utf8" });
    expect(compiled.stdout).toBe("");
    expect(examples).toHaveLength(3);
  });

  test("print the state of a stream", () => {
    cpSync(join(root, happyPath), join(folder, "events.jsonl"));
    expect(JSON.parse(run(0))).toMatchObject({ parity_status: "clean", event_count: 6 });
  });

  test("go on from a checkpoint", () => {
    const accumulator = new DossierAccumulator();
    const checkpoint = join(folder, "dossier.checkpoint");
    writeFileSync(checkpoint, accumulator.toBinary());
    writeFileSync(join(folder, "events.jsonl.gz"), gzipSync(readFileSync(join(root, happyPath))));
    expect(run(1)).toBe("clean\n");
    expect(DossierAccumulator.fromBinary(readFileSync(checkpoint)).eventCount).toBe(6);
    expect(run(1)).toBe("clean\n");
  });
});
