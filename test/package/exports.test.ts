import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { FIXTURE_PACK, fixtureFolder, packed } from "../../src/conformance/fixture-files.js";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Expressions, evaluated in one process where the package is known by its name. */
const EXPRESSIONS = {
  library: `(({ reduceMissionDossier, stateToJson }) =>
    stateToJson(reduceMissionDossier([])).parity_status)(await import("mission-dossier"))`,
  schema: resolution("mission-dossier/schemas/event.schema.json"),
  proto: resolution("mission-dossier/proto/speckitty/dossier/v1/event.proto"),
  messages: `Object.keys(await import("mission-dossier/gen/speckitty/dossier/v1/event_pb.js"))`,
  literals: `(await import("mission-dossier/gen/speckitty/dossier/v1/contract.js")).ACTOR_KINDS`,
  sources: resolution("mission-dossier/src/index.ts"),
  compiled: resolution("mission-dossier/dist/src/index.js"),
};

function resolution(specifier: string): string {
  return `import.meta.resolve("${specifier}")`;
}

describe("the package exports", () => {
  let found: { readonly [name in keyof typeof EXPRESSIONS]: unknown };
  beforeAll(() => {
    const members = Object.entries(EXPRESSIONS).map(
      ([name, expression]) =>
        `${name}: await (async () => ${expression})().catch(({ code }) => code)`,
    );
    const script = `console.log(JSON.stringify({ ${members.join()} }))`;
    const args = ["--input-type=module", "--eval", script];
    found = JSON.parse(execFileSync("node", args, { cwd: root, encoding: "utf8" }));
  });

  test("the library", () => {
    expect(found.library).toBe("unknown");
  });

  test("the schemas", () => {
    expect(JSON.parse(textAt(found.schema))).toMatchObject({
      $id: "spec-kitty-events/event",
    });
  });

  test("the sources of the contract", () => {
    expect(textAt(found.proto)).toContain("message Event {");
  });

  test("the generated modules", () => {
    expect(found.messages).toContain("EventSchema");
    expect(found.literals).toEqual(["human", "llm", "system"]);
  });

  test("nothing else", () => {
    expect(found.sources).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
    expect(found.compiled).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  function textAt(url: unknown): string {
    return readFileSync(fileURLToPath(String(url)), "utf8");
  }
});

// npx links a command of the project itself once, and does not look at it again.
test.skipIf(process.platform === "win32")("the command is executable once it is built", () => {
  expect(statSync(`${root}dist/cli/main.js`).mode & 0o111).toBe(0o111);
});

describe("the packed files", () => {
  const output = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  type Packed = { files: { path: string }[]; entryCount: number; unpackedSize: number };
  const [{ files, entryCount, unpackedSize }] = Object.values<Packed>(JSON.parse(output)) as [
    Packed,
  ];
  const paths = files.map(({ path }) => path);

  test.each([
    "LICENSE",
    "dist/cli/main.js",
    "dist/cli/report-page.html",
    "dist/src/index.js",
    "dist/src/index.d.ts",
    "dist/gen/speckitty/dossier/v1/event_pb.js",
    "dist/gen/speckitty/dossier/v1/event_pb.d.ts",
    FIXTURE_PACK,
    "schemas/mission_dossier_state.schema.json",
    "proto/speckitty/dossier/v1/payloads.proto",
  ])("include %s", (path) => {
    expect(paths).toContain(path);
  });

  test("include the fixtures of the checkout", () => {
    const fixtures = packed(fixtureFolder(`${root}fixtures`));
    expect(readFileSync(`${root}${FIXTURE_PACK}`).equals(fixtures)).toBe(true);
  });

  test("include nothing that no user needs", () => {
    const known =
      /^(?:dist|docs|examples|schemas|proto|gen\/proto)\/|^(?:package\.json|LICENSE|README\.md|CHANGELOG\.md)$/;
    expect(paths.filter((path) => !known.test(path))).toEqual([]);
    expect(paths.filter((path) => /codegen|\.test\.|tsbuildinfo|\.map$/.test(path))).toEqual([]);
  });

  // The two pages are 200 kB of them, contract 3.0.0 some 350 kB.
  test("are at most 230, of at most 3.3 MB together", () => {
    expect(entryCount).toBeLessThanOrEqual(230);
    expect(unpackedSize).toBeLessThanOrEqual(3_300_000);
  });
});

test("the license is the one that package.json names", () => {
  const { license } = JSON.parse(readFileSync(`${root}package.json`, "utf8"));
  expect(readFileSync(`${root}LICENSE`, "utf8")).toMatch(new RegExp(`^${license} License\n`));
});
