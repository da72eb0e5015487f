import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string) => readFileSync(join(root, file), "utf8");

/** By name, whatever npm says of each. */
type Named<T> = { readonly [name: string]: T };

type Package = {
  readonly scripts: Named<string>;
  readonly dependencies: Named<string>;
  readonly devDependencies: Named<string>;
  readonly allowScripts: Named<boolean>;
};

/** A package as the lock file has it, by the folder that it is installed in. */
type Locked = {
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly optional?: boolean;
  readonly engines?: { readonly node?: string };
};

const manifest: Package = JSON.parse(read("package.json"));
const lock: { readonly packages: Named<Locked> } = JSON.parse(read("package-lock.json"));

/** The packages that are installed with this one, and those for its development, by name. */
const locked = Object.entries(lock.packages).filter(([folder]) => folder !== "");
const runtime = locked.filter(([, { dev, devOptional }]) => !dev && !devOptional);

function nameOf([folder]: readonly [string, Locked]): string {
  return folder.replace(/^.*node_modules\//, "");
}

/** The rows of the tables of docs/dependencies.md, in their order. */
function tables(): string[][][] {
  return [...read("docs/dependencies.md").matchAll(/^\|.*\n\|[-|]+\n((?:\|.*\n)+)/gm)].map(
    ([, rows = ""]) =>
      rows
        .trim()
        .split("\n")
        .map((row) => row.split("|").slice(1, -1)),
  );
}

function namesIn(table: readonly string[][] | undefined): string[] {
  return (table ?? []).map(([name = ""]) => name.replaceAll("`", "").trim());
}

describe("docs/dependencies.md", () => {
  const [direct, indirect, development, ...others] = tables();

  test("justifies every runtime dependency, and nothing else", () => {
    expect(namesIn(direct)).toEqual(Object.keys(manifest.dependencies));
  });

  test("names everything that comes with them", () => {
    const comes = runtime.map(nameOf).filter((name) => !(name in manifest.dependencies));
    expect(comes).not.toEqual([]);
    expect(namesIn(indirect)).toEqual(comes);
  });

  test("justifies every development dependency, and nothing else", () => {
    expect(namesIn(development)).toEqual(Object.keys(manifest.devDependencies));
  });

  test("has something to say in every column", () => {
    expect(others).toEqual([]);
    const cells = [direct, indirect, development].flatMap((table) => (table ?? []).flat());
    expect(cells.filter((cell) => cell.trim().length < 2)).toEqual([]);
  });
});

describe("the lock file", () => {
  test("says of no package where it came from", () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });

  test("says what the archive of every package must hash to", () => {
    expect(locked.filter(([, { integrity }]) => !integrity?.startsWith("sha512-"))).toEqual([]);
  });

  test("has no package that does not support Node 20, of which npm would warn", () => {
    const supports20 = /(?:^|\|\|)\s*(?:\*|[\^~]?20\b|>=?\s*(?:\d|1\d|20)\b)/;
    const tooNew = locked.filter(
      ([, { optional, engines }]) => !optional && !supports20.test(engines?.node ?? "*"),
    );
    expect(tooNew.map(([folder, { engines }]) => `${folder} ${engines?.node}`)).toEqual([]);
  });
});

describe("nothing runs when the package is installed", () => {
  test("by a script of its own", () => {
    const names = ["preinstall", "install", "postinstall"];
    expect(names.filter((name) => name in manifest.scripts)).toEqual([]);
    expect(lock.packages[""]).not.toHaveProperty("hasInstallScript");
  });

  test("by one of what it needs at run time", () => {
    expect(runtime.filter(([, { hasInstallScript }]) => hasInstallScript).map(nameOf)).toEqual([]);
  });

  test("in a checkout, by none but those that are known and turned off", () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript).map(nameOf);
    expect(manifest.allowScripts).toEqual(
      Object.fromEntries(scripted.map((name) => [name, false])),
    );
    for (const name of scripted) {
      expect(read("docs/dependencies.md")).toContain(`\`${name}\` has a script`);
    }
  });
});
