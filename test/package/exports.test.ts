import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Evaluates an expression where the package is known by its name. */
function evaluate(expression: string): unknown {
  const script = `console.log(JSON.stringify(await (async () => ${expression})()))`;
  const args = ["--input-type=module", "--eval", script];
  return JSON.parse(execFileSync("node", args, { cwd: root, encoding: "utf8" }));
}

function resolved(specifier: string): string {
  const url = evaluate(`import.meta.resolve("${specifier}")`);
  return readFileSync(fileURLToPath(String(url)), "utf8");
}

describe("the package exports", () => {
  test("the library", () => {
    expect(
      evaluate(`(({ reduceMissionDossier, stateToJson }) =>
        stateToJson(reduceMissionDossier([])).parity_status)(await import("mission-dossier"))`),
    ).toBe("unknown");
  });

  test("the schemas", () => {
    expect(JSON.parse(resolved("mission-dossier/schemas/event.schema.json"))).toMatchObject({
      $id: "spec-kitty-events/event",
    });
  });

  test("the sources of the contract", () => {
    expect(resolved("mission-dossier/proto/speckitty/dossier/v1/event.proto")).toContain(
      "message Event {",
    );
  });

  test("the generated modules", () => {
    expect(
      evaluate(`Object.keys(await import("mission-dossier/gen/speckitty/dossier/v1/event_pb.js"))`),
    ).toContain("EventSchema");
    expect(
      evaluate(
        `(await import("mission-dossier/gen/speckitty/dossier/v1/contract.js")).ACTOR_KINDS`,
      ),
    ).toEqual(["human", "llm", "system"]);
  });

  test("nothing else", () => {
    expect(() => resolved("mission-dossier/src/index.ts")).toThrow("ERR_PACKAGE_PATH_NOT_EXPORTED");
    expect(() => resolved("mission-dossier/dist/src/index.js")).toThrow();
  });
});

// npx links a command of the project itself once, and does not look at it again.
test.skipIf(process.platform === "win32")("the command is executable once it is built", () => {
  expect(statSync(`${root}dist/cli/main.js`).mode & 0o111).toBe(0o111);
});

test("what is packed is what is needed", () => {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ files }] = Object.values<{ files: { path: string }[] }>(JSON.parse(output)) as [
    { files: { path: string }[] },
  ];
  const paths = files.map(({ path }) => path);
  expect(paths).toContain("LICENSE");
  expect(paths).toContain("dist/cli/main.js");
  expect(paths).toContain("dist/src/index.d.ts");
  expect(paths).toContain("dist/gen/speckitty/dossier/v1/event_pb.js");
  expect(paths).toContain("schemas/mission_dossier_state.schema.json");
  expect(paths).toContain("proto/speckitty/dossier/v1/payloads.proto");
  expect(paths).toContain("fixtures/dossier/replay/dossier_replay_happy_path.jsonl");
  expect(
    paths.filter(
      (path) =>
        !/^(?:dist|docs|schemas|proto|fixtures)\/|^(?:package\.json|LICENSE|README\.md|CHANGELOG\.md)$/.test(
          path,
        ),
    ),
  ).toEqual([]);
  expect(paths.filter((path) => /codegen|\.test\.|tsbuildinfo/.test(path))).toEqual([]);
});

test("the licence is the one that package.json names", () => {
  const { license } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  expect(readFileSync(`${root}LICENSE`, "utf8")).toMatch(new RegExp(`^${license} License\n`));
});
