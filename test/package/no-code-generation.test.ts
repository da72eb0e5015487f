import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { cases } from "../support/runs.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const FLAG = "--disallow-code-generation-from-strings";
const STREAM = "fixtures/dossier/replay/dossier_replay_drift_scenario.jsonl";

function node(...args: readonly string[]): string {
  return execFileSync(process.execPath, [FLAG, ...args], {
    cwd: root,
    encoding: "utf8",
    stdio: "pipe",
  });
}

test("the flag does what the tests below need it for", () => {
  expect(() => node("--eval", "new Function('return 1')()")).toThrow("EvalError");
});

const commands = [
  ["conformance"],
  ["reduce", STREAM],
  ["reduce", "--by-namespace", STREAM],
  ["validate", "--format", "json", STREAM],
];

test.each(cases(commands, 1))("the command compiles no code when it runs %s", (...args) => {
  expect(node("dist/cli/main.js", ...args)).not.toBe("");
});

test("the library compiles no code when it runs", () => {
  const script = `
    import { readFileSync } from "node:fs";
    import * as dossier from "mission-dossier";
    import { validateEnvelope } from "mission-dossier/conformance";
    import { readEvents } from "mission-dossier/stream";
    const accumulator = new dossier.DossierAccumulator();
    for await (const event of readEvents(readFileSync("${STREAM}"))) {
      accumulator.add(event);
      dossier.parseEvent(event);
      validateEnvelope({ ...event, payload: { ...event.payload, namespace: 7 } });
    }
    const copy = dossier.DossierAccumulator.fromBinary(accumulator.toBinary());
    dossier.parseState(dossier.stateToJson(copy.state()));
    console.log(copy.state().parityStatus);`;
  expect(node("--input-type=module", "--eval", script)).toBe("drifted\n");
});

test("no generated validator imports or evaluates anything", () => {
  for (const module of ["dossier/v1/verdict", "dossier/v1/violations"]) {
    const code = readFileSync(`${root}gen/speckitty/${module}_validators.ts`, "utf8");
    expect(code).not.toMatch(/\b(?:import|require|eval|Function)\b\s*\(?["'(]/);
  }
});
