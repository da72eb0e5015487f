import { unlinkSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { BUF_YAML, type Outcome, VALIDATE, Workspace } from "./workspace.js";

const ORDER = "proto/shop/order.proto";
const ADVICE = "Run `npm run generate` and commit what it writes.";

/**
 * A contract of three files, and a plugin that starts faster than the real ones: it
 * writes a file for each, with the extension that it is given.
 */
const FILES = {
  "buf.yaml": BUF_YAML,
  "plugin.mjs": `import { readFileSync } from "node:fs";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { CodeGeneratorRequestSchema, CodeGeneratorResponseSchema } from "@bufbuild/protobuf/wkt";

const request = fromBinary(CodeGeneratorRequestSchema, readFileSync(0));
const file = request.fileToGenerate.map((path) => ({
  name: path.replace("proto", request.parameter),
  content: JSON.stringify(request.protoFile.find(({ name }) => name === path)?.messageType) + "\\n",
}));
process.stdout.write(
  toBinary(CodeGeneratorResponseSchema, create(CodeGeneratorResponseSchema, { file })),
);
`,
  "buf.gen.yaml": `version: v2
inputs:
  - directory: proto
    exclude_paths: [proto/buf]
plugins:
  - { local: [node, plugin.mjs], out: gen, opt: ts }
  - { local: [node, plugin.mjs], out: schemas, opt: json }
  - { local: [node, plugin.mjs], out: docs, opt: md }
`,
  [ORDER]: 'syntax = "proto3";\npackage shop;\nmessage Order { string name = 1; }\n',
  "proto/shop/line.proto": 'syntax = "proto3";\npackage shop;\nmessage Line {}\n',
  "proto/shop/shelf.proto": 'syntax = "proto3";\npackage shop;\nmessage Shelf {}\n',
  "docs/notes.md": "Written by people.\n",
};

function newProject(): Workspace {
  const project = new Workspace(VALIDATE);
  for (const [file, text] of Object.entries(FILES)) {
    project.write(file, text);
  }
  return project;
}

function check(project: Workspace): Promise<Outcome> {
  return project.run("node", "build/codegen/check-generated.js");
}

function regenerate(project: Workspace): Promise<Outcome> {
  return project.run("node", "build/codegen/regenerate.js");
}

describe("the check of generated files names every file that is wrong:", () => {
  type Case = readonly [what: string, spoil: (project: Workspace) => void, complaint: string];
  const cases: readonly Case[] = [
    [
      "of a contract that was edited without generating, a schema",
      (project) => project.edit(ORDER, "string name", "bytes name"),
      "schemas/shop/order.json: not what the IDL generates",
    ],
    ["and a TypeScript file", () => {}, "gen/shop/order.ts: not what the IDL generates"],
    ["and the page", () => {}, "docs/shop/order.md: not what the IDL generates"],
    [
      "a schema with one more end of line",
      (project) => project.edit("schemas/shop/shelf.json", /\n$/, "\n\n"),
      "schemas/shop/shelf.json: not what the IDL generates",
    ],
    [
      "a missing schema",
      (project) => project.remove("schemas/shop/line.json"),
      "schemas/shop/line.json: missing",
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
      "a missing TypeScript file",
      (project) => project.remove("gen/shop/shelf.ts"),
      "gen/shop/shelf.ts: missing",
    ],
    [
      "an orphan TypeScript file",
      (project) => project.write("gen/shop/v0/order.ts", ""),
      "gen/shop/v0/order.ts: nothing generates it",
    ],
  ];

  let unspoiled: Outcome;
  let outcome: Outcome;
  beforeAll(async () => {
    const project = newProject();
    expect(await regenerate(project)).toEqual({ status: 0, stdout: "", stderr: "" });
    unspoiled = await check(project);
    for (const [_what, spoil] of cases) {
      spoil(project);
    }
    outcome = await check(project);
  });

  test("none, as long as all are right", () => {
    expect(unspoiled).toEqual({
      status: 0,
      stdout: `All 3 TypeScript files are up to date.
All 3 schemas are up to date.
docs/shop/line.md, docs/shop/order.md, docs/shop/shelf.md: up to date.
`,
      stderr: "",
    });
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

describe.concurrent("a contract that cannot be generated", () => {
  test.for([
    ["check", check],
    ["npm run generate", regenerate],
  ] as const)(
    "is an error in the words of buf, for %s, and everything stays",
    async ([_name, run]) => {
      const project = newProject();
      project.edit(ORDER, "message Order {", "message {");
      project.write("schemas/shop/order.json", "{}\n");
      const { status, stderr } = await run(project);
      expect(stderr).toContain("shop/order.proto:");
      expect(stderr).not.toContain("    at ");
      expect(status).toBe(1);
      expect(project.read("schemas/shop/order.json")).toBe("{}\n");
    },
  );

  test("because nothing is installed is an error that says so", async () => {
    const project = newProject();
    unlinkSync(project.path("node_modules"));
    const { status, stderr } = await regenerate(project);
    expect(stderr).toMatch(/^cannot run buf: .*ENOENT \(is the project installed\?\)\n$/);
    expect(status).toBe(1);
  });
});
