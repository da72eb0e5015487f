import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { ARTIFACT_CLASSES } from "../../gen/speckitty/dossier/v1/contract.js";
import { runAudit } from "../../src/cli/audit.js";
import { runDiff } from "../../src/cli/diff.js";
import { CommandError, EXIT_CODES } from "../../src/cli/exit-codes.js";
import { createProgram } from "../../src/cli/program.js";
import { runReduce } from "../../src/cli/reduce.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { colorsFor } from "../../src/cli/terminal-text.js";
import { runUpcast } from "../../src/cli/upcast.js";
import { runValidate } from "../../src/cli/validate.js";
import { event, payloads, withValue } from "../support/examples.js";
import { HAPPY_PATH, lines } from "./command.js";

/** Runs a command as if a person looked at its output. */
async function onTerminal(
  command: (terminal: Terminal) => Promise<unknown>,
  input: string,
  width?: number,
): Promise<{ outcome: unknown; written: string; reported: string[]; wasRead: boolean }> {
  const written: (string | Uint8Array)[] = [];
  const reported: string[] = [];
  let wasRead = false;
  const run = command({
    standardInput: () => {
      wasRead = true;
      return Readable.from([Buffer.from(input)]);
    },
    interrupted: new AbortController().signal,
    startProgress: () => undefined,
    stopRequested: () => new AbortController().signal,
    status: () => undefined,
    write: (output) => written.push(output),
    ready: () => undefined,
    isOutputOver: () => false,
    report: (line) => reported.push(line),
    isWaiting: true,
    isInteractive: true,
    width,
    reportWidth: width,
    version: "0.0.0",
    colors: colorsFor({ isTTY: true }, {}),
  });
  const outcome = await run.catch((error: unknown) => error);
  return { outcome, written: written.join(""), reported, wasRead };
}

const hostile = "\u009b31m\u202e\u{e0041}語\u007f";
const escaped = "\\u009b31m\\u202e\\udb40\\udc41語\\u007f";

describe("reduce on a terminal", () => {
  const input = lines(
    event(
      "MissionDossierArtifactIndexed",
      withValue(payloads.MissionDossierArtifactIndexed, "artifact_id.path", hostile),
    ),
  );
  const namespaceScope = "mission";

  test("gives a page with colors", async () => {
    const { outcome, written } = await onTerminal(
      (terminal) => runReduce([], { format: "text", namespaceScope }, terminal),
      input,
    );
    expect(outcome).toBe(0);
    expect(written).toContain("\u001b[33mUNKNOWN\u001b[39m");
  });

  test("gives JSON that says the same with what a terminal acts upon escaped", async () => {
    const { outcome, written } = await onTerminal(
      (terminal) => runReduce([], { format: "json", namespaceScope }, terminal),
      input,
    );
    expect(outcome).toBe(0);
    expect(written).toContain(`"${escaped}": {\n`);
    expect(Object.keys(JSON.parse(written).artifacts)).toEqual([hostile]);
  });

  test("refuses binary output before anything is read", async () => {
    const { outcome, written, wasRead } = await onTerminal(
      (terminal) => runReduce([], { format: "binary", namespaceScope }, terminal),
      input,
    );
    expect(outcome).toBeInstanceOf(CommandError);
    expect(outcome).toMatchObject({
      message: "binary output is not for a terminal; send it to a file or a pipe",
      exitCode: EXIT_CODES.misuse.code,
    });
    expect({ written, wasRead }).toEqual({ written: "", wasRead: false });
  });
});

describe("a page on a terminal", () => {
  test.each<[string, (terminal: Terminal) => Promise<unknown>]>([
    ["reduce", (to) => runReduce([], { format: "html", namespaceScope: "mission" }, to)],
    ["diff", (to) => runDiff(["-", HAPPY_PATH], { format: "html" }, to)],
    ["audit", (to) => runAudit([], { format: "html", rule: "path-hash" }, to)],
  ])("is refused by %s before anything is read", async (_, command) => {
    const { outcome, written, wasRead } = await onTerminal(command, "");
    expect(outcome).toMatchObject({
      message: "a page is not for a terminal; send it to a file, as in > report.html",
      exitCode: EXIT_CODES.misuse.code,
    });
    expect({ written, wasRead }).toEqual({ written: "", wasRead: false });
  });
});

describe("validate on a terminal", () => {
  test.each([{ format: "json" }, { format: "sarif" }] as const)(
    "escapes what a terminal acts upon in $format",
    async ({ format }) => {
      const { outcome, written } = await onTerminal(
        (terminal) => runValidate([], { format }, terminal),
        lines({ event_id: hostile }),
      );
      expect(outcome).toBe(1);
      expect(written).toContain(escaped);
      expect(written).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    },
  );
});

describe("a hash on a terminal of 80 columns", () => {
  const refuted = lines(
    event("MissionDossierArtifactIndexed", payloads.MissionDossierArtifactIndexed),
    event("MissionDossierSnapshotComputed", {
      ...payloads.MissionDossierSnapshotComputed,
      snapshot_hash: `sha256:${"ab".repeat(32)}`,
    }),
  );

  test.each<[string, (terminal: Terminal) => Promise<unknown>]>([
    ["diff", (to) => runDiff(["-", HAPPY_PATH], { format: "text" }, to)],
    ["audit", (to) => runAudit([], { format: "text", rule: "path-hash" }, to)],
  ])("is whole in %s", async (command, run) => {
    const input = command === "audit" ? refuted : readFileSync(HAPPY_PATH, "utf8");
    const { written } = await onTerminal(run, input, 80);
    const page = written.split("\n").map(stripVTControlCharacters);
    expect(page.filter((line) => /^ +sha256:[0-9a-f]{64}$/.test(line))).toHaveLength(2);
    expect(page.filter((line) => line.length > 80 && !line.includes(HAPPY_PATH))).toEqual([]);
  });
});

describe("upcast on a terminal", () => {
  test("escapes what a terminal acts upon, in events and in messages", async () => {
    const odd = event("MissionDossierArtifactIndexed", {
      ...payloads.MissionDossierArtifactIndexed,
      extra: hostile,
    });
    const { outcome, written, reported } = await onTerminal(
      (terminal) => runUpcast([], { to: "2.4.0" }, terminal),
      `${lines(odd).replace("\n", "\r\n")}\u001b[31m${hostile}\n`,
    );
    expect(outcome).toBe(1);
    expect(written.split("\n")[0]).toBe(JSON.stringify(odd).replace(hostile, escaped));
    expect(reported[0]).toMatch(/^standard input:2: left as is, not JSON: .*\\u\{1b\}\[31m/);
    expect(`${written}${reported.join("\n")}`).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  });
});

describe("validate for a person", () => {
  const type = "MissionDossierArtifactIndexed";
  const payload = payloads[type];
  const typo = withValue(payload, "artifact_id.artifact_class", "inputt");
  const good = event(type, payload);
  const bad = event(type, { ...typo, indexed_at: 7 }, { lamport_clock: -1 });

  async function page(input: string, options: object, width?: number): Promise<string> {
    const { written } = await onTerminal(
      (terminal) => runValidate([], { format: "text", ...options }, terminal),
      input,
      width,
    );
    return written;
  }

  test("groups violations by event, envelope and payload in one table", async () => {
    const listed = event(type, payload, { payload: [] });
    const text = stripVTControlCharacters(await page(lines(good, bad, [], listed), {}));
    const literals = `must be in list [${ARTIFACT_CLASSES.join(", ")}], got "inputt" (did you mean "input"?)`;
    const width = Math.min(literals.length, 72);
    expect(text.split("\n")).toEqual([
      `standard input:2: ${type} (event ${bad["event_id"]})`,
      `  lamport_clock                       ${"must be greater than or equal to 0, got -1".padEnd(width)}  [int64.gte]`,
      `  payload.indexed_at                  ${"expected a string, got 7".padEnd(width)}  [type]`,
      `  payload.artifact_id.artifact_class  ${literals}  [string.in]`,
      "standard input:3: Event",
      "  expected an object, got a list  [type]",
      `standard input:4: ${type} (event ${listed["event_id"]})`,
      "  payload  expected an object, got a list  [type]",
      "",
    ]);
  });

  test("colors places, fields and rules", async () => {
    const text = await page(lines(bad), {});
    expect(text).toContain("\u001b[1mstandard input:1:\u001b[22m");
    expect(text).toContain("\u001b[31mlamport_clock\u001b[39m ");
    expect(text).toContain("\u001b[2m[int64.gte]\u001b[22m");
  });

  test("fits the width of the terminal", async () => {
    const flat = { namespace: payload.namespace, relative_path: "a", content_hash_sha256: "b" };
    for (const width of [50, 80]) {
      const text = await page(lines(bad, event(type, flat)), {}, width);
      const tables = text.split("\n").filter((line) => line.startsWith("  "));
      const widths = tables.map((line) => stripVTControlCharacters(line).length);
      expect(Math.max(...widths)).toBeLessThanOrEqual(width);
      expect(text).toContain("flat payload of an earlier producer");
      expect(text).toMatch(/relative_path +belongs in\s+artifact_id\.path\n/);
    }
  });

  test("has the paths of a payload by itself as they are", async () => {
    const text = stripVTControlCharacters(await page(lines(typo), { type }));
    expect(text).toMatch(
      /^standard input:1: MissionDossierArtifactIndexed\n {2}artifact_id\.artifact_class {2}must/,
    );
  });

  test("shows what a terminal acts upon as escapes", async () => {
    const text = stripVTControlCharacters(await page(lines({ event_id: hostile }), {}));
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    expect(text).toContain("(event \\u{9b}31m");
  });
});

describe("reduce on a narrow terminal", () => {
  test("fits its tables, on standard output and standard error", async () => {
    const type = "MissionDossierArtifactIndexed";
    const { written, reported } = await onTerminal(
      (terminal) => runReduce([], { namespaceScope: "mission", skipInvalid: true }, terminal),
      lines(
        event(type, withValue(payloads[type], "artifact_id.path", "folder/".repeat(20))),
        event(type, { ...payloads[type], indexed_at: 7 }),
        ...(
          [
            "MissionDossierArtifactMissing",
            "MissionDossierSnapshotComputed",
            "MissionDossierParityDriftDetected",
          ] as const
        ).map((other) => event(other, payloads[other])),
        { event_id: "x" },
      ),
      60,
    );
    const tables = `${written}\n${reported.join("\n")}`
      .split("\n")
      .filter((line) => line.startsWith("  "))
      .map(stripVTControlCharacters);
    expect(tables.length).toBeGreaterThan(20);
    expect(tables.filter((line) => line.length > 60)).toEqual([]);
  });
});

describe("a person who is asked for the input", () => {
  test.each([
    { args: ["reduce"], isTold: true },
    { args: ["validate", "-"], isTold: true },
    { args: ["validate", HAPPY_PATH], isTold: false },
  ])("is told how to end it: $args, $isTold", async ({ args, isTold }) => {
    const { reported } = await onTerminal(
      (terminal) => createProgram(terminal, () => {}).parseAsync(args, { from: "user" }),
      "",
    );
    expect(reported[0] === "reading from the terminal; end with Ctrl-D").toBe(isTold);
  });
});

describe("reduce in strict mode on a terminal", () => {
  test("says what is not as it should be about events that count, with place and field", async () => {
    const type = "MissionDossierArtifactIndexed";
    const { outcome, reported } = await onTerminal(
      (terminal) =>
        runReduce([], { format: "json", namespaceScope: "mission", strict: true }, terminal),
      lines(
        event(type, payloads[type], { lamport_clock: 5 }),
        event(type, { ...payloads[type], colour: "red" }, { lamport_clock: 5 }),
        event(type, payloads[type], { lamport_clock: 3 }),
      ),
    );
    expect(outcome).toBe(1);
    expect(reported.map((line) => line.replace(/ \(event .*\)/, ""))).toEqual([
      'standard input:2: payload.colour: the contract has no such field, got "red" [unknown_field]',
      "standard input:3: lamport_clock: the node was at 5 before, got 3 [clock_backwards]",
    ]);
  });

  test("says of the flat payload of an earlier producer where its values belong", async () => {
    const { namespace } = payloads.MissionDossierArtifactIndexed;
    const flat = { namespace, relative_path: "a", content_hash_sha256: "b", indexed_at: "c" };
    const { reported } = await onTerminal(
      (terminal) => runReduce([], { format: "json", namespaceScope: "mission" }, terminal),
      lines(event("MissionDossierArtifactIndexed", flat)),
    );
    expect(reported.map((line) => line.trim().replace(/ +/g, " "))).toEqual(
      expect.arrayContaining([
        "content_hash_sha256 belongs in content_ref.hash",
        "relative_path belongs in artifact_id.path",
      ]),
    );
  });
});
