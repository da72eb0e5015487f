import { unlinkSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { BUF_YAML, type Outcome, VALIDATE, Workspace } from "./workspace.js";

const ORDER = "proto/shop/v1/order.proto";
const ADVICE = "Run `npm run generate` and commit what it writes.";

/** A small contract that generates into the three folders, as the large one does. */
const FILES = {
  "buf.yaml": BUF_YAML,
  "buf.gen.yaml": `version: v2
inputs:
  - directory: proto
    exclude_paths: [proto/buf]
plugins:
  - local: protoc-gen-es
    out: gen
    opt: [target=ts]
  - local: [node, build/codegen/protoc-gen-jsonschema.js]
    out: schemas
    strategy: all
    opt: [target=ts]
  - local: [node, build/codegen/protoc-gen-contract-page.js]
    out: docs
    strategy: all
    opt: [target=ts]
`,
  [ORDER]: `syntax = "proto3";
package shop.v1;
// An order.
message Order {
  // Who ordered.
  string name = 1;
}
message Line {}
message Item {}
`,
  "proto/shop/v1/shelf.proto": `syntax = "proto3";
package shop.v1;
message Shelf {}
`,
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
      "schemas/order.schema.json: not what the IDL generates",
    ],
    ["and a TypeScript file", () => {}, "gen/shop/v1/order_pb.ts: not what the IDL generates"],
    ["and the page", () => {}, "docs/contract.md: not what the IDL generates"],
    [
      "a schema with one more end of line",
      (project) => project.edit("schemas/shelf.schema.json", /(?<=^\})\n$/m, "\n\n"),
      "schemas/shelf.schema.json: not what the IDL generates",
    ],
    [
      "a missing schema",
      (project) => project.remove("schemas/line.schema.json"),
      "schemas/line.schema.json: missing",
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
      (project) => project.remove("gen/shop/v1/shelf_pb.ts"),
      "gen/shop/v1/shelf_pb.ts: missing",
    ],
    [
      "an orphan TypeScript file",
      (project) => project.write("gen/shop/v0/order_pb.ts", ""),
      "gen/shop/v0/order_pb.ts: nothing generates it",
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
      stdout: `All 2 TypeScript files are up to date.
All 4 schemas are up to date.
docs/contract.md: up to date.
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
      project.edit(ORDER, "message Line {", "message {");
      project.write("schemas/order.schema.json", "{}\n");
      const { status, stderr } = await run(project);
      expect(stderr).toContain("shop/v1/order.proto:");
      expect(stderr).not.toContain("    at ");
      expect(status).toBe(1);
      expect(project.read("schemas/order.schema.json")).toBe("{}\n");
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
