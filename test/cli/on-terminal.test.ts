import { Readable } from "node:stream";
import { describe, expect, test } from "vitest";
import { CommandError, EXIT_CODES, type ExitCode } from "../../src/cli/exit-codes.js";
import { runReduce } from "../../src/cli/reduce.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { colorsFor } from "../../src/cli/terminal-text.js";
import { runValidate } from "../../src/cli/validate.js";
import { event, payloads, withValue } from "../support/examples.js";
import { lines } from "./command.js";

/** Runs a command as if a person looked at its output. */
async function onTerminal(
  command: (terminal: Terminal) => Promise<ExitCode>,
  input: string,
): Promise<{ outcome: unknown; written: string; wasRead: boolean }> {
  const written: (string | Uint8Array)[] = [];
  let wasRead = false;
  const run = command({
    standardInput: () => {
      wasRead = true;
      return Readable.from([Buffer.from(input)]);
    },
    interrupted: new AbortController().signal,
    startProgress: () => undefined,
    write: (output) => written.push(output),
    report: () => {},
    isWaiting: false,
    isInteractive: true,
    version: "0.0.0",
    colors: colorsFor({ isTTY: true }, {}),
  });
  const outcome = await run.catch((error: unknown) => error);
  return { outcome, written: written.join(""), wasRead };
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
