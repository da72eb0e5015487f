import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { EXIT_CODES } from "../../src/cli/exit-codes.js";
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

  test("shows examples, every exit code, and no line that an 80-column terminal breaks", async () => {
    const { stdout } = await missionDossier(args);
    expect(stdout).toMatch(/^Examples:\n {2}mission-dossier reduce /m);
    for (const { code, meaning } of Object.values(EXIT_CODES)) {
      expect(stdout.replace(/ +/g, " ")).toContain(`\n ${code} ${meaning}\n`);
    }
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  test(`is the same as ${same.join(" ")}`, async () => {
    expect(await missionDossier(same)).toEqual(await missionDossier(args));
  });
});

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
