import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EXIT_CODES, EXIT_CODES_OF_COMMAND } from "../../src/cli/exit-codes.js";
import { missionDossier } from "./command.js";

const { version }: { version: string } = JSON.parse(
  readFileSync(new URL("../../package.json", import.meta.url), "utf8"),
);

describe.concurrent.each([
  { args: ["--help"], same: ["-h"], golden: "help" },
  {
    args: ["reduce", "--help"],
    same: ["help", "reduce"],
    golden: "help-reduce",
  },
])("$args", ({ args, same, golden }) => {
  test("is what a person sees", async ({ expect }) => {
    const { code, stdout, stderr } = await missionDossier(args);
    await expect(stdout).toMatchFileSnapshot(`golden/${golden}.txt`);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("shows examples, and no line that an 80-column terminal breaks", async () => {
    const { stdout } = await missionDossier(args);
    expect(stdout).toMatch(/^Examples:\n {2}mission-dossier reduce /m);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test(`is the same as ${same.join(" ")}`, async () => {
    expect(await missionDossier(same)).toEqual(await missionDossier(args));
  });
});

describe.concurrent("the exit codes in the help", () => {
  test("of the program are all that there are", async () => {
    const { stdout } = await missionDossier(["--help"]);
    expect(exitCodesIn(stdout)).toEqual(
      Object.values(EXIT_CODES).map(({ code, meaning }) => `${code} ${meaning}`),
    );
  });

  test.each(Object.entries(EXIT_CODES_OF_COMMAND))("of %s are its own", async (name, meanings) => {
    const { stdout } = await missionDossier([name, "--help"]);
    const own: { readonly [name: string]: string } = meanings;
    expect(exitCodesIn(stdout)).toEqual(
      Object.entries(EXIT_CODES).flatMap(([name, { code }]) =>
        own[name] === undefined ? [] : [`${code} ${own[name]}`],
      ),
    );
    expect(stdout.match(/Exit codes:/g)).toHaveLength(1);
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    const [description] = stdout.split(/^(?:Arguments|Options):/m);
    expect(description, "a line broken in two").not.toMatch(/^\S+$/m);
  });

  test("of schema have no drift, and those of validate neither", () => {
    expect(Object.keys(EXIT_CODES_OF_COMMAND.schema)).toEqual(["ok", "misuse"]);
    expect(Object.keys(EXIT_CODES_OF_COMMAND.validate)).not.toContain("drifted");
  });
});

function exitCodesIn(help: string): readonly string[] {
  const lines = help.slice(help.indexOf("Exit codes:\n")).trimEnd().split("\n").slice(1);
  return lines.map((line) => line.trim().replace(/ +/g, " "));
}

test.concurrent.each([["--version"], ["-V"]])(
  "%s prints the version of the package",
  async (flag) => {
    const { code, stdout, stderr } = await missionDossier([flag]);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
  },
);

test.concurrent("without arguments the help is on standard error, and the exit code 2", async () => {
  const help = await missionDossier(["--help"]);
  const { code, stdout, stderr } = await missionDossier([]);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: "", stderr: help.stdout });
});
