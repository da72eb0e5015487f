import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { transformSync } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { EXIT_CODES } from "../src/cli/exit-codes.js";
import {
  acceptsPayload,
  DossierAccumulator,
  MISSION_DOSSIER_ARTIFACT_INDEXED,
  reduceMissionDossier,
  stateToJsonString,
} from "../src/index.js";
import { missionDossier } from "./cli/command.js";
import { deep } from "./support/runs.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const contributing = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
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
    env: {
      ...process.env,
      NO_COLOR: "1",
      npm_config_cache: npmCache,
      // npx would run the package's `prepare`, which rebuilds `dist` while other tests use it.
      npm_config_ignore_scripts: "true",
    },
  });
}

describe("the commands of the README", () => {
  test("the first one installs the package", () => {
    const { name } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(blocks("sh")[0]).toBe(`npm install ${name}\n`);
  });

  test("the first one for a clone ends with the state of the happy path", () => {
    const [, first = ""] = blocks("sh");
    const [install, reduce = ""] = first.trim().split(" && ");
    // CI has run the installation; running it from a test would pull the rug out.
    expect(install).toBe("npm ci");
    // npx takes half a minute to find the command of the folder that it runs in.
    const command = deep ? reduce : reduce.replace("npx mission-dossier", "node dist/cli/main.js");
    const { status, stdout } = shell(command);
    expect(stdout).toMatch(/^Mission dossier {2}CLEAN {2}6 events\n/);
    expect(status).toBe(0);
  });

  test("the second one for a clone is the one that CI runs", () => {
    const [, , second = ""] = blocks("sh");
    expect(readFileSync(join(root, ".ci/run"), "utf8").split("\n")).toContain(second.trim());
  });

  const examples = blocks("console").flatMap((block) =>
    block
      .trim()
      .split("\n")
      .map((line) => line.replace(/^\$ /, "")),
  );

  test.each(examples)("%s", async (command) => {
    const { status, stdout, stderr } = deep ? shell(command) : await runHere(command);
    expect(status).toBe(command.includes("--fail-on-drift") ? EXIT_CODES.drifted.code : 0);
    expect(`${stdout}${stderr}`).not.toBe("");
  });

  /** Runs an example without npx, which takes longer than the command itself. */
  async function runHere(command: string) {
    const [, args] = /^npx mission-dossier ([^|<>"]*)$/.exec(command) ?? [];
    if (args === undefined) {
      return shell(command.replace("npx mission-dossier", "node dist/cli/main.js"));
    }
    const { code, ...outputs } = await missionDossier(args.trim().split(/ +/));
    return { status: code, ...outputs };
  }

  test("each npm command is one that package.json has", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const text = `${readme}${contributing}`;
    const names = [...text.matchAll(/npm (?:run )?([a-z:]+)/g)].map(([, name = ""]) => name);
    expect(names.length).toBeGreaterThan(5);
    for (const name of names.filter((name) => !["ci", "install", "publish"].includes(name))) {
      expect(Object.keys(scripts)).toContain(name);
    }
  });

  test("the exit codes are those of the command", () => {
    for (const { code, meaning } of Object.values(EXIT_CODES)) {
      expect(readme.replaceAll("`", "")).toContain(`| ${code} | ${meaning} |`);
    }
  });
});

test("the messages of the README are those of the command", async () => {
  const [shown = "", judged = ""] = blocks("text");
  const event = JSON.parse(blocks("json")[0] ?? "");
  const { node_id: _, ...withoutNode } = { ...event, timestamp: "yesterday" };
  const { payload } = event;
  const artifact = { ...payload.artifact_id, artifact_class: "inputt" };
  const lines = [event, event, withoutNode].map((each) => `${JSON.stringify(each)}\n`);
  writeFileSync(join(npmCache, "events.jsonl"), lines.join(""));
  writeFileSync(
    join(npmCache, "payload.json"),
    JSON.stringify({ ...payload, artifact_id: artifact }),
  );
  const surroundings = { cwd: npmCache };
  const { stderr } = await missionDossier(["reduce", "events.jsonl"], surroundings);
  expect(stderr).toMatch(shown);
  const type = ["--type", MISSION_DOSSIER_ARTIFACT_INDEXED];
  const { stdout } = await missionDossier(["validate", ...type, "payload.json"], surroundings);
  expect(stdout).toBe(judged);
});

test("the event of the README gives the state of the README", () => {
  const [event = "", state = ""] = blocks("json");
  expect(`${stateToJsonString(reduceMissionDossier([JSON.parse(event)]), 2)}\n`).toBe(state);
});

test("the links of the pages lead to files, and to headings in them", () => {
  const pages = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/README.md"].concat(
    readdirSync(join(root, "docs"))
      .filter((file) => file.endsWith(".md"))
      .map((file) => `docs/${file}`),
  );
  const broken = pages.flatMap((page) => {
    const links = readFileSync(join(root, page), "utf8").matchAll(/\]\(([^)#\s]*)(#[^)\s]*)?\)/g);
    return [...links]
      .filter(([, file = ""]) => !/^[a-z]+:/.test(file))
      .filter(([, file = "", heading = ""]) => !leads(page, file, heading))
      .map(([link]) => `${page}: ${link}`);
  });
  expect(broken).toEqual([]);
});

function leads(page: string, file: string, heading: string): boolean {
  const target = file === "" ? join(root, page) : join(root, dirname(page), file);
  return (
    existsSync(target) &&
    (heading === "" || anchorsIn(readFileSync(target, "utf8")).includes(heading))
  );
}

/** The anchors of the headings of a page, in Markdown as forges show it. */
function anchorsIn(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.*)$/gm)].map(
    ([, heading = ""]) =>
      `#${heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-")}`,
  );
}

test("a text that is no time conforms, as the README says", () => {
  expect(readme).toContain('`indexed_at: "yesterday"` conforms');
  const { payload } = JSON.parse(blocks("json")[0] ?? "");
  expect(
    acceptsPayload(MISSION_DOSSIER_ARTIFACT_INDEXED, { ...payload, indexed_at: "yesterday" }),
  ).toBe(true);
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
      const { code } = transformSync(example, { loader: "ts" });
      writeFileSync(join(folder, `example${index}.js`), code);
    }
  });

  function run(index: number): string {
    return execFileSync("node", [`example${index}.js`], { cwd: folder, encoding: "utf8" });
  }

  test.runIf(deep)("compile in strict mode", () => {
    const tsc = join(root, "node_modules/typescript/bin/tsc");
    const options = ["--strict", "--target", "es2023", "--module", "nodenext", "--types", "node"];
    const files = examples.map((_, index) => `example${index}.ts`);
    const compiled = spawnSync(tsc, [...options, ...files], { cwd: folder, encoding: "utf8" });
    expect(compiled.stdout).toBe("");
    expect(examples).toHaveLength(4);
  });

  test("build, judge and reduce an event, and print the state that the README shows", () => {
    const [, state = ""] = blocks("json");
    expect(run(0)).toBe(`true\n${state}`);
  });

  test("print the state of a stream", () => {
    cpSync(join(root, happyPath), join(folder, "events.jsonl"));
    expect(JSON.parse(run(1))).toMatchObject({ parity_status: "clean", event_count: 6 });
  });

  test("go on from a checkpoint", () => {
    const accumulator = new DossierAccumulator();
    const checkpoint = join(folder, "dossier.checkpoint");
    writeFileSync(checkpoint, accumulator.toBinary());
    writeFileSync(join(folder, "events.jsonl.gz"), gzipSync(readFileSync(join(root, happyPath))));
    expect(run(2)).toBe("clean\n");
    expect(DossierAccumulator.fromBinary(readFileSync(checkpoint)).eventCount).toBe(6);
    if (deep) {
      expect(run(2)).toBe("clean\n");
    }
  });
});
