import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Finding } from "../../fuzz/finding.js";
import { fuzzTarget } from "../../fuzz/fuzz-target.js";
import { keep, keptCases } from "../../fuzz/kept.js";
import { OracleError } from "../../fuzz/outcome.js";
import { type Target, target } from "../../fuzz/target.js";

const folder = mkdtempSync(join(tmpdir(), "mission-dossier-kept-"));
afterAll(() => rmSync(folder, { recursive: true }));

type Case = { readonly text: string };

/** A target that fails for some texts. */
function planted(run: (text: string) => void): Target {
  return target<Case>({
    name: "planted",
    roundSize: 200,
    cases: fc.record({ text: fc.string({ unit: fc.constantFrom("a", "b", "x"), maxLength: 30 }) }),
    run: ({ text }) => run(text),
  });
}

/** Fuzzes until so many cases were run, and gives what was found. */
async function findingsOf(
  fuzzed: Target,
  seed: number,
  kept: readonly unknown[] = [],
): Promise<{ findings: Finding[]; given: unknown[] }> {
  const findings: Finding[] = [];
  const given: unknown[] = [];
  const end = new AbortController();
  await fuzzTarget(fuzzed, {
    seed,
    kept,
    isOver: () => end.signal.aborted,
    begin: (one) => {
      given.push(one);
      if (given.length === 2000) {
        end.abort();
      }
    },
    report: async (finding) => void findings.push(finding),
  });
  return { findings, given };
}

function failsOn(part: string, oracle: string): (text: string) => void {
  return (text) => {
    if (text.includes(part)) {
      throw new OracleError(oracle, text);
    }
  };
}

describe("fuzzing a target", () => {
  test("finds a planted defect, and makes its case as small as it can be", async () => {
    const { findings } = await findingsOf(planted(failsOn("xx", "no two in a row")), 1);
    expect(findings).toMatchObject([
      { target: "planted", signature: "no two in a row", given: { text: "xx" } },
    ]);
  });

  test("finds a second defect behind the first, and each of them once", async () => {
    const [first, second] = [failsOn("xx", "first"), failsOn("ab", "second")];
    const { findings } = await findingsOf(
      planted((text) => {
        first(text);
        second(text);
      }),
      1,
    );
    expect(findings.map(({ signature }) => signature).sort()).toEqual(["first", "second"]);
  });

  test("takes an error that nobody promised for a finding", async () => {
    const { findings } = await findingsOf(
      planted((text) => void (text.startsWith("x") && JSON.parse("{"))),
      1,
    );
    expect(findings).toMatchObject([{ signature: expect.stringMatching(/^SyntaxError in /) }]);
  });

  test("finds nothing where nothing is wrong, and tries the same for the same seed", async () => {
    const [one, again, other] = [
      await findingsOf(
        planted(() => {}),
        1,
      ),
      await findingsOf(
        planted(() => {}),
        1,
      ),
      await findingsOf(
        planted(() => {}),
        2,
      ),
    ];
    expect(one.findings).toEqual([]);
    expect(again.given).toEqual(one.given);
    expect(other.given).not.toEqual(one.given);
  });

  test("begins with the cases that were kept", async () => {
    const { findings } = await findingsOf(planted(failsOn("no such unit", "kept")), 1, [
      { text: "no such unit" },
    ]);
    expect(findings).toMatchObject([{ signature: "kept", given: { text: "no such unit" } }]);
  });

  test("keeps a case so that it is read again as it was", () => {
    const given = { text: '\ud800{"__proto__":1e400}', list: [1, "\u2028"] };
    keep(folder, { target: "planted", signature: "a: b/c", problem: "", given, seed: 1 });
    expect(keptCases(folder)).toMatchObject([{ target: "planted", given }]);
  });
});
