import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { CommandError, EXIT_CODES } from "../../src/cli/exit-codes.js";
import { createProgram } from "../../src/cli/program.js";
import { runReduce } from "../../src/cli/reduce.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { colorsFor } from "../../src/cli/terminal-text.js";
import { runValidate } from "../../src/cli/validate.js";
import { event, payloads, withValue } from "../support/examples.js";
import { HAPPY_PATH, lines } from "./command.js";

/** Runs a command as if a person looked at its output. */
async function onTerminal(
  command: (terminal: Terminal) => Promise<unknown>,
  input: string,
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
    write: (output) => written.push(output),
    ready: () => undefined,
    isOutputOver: () => false,
    report: (line) => reported.push(line),
    isWaiting: true,
    isInteractive: true,
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
