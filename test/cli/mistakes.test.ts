import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { event, payloads } from "../support/examples.js";
import { HAPPY_PATH, lines, missionDossier, shell, temporaryDirectory } from "./command.js";

const files = temporaryDirectory();
const valid = event("MissionDossierArtifactIndexed", payloads.MissionDossierArtifactIndexed);

describe.concurrent("a mistake of the user's ends with 2, a reason, no state and no stack trace", () => {
  const seeHelp = "see mission-dossier --help\n";
  const seeReduceHelp = "see mission-dossier reduce --help\n";
  test.each([
    {
      args: ["redcue", HAPPY_PATH],
      stderr: `mission-dossier: unknown command 'redcue'\n(Did you mean reduce?)\n${seeHelp}`,
    },
    ...[
      ["redcue", "--help"],
      ["help", "redcue"],
    ].map((args) => ({
      args,
      stderr: `mission-dossier: unknown command 'redcue'\n(Did you mean reduce?)\n${seeHelp}`,
    })),
    ...["index", "diff"].flatMap((command) =>
      ["--node-id <id>", "--build-id <id>"].map((option) => ({
        args: [command, ".", "b", option.replace(" <id>", ""), ""],
        stderr:
          `mission-dossier: option '${option}' argument '' is invalid. It must not be empty.\n` +
          `see mission-dossier ${command} --help\n`,
      })),
    ),
    {
      args: ["schema", ""],
      stderr: expect.stringMatching(/^mission-dossier: no schema "" \(known: /),
    },
    {
      args: ["validate", "--type", ""],
      stderr: expect.stringMatching(/^mission-dossier: no event type "" \(known: /),
    },
    {
      args: ["--verbose"],
      stderr: `mission-dossier: unknown option '--verbose'\n${seeHelp}`,
    },
    {
      args: ["reduce", "--formta", "json", HAPPY_PATH],
      stderr: `mission-dossier: unknown option '--formta'\n(Did you mean --format?)\n${seeReduceHelp}`,
    },
    {
      args: ["reduce", "--format"],
      stderr: `mission-dossier: option '-f, --format <format>' argument missing\n${seeReduceHelp}`,
    },
    {
      args: ["reduce", "--format", "xml", HAPPY_PATH],
      stderr:
        "mission-dossier: option '-f, --format <format>' argument 'xml' is invalid. " +
        `Allowed choices are text, json, binary, html.\n${seeReduceHelp}`,
    },
    {
      args: ["reduce", "--namespace-scope", "all", HAPPY_PATH],
      stderr:
        "mission-dossier: option '--namespace-scope <scope>' argument 'all' is invalid. " +
        `Allowed choices are mission, step.\n${seeReduceHelp}`,
    },
    {
      args: ["reduce", "--strict=yes", HAPPY_PATH],
      stderr: `mission-dossier: unknown option '--strict=yes'\n${seeReduceHelp}`,
    },
    {
      args: ["reduce", "nowhere.jsonl"],
      stderr: "mission-dossier: cannot read nowhere.jsonl: no such file or directory\n",
    },
    {
      args: ["reduce", HAPPY_PATH, "nowhere.jsonl"],
      stderr: "mission-dossier: cannot read nowhere.jsonl: no such file or directory\n",
    },
    {
      args: ["reduce", ""],
      stderr: 'mission-dossier: cannot read "": no such file or directory\n',
    },
    {
      args: ["reduce", "."],
      stderr: "mission-dossier: cannot read .: it is a directory\n",
    },
    {
      args: ["reduce", "package.json/events.jsonl"],
      stderr: "mission-dossier: cannot read package.json/events.jsonl: not a directory\n",
    },
  ])("$args", async ({ args, stderr }) => {
    expect(await missionDossier(args)).toMatchObject({ code: 2, stdout: "", stderr });
  });

  test("a directory as standard input", async () => {
    expect(await shell("CLI reduce < .")).toMatchObject({
      code: 2,
      stdout: "",
      stderr: "mission-dossier: cannot read standard input: it is a directory\n",
    });
  });

  // Nobody forbids root to read.
  test.skipIf(process.getuid?.() === 0)("a file that the user may not read", async () => {
    const file = files.write("secret.jsonl", lines(valid));
    chmodSync(file, 0);
    const { code, stderr } = await missionDossier(["reduce", file]);
    expect(code).toBe(2);
    expect(stderr).toBe(`mission-dossier: cannot read ${file}: permission denied\n`);
  });
});

describe.concurrent("an input that is no valid stream of events", () => {
  const invalidId = "not an id, and one that does not fit on a line of its own";
  const file = files.write(
    "some.jsonl",
    [
      JSON.stringify(valid),
      '{"event_id": ',
      "",
      "[]",
      "null",
      JSON.stringify({ ...valid, event_id: invalidId, lamport_clock: -1, data_tier: 9 }),
      '{"node_id":"a"}',
    ].join("\n"),
  );

  test("ends with 1 and no state, and names file, line and every violation", async () => {
    const { code, stdout, stderr } = await missionDossier(["reduce", file]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    // The text after `not JSON: ` comes from the JavaScript engine.
    expect(stderr.replace(/(not JSON: ).+/, "$1…")).toBe(
      `${file}:2: not a valid event
  not JSON: …
${file}:4: not a valid event
  expected an object, got a list  [type]
${file}:5: not a valid event
  expected an object, got null  [type]
${file}:6: not a valid event (event not an id, and one that does not fit on …)
  event_id       must be a ULID of 26 characters, or a UUID of 36 characters with hyphens or 32 hexadecimal digits, got "not an id, and one that does not fit on a line of its own"  [string.pattern]
  lamport_clock  must be greater than or equal to 0, got -1                                [int64.gte]
  data_tier      must be greater than or equal to 0 and less than or equal to 4, got 9     [int32.gte_lte]
${file}:7: not a valid event
  event_id        value is required  [required]
  event_type      value is required  [required]
  aggregate_id    value is required  [required]
  timestamp       value is required  [required]
  project_uuid    value is required  [required]
  correlation_id  value is required  [required]
mission-dossier: 5 invalid records among 6; nothing was reduced (--skip-invalid carries on without them)
`,
    );
  });

  test("is reduced without what is invalid with --skip-invalid, and the count reported", async () => {
    const run = await missionDossier(["reduce", "--skip-invalid", "--format", "json", file]);
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({ event_count: 1 });
    expect(run.stderr).toMatch(/some\.jsonl:2: [\s\S]*some\.jsonl:7: /);
    expect(run.stderr).toMatch(/\nskipped 5 invalid records\n$/);
  });

  test("names the item and its line in an array", async () => {
    const text = `[\n${JSON.stringify(valid)},\n{}, {"event_id": oops}\n]`;
    const array = files.write("array.json", text);
    const { code, stdout, stderr } = await missionDossier(["reduce", array]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`${array}:3: item 2: not a valid event\n  event_id `);
    expect(stderr).toContain(`${array}:3: item 3: not a valid event\n  not JSON: `);
    expect(stderr).toContain("mission-dossier: 2 invalid records among 3;");
  });

  test("is called standard input when it is that", async () => {
    const { stderr } = await missionDossier(["reduce"], { input: "\n{}\n" });
    expect(stderr).toContain("standard input:2: not a valid event\n");
    expect(stderr).toContain("nothing was reduced (--skip-invalid carries on without them)\n");
  });

  test("says what an input must be when nothing of it can be read", async () => {
    const { code, stderr } = await missionDossier(["reduce"], { input: "event_id: 1\n" });
    expect(code).toBe(1);
    expect(stderr).toContain(
      "nothing was reduced (the input must be JSON Lines, one event a line, or one JSON array)\n",
    );
  });

  test("does not hide a file that cannot be read", async () => {
    const missing = join(files.path, "missing.jsonl");
    const { code, stderr } = await missionDossier(["reduce", "--skip-invalid", file, missing]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/some\.jsonl:7: [\s\S]*cannot read .*missing\.jsonl/);
  });
});
