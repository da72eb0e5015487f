import { describe, expect, test } from "vitest";
import { runConformance } from "../../src/cli/conformance.js";
import type { Answer, Judge } from "../../src/cli/judges/answer.js";
import { ErrorOutput } from "../../src/cli/judges/error-output.js";
import { ExitCodeJudge } from "../../src/cli/judges/exit-code-judge.js";
import { judgeCases } from "../../src/cli/judges/judge-cases.js";
import { LinesJudge } from "../../src/cli/judges/lines-judge.js";
import { Progress } from "../../src/cli/progress.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { colorsFor } from "../../src/cli/terminal-text.js";
import { loadFixtures } from "../../src/conformance/fixtures.js";
import { validateEvent } from "../../src/conformance/validate-event.js";

const cases = loadFixtures("dossier");

function quietTerminal(): Terminal {
  return {
    standardInput: () => {
      throw new Error("nothing to read");
    },
    interrupted: new AbortController().signal,
    startProgress: () => undefined,
    stopRequested: () => new AbortController().signal,
    status: () => undefined,
    write: () => {},
    ready: () => undefined,
    isOutputOver: () => false,
    report: () => {},
    isWaiting: false,
    isInteractive: false,
    width: undefined,
    reportWidth: undefined,
    version: "0.0.0",
    colors: colorsFor({}, {}),
  };
}

function verdict(valid: boolean): Answer {
  return { verdict: { kind: "given", valid }, remarks: [] };
}

describe("judgeCases", () => {
  test("gives as many cases at a time as there are judges, and keeps their order", async () => {
    const waiting: (() => void)[] = [];
    const judge: Judge = {
      judge: async ({ id, payload, eventType }) => {
        if (!id.startsWith("probe-")) {
          // Three cases wait for each other; the last one to come is the first to be answered.
          await new Promise<void>((resolve) => {
            waiting.unshift(resolve);
            if (waiting.length === 3) {
              for (const go of waiting.splice(0)) {
                go();
              }
            }
          });
        }
        return verdict(validateEvent(payload, eventType).valid);
      },
      stop: () => {},
    };
    const some = cases.slice(-12);
    const answers = await judgeCases(some, [judge, judge, judge], quietTerminal());
    expect(answers).toEqual(some.map(({ expectedValid }) => verdict(expectedValid)));
  });

  test("first gives a payload that is valid and one that is not", async () => {
    const given: { readonly id: string; readonly valid: boolean }[] = [];
    const judge: Judge = {
      judge: async ({ id, payload, eventType }) => {
        const { valid } = validateEvent(payload, eventType);
        given.push({ id, valid });
        return verdict(valid);
      },
      stop: () => {},
    };
    await judgeCases(cases, [judge], quietTerminal());
    expect(given.slice(0, 2)).toEqual([
      { id: "probe-valid", valid: true },
      { id: "probe-invalid", valid: false },
    ]);
    expect(given).toHaveLength(cases.length + 2);
  });
});

describe("the progress", () => {
  /** A terminal on which each look at the clock takes a second. */
  function watchedTerminal(): { readonly terminal: Terminal; readonly drawn: string[] } {
    const drawn: string[] = [];
    let now = 0;
    const startProgress: Terminal["startProgress"] = (total, unit) =>
      new Progress(
        total,
        unit,
        (text) => drawn.push(text),
        80,
        () => {
          now += 1000;
          return now;
        },
      );
    return { terminal: { ...quietTerminal(), startProgress }, drawn };
  }

  test("of another program counts the cases that it has answered, and is gone at the end", async () => {
    const { terminal, drawn } = watchedTerminal();
    const judge: Judge = {
      judge: async ({ payload, eventType }) => verdict(validateEvent(payload, eventType).valid),
      stop: () => {},
    };
    await judgeCases(cases, [judge], terminal);
    expect(drawn[0]).toContain(`1 of ${cases.length} cases`);
    expect(drawn.at(-2)).toContain(`100%  ${cases.length} of ${cases.length} cases`);
    expect(drawn.at(-1)).toBe("\r\u001b[K");
  });

  test("of the package counts all cases, and is gone at the end", async () => {
    const { terminal, drawn } = watchedTerminal();
    expect(await runConformance({}, terminal)).toBe(0);
    expect(drawn.at(-2)).toMatch(/100% {2}([0-9]+) of \1 cases/);
    expect(drawn.at(-1)).toBe("\r\u001b[K");
  });
});

describe("ExitCodeJudge", () => {
  const [given] = cases;

  test("ends a program that takes too long, which is no verdict", async () => {
    if (given === undefined) {
      throw new Error("no case");
    }
    const judge = new ExitCodeJudge("echo still busy >&2; sleep 1000; echo", 0.5);
    expect(await judge.judge(given)).toEqual({
      verdict: { kind: "none", reason: "not ended within 0.5 s" },
      remarks: ["still busy"],
    });
  });
});

describe("LinesJudge", () => {
  const given = { id: "a", payload: {}, eventType: "Event" } as const;

  test.each([
    { name: "a banner", line: "ready" },
    { name: "another id", line: '{"id":"b","valid":true}' },
    { name: "a word", line: '{"id":"a","valid":"yes"}' },
    { name: "null", line: "null" },
    { name: "text for violations", line: '{"id":"a","valid":true,"violations":"none"}' },
  ])("takes $name for no verdict", async ({ line }) => {
    const judge = new LinesJudge(`read given; echo '${line}'; read given`, 10);
    const answer = await judge.judge(given);
    expect(answer.verdict).toEqual({
      kind: "none",
      reason: `the answer must be {"id": the case's, "valid": true or false}, got ${line}`,
    });
  });

  test("shows the first violations, and how many there are", async () => {
    const violations = ["a", { field: "b" }, 3, 4, 5, 6, 7];
    const line = JSON.stringify({ id: "a", valid: false, violations });
    const judge = new LinesJudge(`read given; echo '${line}'; read given`, 10);
    expect(await judge.judge(given)).toEqual({
      verdict: { kind: "given", valid: false },
      remarks: ['"a"', '{"field":"b"}', "3", "4", "5", "and 2 more"],
    });
    judge.stop();
  });
});

describe("the standard error of a program", () => {
  function linesOf(...chunks: readonly (string | Buffer)[]): readonly string[] {
    const output = new ErrorOutput();
    for (const chunk of chunks) {
      output.add(Buffer.from(chunk));
    }
    return output.lines();
  }

  test("is shown if it is short, without empty lines", () => {
    expect(linesOf("one\n\ntw", "o  \nthree")).toEqual(["one", "two", "three"]);
    expect(linesOf()).toEqual([]);
  });

  test("is cut to its first and last lines", () => {
    const many = Array.from({ length: 10_000 }, (_, index) => `line ${index}\n`);
    expect(linesOf(...many)).toEqual([
      ...["line 0", "line 1", "line 2", "line 3", "…"],
      ...["line 9996", "line 9997", "line 9998", "line 9999"],
    ]);
  });

  test("is cut within a line that does not end, and whole between its pieces", () => {
    const [line, ...others] = linesOf("x".repeat(100_000));
    expect(line?.length).toBeLessThan(1000);
    expect(others).toEqual([]);
    const bytes = Buffer.from("größer");
    expect(linesOf(bytes.subarray(0, 3), bytes.subarray(3))).toEqual(["größer"]);
  });
});
