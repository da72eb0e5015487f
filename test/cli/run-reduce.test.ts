import { describe, expect, test } from "vitest";
import { CommandError, EXIT_CODES } from "../../src/cli/exit-codes.js";
import { type Format, runReduce } from "../../src/cli/reduce.js";
import { colorsFor } from "../../src/cli/terminal-text.js";
import { event, payloads, withValue } from "../support/examples.js";
import { lines } from "./command.js";

const { MissionDossierArtifactIndexed: indexed } = payloads;

/** Runs the command as if a person looked at its output. */
async function onTerminal(format: Format, input: string) {
  const written: (string | Uint8Array)[] = [];
  let wasRead = false;
  const run = runReduce(
    [],
    { format, namespaceScope: "mission" },
    {
      standardInput: () => {
        wasRead = true;
        return [Buffer.from(input)];
      },
      write: (output) => written.push(output),
      report: () => {},
      isWaiting: false,
      isInteractive: true,
      version: "0.0.0",
      colors: colorsFor({ isTTY: true }, {}),
    },
  );
  const outcome = await run.catch((error: unknown) => error);
  return { outcome, written: written.join(""), wasRead };
}

describe("on a terminal", () => {
  const path = "\u009b31m\u202e\u{e0041}語\u007f";
  const input = lines(
    event("MissionDossierArtifactIndexed", withValue(indexed, "artifact_id.path", path)),
  );

  test("a page has colors", async () => {
    const { outcome, written } = await onTerminal("text", input);
    expect(outcome).toBe(0);
    expect(written).toContain("\u001b[33mUNKNOWN\u001b[39m");
  });

  test("JSON says the same with what a terminal acts upon escaped", async () => {
    const { outcome, written } = await onTerminal("json", input);
    expect(outcome).toBe(0);
    expect(written).toContain('"\\u009b31m\\u202e\\udb40\\udc41語\\u007f": {\n');
    expect(Object.keys(JSON.parse(written).artifacts)).toEqual([path]);
  });

  test("binary output is refused before anything is read", async () => {
    const { outcome, written, wasRead } = await onTerminal("binary", input);
    expect(outcome).toBeInstanceOf(CommandError);
    expect(outcome).toMatchObject({
      message: "binary output is not for a terminal; send it to a file or a pipe",
      exitCode: EXIT_CODES.misuse.code,
    });
    expect({ written, wasRead }).toEqual({ written: "", wasRead: false });
  });
});
