import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { lines, missionDossier, temporaryDirectory } from "../cli/command.js";
import { envelope, indexed, namespace } from "../support/examples.js";
import { cases, deep } from "../support/runs.js";
import { indexing } from "./attacks.js";

// The output of `reduce` for such text, as a page and in messages, is tested in cli/output, and
// that on a terminal in cli/on-terminal.

const files = temporaryDirectory();
const HOSTILE =
  "\u001b[2J\u009b31m\u001b]0;t\u0007\r\n\t\u0000\u007f\u202e\u2066\u2028\u200b\ufeff";
/** Characters that a terminal acts upon, except the line feeds that end lines. */
const ACTED_UPON = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const SHOWN = "\\u{1b}[2J\\u{9b}31m";

const records = [
  { ...envelope, event_id: HOSTILE, timestamp: HOSTILE, payload: indexed },
  { ...indexing("a", 2), [HOSTILE]: HOSTILE },
  indexing("a", 3, { namespace: { ...namespace, [HOSTILE]: 1 } }),
  indexing("a", 4, { context_diagnostics: { [HOSTILE]: 1 } }),
  indexing("a", 5, { artifact_id: { ...indexed.artifact_id, artifact_class: HOSTILE } }),
];
const hostile = files.write("hostile.jsonl", lines(...records));

test("reduce prints nothing that a terminal acts upon, not even the id of another event", async () => {
  const others = [
    { event_type: "MissionDossierX", event_id: HOSTILE },
    { event_type: `MissionDossier${HOSTILE}` },
  ];
  const file = files.write("other.jsonl", lines(...others));
  const { stderr } = await missionDossier(["reduce", file]);
  expect(stderr).not.toMatch(ACTED_UPON);
  expect(stderr).toContain(`(event ${SHOWN}`);
  expect(stderr).not.toContain("(event )");
});

describe.concurrent("validate", () => {
  test("prints nothing that a terminal acts upon, and hides nothing", async () => {
    const run = await missionDossier(["validate", "--strict", hostile]);
    expect(run.code).toBe(1);
    expect(run.stdout + run.stderr).not.toMatch(ACTED_UPON);
    const found = run.stdout.trimEnd().split("\n");
    expect(found).toHaveLength(6);
    for (const line of found) {
      expect(line.startsWith(`${hostile}:`)).toBe(true);
    }
    expect(run.stdout).toContain(SHOWN);
  });

  test("prints the exact text in JSON", async () => {
    const run = await missionDossier(["validate", "--strict", "-f", "json", hostile]);
    const verdicts = run.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(verdicts[0]).toMatchObject({ eventId: HOSTILE });
    const values = verdicts
      .flatMap(({ modelViolations }) => modelViolations)
      .map(({ inputValue }) => inputValue);
    expect(values).toEqual([HOSTILE, HOSTILE, HOSTILE, 1, 1, HOSTILE]);
  });

  test("prints the exact text in SARIF", async () => {
    const run = await missionDossier(["validate", "-f", "sarif", hostile]);
    const { results } = JSON.parse(run.stdout).runs[0];
    expect(results[0]).toMatchObject({ properties: { eventId: HOSTILE } });
    expect(results).toHaveLength(4);
  });

  test("prints nothing that a terminal acts upon for a line that is not JSON", async () => {
    const text = `${HOSTILE.replace("\n", "")}\n{"${"\u009b31m\u202e"}" 1}\n`;
    for (const command of ["validate", "reduce"]) {
      const run = await missionDossier([command], { input: text });
      expect(run.code).toBe(1);
      expect(run.stdout + run.stderr).not.toMatch(ACTED_UPON);
    }
  });
});

describe.concurrent("a lone surrogate, escaped in a line", () => {
  const lone = "\ud800";
  const input = lines(
    { ...envelope, node_id: lone },
    indexing(lone, 2),
    indexing("a", 3, { context_diagnostics: { [lone]: lone } }),
  );

  test("is harmless as text, and exact in JSON", async () => {
    const text = await missionDossier(["validate"], { input });
    expect(text.code).toBe(1);
    expect(text.stdout + text.stderr).not.toMatch(ACTED_UPON);
    expect(text.stdout).not.toContain("\ufffd");
    expect(text.stdout).toContain('got "\\ud800"');
    const json = await missionDossier(["validate", "-f", "json"], { input });
    expect(json.stdout).toContain('"inputValue":"\\ud800"');
  });

  test("makes an event invalid for reduce in the envelope, and skipped in the payload", async () => {
    const run = await missionDossier(["reduce", "--skip-invalid", "-f", "json"], { input });
    expect(run.stderr).not.toMatch(ACTED_UPON);
    expect(run.stderr).not.toContain("\ufffd");
    expect(run.stderr).toContain("\nskipped 1 invalid record\n");
    expect(run.stderr).toContain("\nskipped 2 payloads that the contract rejects\n");
    expect(JSON.parse(run.stdout)).toMatchObject({ event_count: 2, artifacts: {} });
  });
});

test.concurrent("missions with such names are printed exactly, a line each", async () => {
  const place = { ...namespace, feature_slug: HOSTILE, step_id: HOSTILE };
  const input = lines(indexing(HOSTILE, 1, { namespace: place }), indexing("b", 2));
  const { stdout } = await missionDossier(["reduce", "--by-namespace"], { input });
  const states = stdout.split("\n");
  expect(states).toHaveLength(3);
  expect(JSON.parse(states[0] ?? "")).toMatchObject({
    namespace: place,
    artifacts: { [HOSTILE]: { identity: { path: HOSTILE } } },
  });
});

describe.concurrent("arguments of the user are shown harmless", () => {
  // An argument of a program cannot contain NUL.
  const typed = HOSTILE.replace("\0", "");
  test.each([
    { args: ["validate", "--type", typed, hostile] },
    { args: ["validate", "--format", typed, hostile] },
    { args: ["reduce", "--namespace-scope", typed, hostile] },
    { args: ["reduce", "--max-length", typed, hostile] },
    { args: ["reduce", `${typed}.jsonl`] },
    { args: ["validate", `${typed}.jsonl`] },
    { args: ["schema", typed] },
    { args: ["schema", "event", typed] },
    { args: [typed] },
    { args: [`--${typed}`] },
    { args: ["conformance", "--command", `printf '${typed}' >&2; exit 127;`] },
  ])("$args", async ({ args }) => {
    const { code, stdout, stderr } = await missionDossier(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^mission-dossier: /);
    expect(stderr).not.toMatch(ACTED_UPON);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

describe.concurrent("the name of a file", () => {
  const names = ["a b.jsonl", "100%.jsonl", "q?x=1#y.jsonl", "語é😀.jsonl", "-.jsonl", ".jsonl"];
  for (const name of [...names, "back\\slash.jsonl", `${"\u001b[2J\u202e"}.jsonl`]) {
    symlinkSync(hostile, join(files.path, name));
  }

  test.each(cases(names, 1))("is a reference in SARIF: %s", async (name) => {
    expect(await referenceTo(`./${name}`)).toBe(`./${name}`);
  });

  // The directory separator of Windows is an ordinary character here.
  test.runIf(deep && process.platform !== "win32")(
    "is a reference with a backslash, too",
    async () => {
      expect(await referenceTo("./back\\slash.jsonl")).toBe("./back\\slash.jsonl");
    },
  );

  test("is harmless as text, and exact in JSON", async () => {
    const file = "\u001b[2J\u202e.jsonl";
    const text = await missionDossier(["validate", file], { cwd: files.path });
    expect(text.stdout).toContain("\\u{1b}[2J\\u{202e}.jsonl:1: ");
    expect(text.stdout + text.stderr).not.toMatch(ACTED_UPON);
    const json = await missionDossier(["validate", "-f", "json", file], { cwd: files.path });
    expect(JSON.parse(json.stdout.split("\n")[0] ?? "")).toMatchObject({ file });
  });

  async function referenceTo(file: string): Promise<string> {
    const run = await missionDossier(["validate", "-f", "sarif", file], { cwd: files.path });
    const [first] = JSON.parse(run.stdout).runs[0].results;
    const { uri } = first.locations[0].physicalLocation.artifactLocation;
    expect(uri).toMatch(/^[!#$&'()*+,./0-9:;=?@A-Z_a-z~%-]+$/);
    return decodeURIComponent(uri);
  }
});
