import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { DRIFT_SCENARIO, HAPPY_PATH, missionDossier, temporaryDirectory } from "./command.js";

const directory = temporaryDirectory();

/** The report in a page. */
function reportIn(page: string): { readonly title: string; readonly verdict: { label: string } } {
  const [, json = ""] =
    /<script type="application\/json" id="report">(.*)<\/script>/.exec(page) ?? [];
  return JSON.parse(json);
}

describe("--format html", () => {
  test.each([
    ["reduce", [HAPPY_PATH], "clean", 0],
    ["reduce --fail-on-drift", [DRIFT_SCENARIO], "drifted", 3],
    ["diff", [HAPPY_PATH, HAPPY_PATH], "in parity", 0],
    ["audit", [HAPPY_PATH], "refuted", 3],
  ])("%s prints a page, and exits as ever", async (command, files, label, code) => {
    const run = await missionDossier([...command.split(" "), ...files, "--format", "html"]);
    expect(reportIn(run.stdout).verdict.label).toBe(label);
    expect(run.code).toBe(code);
  });

  test("is the same from a pipe, apart from the name of the input", async () => {
    const input = readFileSync(HAPPY_PATH);
    const piped = await missionDossier(["reduce", "--format", "html"], { input });
    const read = await missionDossier(["reduce", "--format", "html", HAPPY_PATH]);
    const text = JSON.stringify(reportIn(read.stdout)).replaceAll(
      JSON.stringify(HAPPY_PATH),
      '"-"',
    );
    expect(JSON.stringify(reportIn(piped.stdout))).toBe(text);
  });
});

describe("--by-namespace --format html", () => {
  const args = ["reduce", "--by-namespace", "--format", "html", HAPPY_PATH, DRIFT_SCENARIO];

  test("writes an index, and a page for each mission, by its key", async () => {
    const out = join(directory.path, "new", "folder");
    expect(await missionDossier([...args, "--out", out])).toMatchObject({ code: 0, stdout: "" });
    const names = readdirSync(out);
    expect(names).toContain("index.html");
    expect(names.filter((name) => /^[0-9a-f]{32}\.html$/.test(name))).toHaveLength(2);
    const titles = names.map((name) => reportIn(readFileSync(join(out, name), "utf8")).title);
    expect(titles.sort()).toEqual(["014-rate-limits", "021-audit-log", "Missions"]);
  });

  test("needs a folder", async () => {
    const { code, stdout, stderr } = await missionDossier(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("needs --out DIR");
  });

  test("says why a folder cannot be written", async () => {
    const file = directory.write("a-file", "");
    const { code, stderr } = await missionDossier([...args, "--out", join(file, "below")]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cannot write pages into .*a-file.*: /);
  });
});

test("--out without pages of many missions is refused", async () => {
  const out = join(directory.path, "unused");
  const { code, stderr } = await missionDossier(["reduce", HAPPY_PATH, "--out", out]);
  expect(code).toBe(2);
  expect(stderr).toContain("--out is for the pages of --by-namespace --format html");
  expect(existsSync(out)).toBe(false);
});
