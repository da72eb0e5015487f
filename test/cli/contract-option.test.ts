import { describe, expect, test } from "vitest";
import { schemaNames, schemaText } from "../../src/conformance/index.js";
import { HAPPY_PATH, missionDossier } from "./command.js";

const later = await missionDossier(["upcast", HAPPY_PATH, "--to", "3.0.0"]);

describe("--contract", () => {
  test("of validate judges by the generation that it names", async () => {
    expect(await missionDossier(["validate"], { input: later.stdout })).toMatchObject({ code: 0 });
    const first = await missionDossier(["validate", "--contract", "2.4.0"], {
      input: later.stdout,
    });
    expect(first.code).toBe(1);
    expect(first.stdout).toContain("namespace.feature_slug: value is required");
    const strict = await missionDossier(["validate", "--contract", "3.0.0"], {
      input: later.stdout,
    });
    expect(strict.stdout).toContain("build_id: value is required");
  });

  test("of reduce names the generation of states in JSON, and of nothing else", async () => {
    const [first, second] = await Promise.all([
      missionDossier(["reduce", HAPPY_PATH, "--format", "json"]),
      missionDossier(["reduce", HAPPY_PATH, "--format", "json", "--contract", "3.0.0"]),
    ]);
    expect(second.stdout).toBe(
      first.stdout
        .replaceAll('"feature_slug"', '"mission_slug"')
        .replaceAll('"mission_key"', '"mission_type"'),
    );
    const each = await missionDossier([
      ...["reduce", HAPPY_PATH, "--by-namespace", "--contract", "3.0.0"],
    ]);
    expect(each.stdout).toContain('"mission_slug":"014-rate-limits"');
    const text = await missionDossier(["reduce", HAPPY_PATH, "--contract", "3.0.0"]);
    expect(text).toMatchObject({ code: 2, stdout: "" });
    expect(text.stderr).toContain("needs --format json");
  });

  test("of schema prints the schema of the generation", async () => {
    const { stdout } = await missionDossier(["schema", "event", "--contract", "3.0.0"]);
    expect(stdout).toBe(schemaText("event", { contract: "3.0.0" }));
    expect(JSON.parse(stdout)).toMatchObject({ $id: "spec-kitty-events/3.0.0/event" });
    const names = await missionDossier(["schema", "--contract", "3.0.0"]);
    expect(names.stdout.trimEnd().split("\n")).toEqual(schemaNames());
  });
});
