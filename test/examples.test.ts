import { execFileSync, spawnSync } from "node:child_process";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import manifest from "../package.json" with { type: "json" };
import { reduceMissionDossier, validateEnvelope } from "../src/index.js";
import { event, payloads, withValue } from "./support/examples.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const examples = join(root, "examples");
/** Within the package, so that it finds itself by name. */
const built = join(root, "build/examples");
const folder = mkdtempSync(join(tmpdir(), "mission-dossier-examples-"));

beforeAll(async () => {
  const entryPoints = readdirSync(examples)
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(examples, name));
  await build({ entryPoints, outdir: built, format: "esm", target: "es2022", logLevel: "error" });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(name: string, ...args: string[]) {
  return spawnSync("node", [join(built, name), ...args], { cwd: folder, encoding: "utf8" });
}

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const type = "MissionDossierArtifactIndexed";
const payload = payloads[type];
const event_id = "01KJPZ8V2M4T6R1E9C3H5N7QWA";
const good = event(type, payload, { event_id });

test("the README of the examples lists each of them", () => {
  const readme = readFileSync(join(examples, "README.md"), "utf8");
  for (const name of readdirSync(examples).filter((name) => name !== "README.md")) {
    expect(readme).toContain(`| [${name}](${name}) |`);
  }
});

test("the producer appends an event for each file, and goes on with its clock", () => {
  file("spec.md", "# Spec\n");
  file("plan.md", "# Plan\n");
  expect(run("producer.js", "events.jsonl", "spec.md")).toMatchObject({ status: 0, stderr: "" });
  // It was ended in the middle of a line.
  appendFileSync(join(folder, "events.jsonl"), '{"event_id":');
  expect(run("producer.js", "events.jsonl", "plan.md", "spec.md")).toMatchObject({ status: 0 });
  const [first = "", torn, ...rest] = readFileSync(join(folder, "events.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  expect(torn).toBe('{"event_id":');
  const events = [first, ...rest].map((line) => JSON.parse(line));
  expect(events.map(({ lamport_clock }) => lamport_clock)).toEqual([1, 2, 3]);
  for (const each of events) {
    expect(validateEnvelope(each, { strict: true }).map(({ valid }) => valid)).toEqual([
      true,
      true,
    ]);
  }
  expect([...reduceMissionDossier(events).artifacts.keys()]).toEqual(["spec.md", "plan.md"]);
});

test("the ingress endpoint answers 202, 422 with the violations by field, and 409", () => {
  const other = event(type, withValue(payload, "content_ref.hash", "00"), { event_id });
  const typo = withValue(withValue(payload, "artifact_id.artifact_class", "inputt"), "extra", 1);
  const upperCase = { ...good, step_id: null, event_id: event_id.toLowerCase() };
  const bodies = [
    good,
    upperCase,
    other,
    event(type, typo, { event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWB", lamport_clock: -1 }),
    event("SomethingElse", { a: 1 }, { event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWC" }),
    event(`${type}x`, payload, { event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWD" }),
  ];
  file("bodies.json", JSON.stringify(bodies));
  // A second endpoint begins with what the first one has accepted.
  const script = `
    import { readFileSync } from "node:fs";
    import { ingress } from ${JSON.stringify(join(built, "ingress.js"))};
    const answers = [];
    for (const payload of JSON.parse(readFileSync("bodies.json", "utf8"))) {
      const app = await ingress("accepted.jsonl");
      const { statusCode, body } = await app.inject({ method: "POST", url: "/events", payload });
      answers.push([statusCode, JSON.parse(body)]);
    }
    console.log(JSON.stringify(answers));`;
  const output = execFileSync("node", ["--input-type=module", "-e", script], {
    cwd: folder,
    encoding: "utf8",
  });
  expect(JSON.parse(output)).toEqual([
    [202, { event_id }],
    [202, { event_id }],
    [409, { event_id }],
    [
      422,
      {
        violations: [
          {
            field: "lamport_clock",
            path: ["lamport_clock"],
            message: "must be greater than or equal to 0",
          },
          {
            field: "payload.artifact_id.artifact_class",
            path: ["payload", "artifact_id", "artifact_class"],
            message: expect.stringContaining("must be in list"),
          },
        ],
      },
    ],
    [202, { event_id: "01KJPZ8V2M4T6R1E9C3H5N7QWC" }],
    [
      422,
      {
        violations: [
          {
            field: "event_type",
            path: ["event_type"],
            message: "the contract has no such event type",
          },
        ],
      },
    ],
  ]);
  const accepted = readFileSync(join(folder, "accepted.jsonl"), "utf8").trimEnd().split("\n");
  expect(accepted.map((line) => JSON.parse(line))).toEqual([bodies[0], bodies[4]]);
});

test("the consumer survives bad events, and says where each is and what is wrong with it", () => {
  const id = (last: string) => ({ event_id: `01KJPZ8V2M4T6R1E9C3H5N7Q${last}` });
  const lines = [
    JSON.stringify(good),
    "{",
    JSON.stringify(event(type, payload, { ...id("W1"), lamport_clock: -1 })),
    JSON.stringify(event(type, withValue(payload, "artifact_id.path", ""), id("W2"))),
    JSON.stringify(event(type, { indexed_at: "x" }, id("W3"))),
    // Its id came before, with another content: all is read once more.
    JSON.stringify(
      event(type, withValue(payload, "artifact_id.path", "a.md"), { event_id, lamport_clock: 0 }),
    ),
    JSON.stringify(event(type, withValue(payload, "artifact_id.path", "b.md"), id("W4"))),
  ];
  file("bad.jsonl", `${lines.join("\n")}\n`);
  const { status, stdout, stderr } = run("consumer.js", "bad.jsonl");
  expect(stderr.trimEnd().split("\n")).toEqual([
    expect.stringContaining("bad.jsonl:2: not JSON: "),
    "bad.jsonl:3: lamport_clock: must be greater than or equal to 0",
    expect.stringContaining("bad.jsonl:4: payload.artifact_id.path: "),
    "bad.jsonl:5: payload.namespace: value is required",
    "bad.jsonl:5: payload.artifact_id: value is required",
    "bad.jsonl:5: payload.content_ref: value is required",
  ]);
  expect(stdout).toMatch(/^[0-9a-f]{32} unknown: 2 artifacts\n$/);
  expect(status).toBe(0);
});

describe("the workflow for GitHub Actions", () => {
  type Step = { name?: string; uses?: string; run?: string; if?: string; with?: object };
  const workflow = parse(readFileSync(join(examples, "validate-events.yml"), "utf8"));
  const steps: Step[] = workflow.jobs.validate.steps;
  const repository = join(folder, "repository");

  /** Runs the commands of the workflow in a repository with this log, as a runner does. */
  function runCommands(log: string): (number | null)[] {
    rmSync(repository, { recursive: true, force: true });
    mkdirSync(join(repository, "node_modules/.bin"), { recursive: true });
    writeFileSync(join(repository, "events.jsonl"), log);
    const [install = "", ...commands] = steps.flatMap(({ run }) => run ?? []);
    // The registry is not asked; this is what the installation would leave behind.
    expect(install).toBe(`npm install --no-save ${manifest.name}`);
    symlinkSync(root, join(repository, "node_modules", manifest.name));
    const bin = join("..", manifest.name, manifest.bin["mission-dossier"]);
    symlinkSync(bin, join(repository, "node_modules/.bin/mission-dossier"));
    return commands.map(
      (command) => spawnSync("bash", ["-e", "-c", command], { cwd: repository }).status,
    );
  }

  function report(name: unknown) {
    return JSON.parse(readFileSync(join(repository, String(name)), "utf8"));
  }

  const upload = steps.find(({ uses }) => uses?.startsWith("github/codeql-action/upload-sarif@"));
  const { sarif_file } = { sarif_file: "", ...upload?.with };

  test("may upload a report, and does so whether or not the log conforms", () => {
    expect(workflow.permissions).toMatchObject({ "security-events": "write", contents: "read" });
    expect(upload?.if).toBe("success() || failure()");
    for (const { uses } of steps) {
      expect(uses ?? "").toMatch(/^(?:|(?:actions|github)\/[a-z-]+(?:\/[a-z-]+)?@v\d+)$/);
    }
  });

  test("fails for a log that does not conform, with a report that GitHub can show", () => {
    const bad = event(type, withValue(payload, "artifact_id.path", ""));
    expect(runCommands(`${JSON.stringify(good)}\n${JSON.stringify(bad)}\n{\n`)).toEqual([1]);
    const { version, runs } = report(sarif_file);
    expect({ version, runs: runs.length }).toEqual({ version: "2.1.0", runs: 1 });
    const [{ tool, results }] = runs;
    expect(tool.driver).toMatchObject({ name: manifest.name, semanticVersion: manifest.version });
    const text = { text: expect.stringMatching(/./) };
    for (const rule of tool.driver.rules) {
      expect(rule).toEqual({
        id: expect.any(String),
        shortDescription: text,
        fullDescription: text,
        help: text,
      });
    }
    const region = (startLine: number) => [
      expect.objectContaining({
        physicalLocation: { artifactLocation: { uri: "events.jsonl" }, region: { startLine } },
      }),
    ];
    expect(results).toEqual([
      expect.objectContaining({ level: "error", message: text, locations: region(2) }),
      expect.objectContaining({ level: "error", message: text, locations: region(3) }),
    ]);
    for (const { ruleId, ruleIndex } of results) {
      expect(tool.driver.rules[ruleIndex].id).toBe(ruleId);
    }
  });

  test("passes for a log that conforms, with a report of nothing", () => {
    expect(runCommands(`${JSON.stringify(good)}\n`)).toEqual([0]);
    expect(report(sarif_file).runs[0].results).toEqual([]);
  });
});
