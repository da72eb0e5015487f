import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { walkFolder } from "../../src/indexing/walk-folder.js";
import { runs } from "../support/runs.js";

const folder = mkdtempSync(join(tmpdir(), "mission-dossier-"));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;

/** A new repository with these files. */
function repository(files: { readonly [path: string]: string }): string {
  const root = join(folder, String(count++));
  mkdirSync(root);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

async function filesIn(root: string, below = ""): Promise<string[]> {
  return [...(await walkFolder(root, below)).files].sort();
}

describe("a folder without the files that .gitignore excludes", () => {
  test.each([
    {
      what: "a pattern of the root, everywhere",
      files: { ".gitignore": "*.log", "a.log": "", "b/c.log": "", "b/d": "" },
      left: [".gitignore", "b/d"],
    },
    {
      what: "a negated pattern in a nested file",
      files: { ".gitignore": "*.log", "b/.gitignore": "!c.log", "b/c.log": "", "d/c.log": "" },
      left: [".gitignore", "b/.gitignore", "b/c.log"],
    },
    {
      what: "a nested pattern, below its folder only",
      files: { "b/.gitignore": "c\n/d", c: "", "b/c": "", "b/e/c": "", "b/e/d": "", "b/d": "" },
      left: ["b/.gitignore", "b/e/d", "c"],
    },
    {
      what: "no file of an excluded folder, whatever is negated",
      files: { ".gitignore": "b/\n!b/c", "b/c": "", "d/b": "" },
      left: [".gitignore", "d/b"],
    },
    {
      what: "a folder that a nested file includes again, with its files",
      files: { ".gitignore": "b/*", "b/.gitignore": "!.gitignore\n!c/", "b/c/d": "", "b/e": "" },
      left: [".gitignore", "b/.gitignore", "b/c/d"],
    },
    {
      what: "names with characters of patterns in them",
      files: { "b[1]*/.gitignore": "c\n!", "b[1]*/c": "", "b1/c": "", "b[1]*/d": "" },
      left: ["b1/c", "b[1]*/.gitignore", "b[1]*/d"],
    },
    {
      what: "lines that are no patterns",
      files: {
        "b/.gitignore": "\ufeff# c\n\n/\n!\n  \nd \r\nc\\ \n",
        "b/c": "",
        "b/c ": "",
        "b/d": "",
      },
      left: ["b/.gitignore", "b/c"],
    },
    {
      what: "names that differ in case",
      files: { ".gitignore": "Build", "b/build": "", Build: "" },
      left: [".gitignore", "b/build"],
    },
  ])("knows $what", async ({ files, left }) => {
    expect(await filesIn(repository(files))).toEqual([...left].sort());
  });

  test("goes by the files above it too", async () => {
    const files = {
      ".gitignore": "*.log",
      "b/.gitignore": "!x.log",
      "b/c/x.log": "",
      "b/c/y.log": "",
    };
    expect(await filesIn(repository(files), "b/c")).toEqual(["b/c/x.log"]);
  });

  test("does not go by those above it that exclude the folder itself", async () => {
    const files = { ".gitignore": "/b\n*.log", "b/.gitignore": "c", "b/c": "", "b/d.log": "" };
    expect(await filesIn(repository(files), "b")).toEqual(["b/.gitignore", "b/d.log"]);
  });

  test("has nothing of .git, a folder or a file", async () => {
    const files = { ".git/config": "", "a/.git": "gitdir: elsewhere", "a/.github/b": "" };
    expect(await filesIn(repository(files))).toEqual(["a/.github/b"]);
  });

  const name = fc.constantFrom("a", "b", "c", "a.log", "b c", "[d]");
  const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join("/"));
  const pattern = fc
    .tuple(
      fc.constantFrom("", "!"),
      fc.constantFrom("", "/", "**/"),
      fc.constantFrom("a", "b", "*", "*.log", "a/b", "a/*", "a/**", "**/b", "b c", "\\[d\\]", "?"),
      fc.constantFrom("", "/", " "),
    )
    .map((parts) => parts.join(""));
  const ignoreFile = fc
    .tuple(fc.option(path), fc.array(pattern, { minLength: 1, maxLength: 4 }))
    .map(([below, lines]) => ({ below, text: lines.join("\n") }));

  test("has the files that git lists", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(path, { maxLength: 12 }),
        fc.array(ignoreFile, { maxLength: 3 }),
        async (paths, ignoreFiles) => {
          const root = repository({});
          const write = (file: string, content: string): void => {
            try {
              mkdirSync(dirname(join(root, file)), { recursive: true });
              writeFileSync(join(root, file), content);
            } catch {
              // A file may be in the way of a folder, or the other way round.
            }
          };
          for (const file of paths) {
            write(file, "");
          }
          for (const { below, text } of ignoreFiles) {
            write(below === null ? ".gitignore" : `${below}/.gitignore`, text);
          }
          const git = (...args: string[]): string =>
            execFileSync("git", args, { cwd: root, encoding: "utf8" });
          git("init", "--quiet");
          git("config", "core.excludesFile", "");
          const listed = git("ls-files", "-z", "--others", "--exclude-standard");
          expect(await filesIn(root)).toEqual(listed.split("\0").slice(0, -1).sort());
          rmSync(root, { recursive: true });
        },
      ),
      { numRuns: runs(100) },
    );
  });
});
