import { unlinkSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { type Outcome, Workspace } from "./workspace.js";

const VALUES = "proto/speckitty/dossier/v1/values.proto";
const ADVICE = "Run `npm run generate` and commit what it writes.";

function newProject(): Workspace {
  return new Workspace("proto", "buf.yaml", "buf.gen.yaml", "gen", "schemas", "docs", "fixtures");
}

function check(project: Workspace): Promise<Outcome> {
  return project.run("node", "build/codegen/check-generated.js");
}

describe.concurrent("the check of generated files", () => {
  test("says so when all of them are what the contract generates", async () => {
    const { status, stdout, stderr } = await check(newProject());
    expect(stderr).toBe("");
    expect(stdout.split("\n")).toContain("All 10 schemas are up to date.");
    expect(stdout.split("\n")).toContain("docs/contract.md: up to date.");
    expect(stdout).toMatch(/^All [1-9][0-9]* TypeScript files are up to date\.$/m);
    expect(status).toBe(0);
  });

  test("names the one file that is wrong, and nothing else", async () => {
    const project = newProject();
    project.remove("schemas/event.schema.json");
    expect(await check(project)).toEqual({
      status: 1,
      stdout: "",
      stderr: `schemas/event.schema.json: missing\n${ADVICE}\n`,
    });
  });

  test("names the files of a contract that was edited without generating", async () => {
    const project = newProject();
    project.edit(VALUES, "// Where the content of an artifact", "// Where that content");
    const { status, stderr } = await check(project);
    expect(stderr.split("\n")).toEqual(
      expect.arrayContaining([
        "gen/speckitty/dossier/v1/contract.ts: not what the IDL generates",
        "gen/speckitty/dossier/v1/values_pb.ts: not what the IDL generates",
        "schemas/provenance_ref.schema.json: not what the IDL generates",
      ]),
    );
    expect(stderr).not.toContain("schemas/content_hash_ref.schema.json");
    expect(status).toBe(1);
  });

  test("fails with the words of buf on a contract that does not compile", async () => {
    const project = newProject();
    project.edit(VALUES, "message ContentHashRef {", "message {");
    const { status, stderr } = await check(project);
    expect(stderr).toContain("speckitty/dossier/v1/values.proto:");
    expect(stderr).not.toContain("    at ");
    expect(status).toBe(1);
  });

  describe("names every file that is wrong:", () => {
    const gen = "gen/speckitty/dossier/v1";
    type Case = [what: string, spoil: (project: Workspace) => void, complaint: string];
    const cases: readonly Case[] = [
      [
        "an edited schema",
        (project) =>
          project.edit("schemas/artifact_identity.schema.json", '        "evidence",\n', ""),
        "schemas/artifact_identity.schema.json: not what the IDL generates",
      ],
      [
        "a schema with one more end of line",
        (project) => project.edit("schemas/content_hash_ref.schema.json", /(?<=^\})\n$/m, "\n\n"),
        "schemas/content_hash_ref.schema.json: not what the IDL generates",
      ],
      [
        "a missing schema",
        (project) => project.remove("schemas/event.schema.json"),
        "schemas/event.schema.json: missing",
      ],
      [
        "an orphan schema",
        (project) => project.write("schemas/old.schema.json", "{}\n"),
        "schemas/old.schema.json: nothing generates it",
      ],
      [
        "an orphan in a folder of its own",
        (project) => project.write("schemas/old/notes.txt", ""),
        "schemas/old/notes.txt: nothing generates it",
      ],
      [
        "an edited TypeScript file",
        (project) => project.edit(`${gen}/contract.ts`, '  "evidence",\n', ""),
        `${gen}/contract.ts: not what the IDL generates`,
      ],
      [
        "a missing TypeScript file",
        (project) => project.remove(`${gen}/event_pb.ts`),
        `${gen}/event_pb.ts: missing`,
      ],
      [
        "an edited page",
        (project) => project.write("docs/contract.md", "# Nothing\n"),
        "docs/contract.md: not what the IDL generates",
      ],
      [
        "an orphan TypeScript file",
        (project) => project.write("gen/speckitty/dossier/v0/contract.ts", ""),
        "gen/speckitty/dossier/v0/contract.ts: nothing generates it",
      ],
    ];

    let outcome: Outcome;
    beforeAll(async () => {
      const project = newProject();
      for (const [_what, spoil] of cases) {
        spoil(project);
      }
      outcome = await check(project);
    });

    test.for(cases)("%s", ([_what, _spoil, complaint]) => {
      expect(outcome.stderr.split("\n")).toContain(complaint);
      expect(outcome.status).toBe(1);
    });

    test("and no file that is right", () => {
      const complaints = cases.map(([_what, _spoil, complaint]) => complaint);
      expect(outcome.stderr.trimEnd().split("\n").sort()).toEqual([...complaints, ADVICE].sort());
      expect(outcome.stdout).toBe("");
    });
  });
});

describe.concurrent("npm run generate", () => {
  test("of a contract that does not compile says why, and everything stays", async () => {
    const project = newProject();
    const before = project.read("schemas/event.schema.json");
    project.edit(VALUES, "message ContentHashRef {", "message {");
    const { status, stderr } = await project.run("node", "build/codegen/regenerate.js");
    expect(stderr).toContain("speckitty/dossier/v1/values.proto:");
    expect(stderr).not.toContain("    at ");
    expect(status).toBe(1);
    expect(project.read("schemas/event.schema.json")).toBe(before);
  });

  test("where nothing is installed says so", async () => {
    const project = newProject();
    unlinkSync(project.path("node_modules"));
    const { status, stderr } = await project.run("node", "build/codegen/regenerate.js");
    expect(stderr).toMatch(/^cannot run buf: .*ENOENT \(is the project installed\?\)\n$/);
    expect(status).toBe(1);
  });
});
