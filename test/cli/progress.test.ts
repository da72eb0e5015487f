import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Progress, progressLine } from "../../src/cli/progress.js";
import { event, payloads } from "../support/examples.js";
import { cases, runs } from "../support/runs.js";
import { HAPPY_PATH, startMissionDossier } from "./command.js";

/** A progress, what it has written, and a clock to set. */
function watched({ total, width = 80 }: { total?: number; width?: number }) {
  const written: string[] = [];
  const clock = { now: 5_000 };
  const progress = new Progress(
    total,
    "bytes",
    (text) => written.push(text),
    width,
    () => clock.now,
  );
  return {
    progress,
    /** Reads so many bytes in so many milliseconds, and gives what was written. */
    after: (milliseconds: number, bytes: number): string[] => {
      clock.now += milliseconds;
      written.length = 0;
      progress.advance(bytes);
      return [...written];
    },
    cleared: (): string[] => {
      written.length = 0;
      progress.clear();
      return [...written];
    },
  };
}

const TO_END = "\u001b[K";
const CLEARED = `\r${TO_END}`;

/** The line that was drawn, without what puts it in its place. */
function drawn([text, ...others]: readonly string[]): string | undefined {
  expect(others).toEqual([]);
  if (text === undefined) {
    return undefined;
  }
  expect([text.slice(0, 1), text.slice(-TO_END.length)]).toEqual(["\r", TO_END]);
  const line = text.slice(1, -TO_END.length);
  expect(line).toMatch(/^[ -~]*$/);
  return line;
}

describe("the line", () => {
  test.each([
    {
      bytes: 0,
      total: 100_000_000,
      seconds: 2,
      line: "[                              ]    0%  0 kB of 100 MB  0 kB/s",
      width: 120,
    },
    {
      bytes: 50_000_000,
      total: 200_000_000,
      seconds: 2,
      line: "[========                      ]   25%  50 MB of 200 MB  25 MB/s  6 s left",
    },
    {
      bytes: 4_200,
      total: 8_400,
      seconds: 4,
      line: "[===============               ]   50%  4 kB of 8 kB  1 kB/s  4 s left",
    },
    {
      bytes: 3_000_000_000,
      total: 12_000_000_000,
      seconds: 100,
      line: "[========                      ]   25%  3.0 GB of 12.0 GB  30 MB/s  5 min 0 s left",
      width: 100,
    },
    {
      bytes: 99_999,
      total: 100_000,
      seconds: 1,
      line: "[==============================]   99%  99 kB of 100 kB  99 kB/s  1 s left",
    },
    {
      bytes: 100_000,
      total: 100_000,
      seconds: 1,
      line: "[==============================]  100%  100 kB of 100 kB  100 kB/s  0 s left",
    },
    { bytes: 50_000_000, total: undefined, seconds: 2, line: "50 MB  25 MB/s" },
    { bytes: 0, total: undefined, seconds: 2, line: "0 kB  0 kB/s" },
    // A file that grows while it is read.
    { bytes: 50_000_000, total: 49_999_999, seconds: 2, line: "50 MB  25 MB/s" },
    { bytes: 10, total: 0, seconds: 2, line: "0 kB  0 kB/s" },
  ])("$bytes bytes of $total in $seconds s", ({ bytes, total, seconds, line, width = 100 }) => {
    expect(progressLine(bytes, total, "bytes", seconds * 1000, width)).toBe(line);
  });

  test.each([
    {
      width: 80,
      line: "[========                      ]   25%  50 MB of 200 MB  25 MB/s  6 s left",
    },
    { width: 60, line: "[====           ]   25%  50 MB of 200 MB  25 MB/s  6 s left" },
    { width: 50, line: "[=    ]   25%  50 MB of 200 MB  25 MB/s  6 s left" },
    { width: 49, line: " 25%  50 MB of 200 MB  25 MB/s  6 s left" },
    { width: 41, line: " 25%  50 MB of 200 MB  25 MB/s  6 s left" },
    { width: 40, line: " 25%  50 MB of 200 MB  25 MB/s  6 s lef" },
    { width: 20, line: " 25%  50 MB of 200 " },
    { width: 1, line: "" },
    { width: 0, line: "" },
  ])("has its bar and its end cut to $width columns", ({ width, line }) => {
    expect(progressLine(50_000_000, 200_000_000, "bytes", 2000, width)).toBe(line);
  });

  test.each([
    { cases: 0, line: "[                              ]    0%  0 of 328 cases  0/s" },
    { cases: 82, line: "[========                      ]   25%  82 of 328 cases  41/s  6 s left" },
  ])("counts $cases cases", ({ cases, line }) => {
    expect(progressLine(cases, 328, "cases", 2000, 100)).toBe(line);
  });

  test("is one line of characters one column wide, that leaves the last column free", () => {
    const bytes = fc.oneof(fc.nat(), fc.maxSafeNat());
    const total = fc.option(bytes, { nil: undefined });
    const unit = fc.constantFrom("bytes" as const, "cases" as const);
    fc.assert(
      fc.property(
        bytes,
        total,
        unit,
        fc.nat(1e9),
        fc.nat(300),
        (read, all, unit, milliseconds, width) => {
          const line = progressLine(read, all, unit, milliseconds, width);
          expect(line.length).toBeLessThanOrEqual(Math.max(0, width - 1));
          expect(line).toMatch(/^[ -~]*$/);
          expect(line).not.toMatch(/NaN|Infinity|-/);
        },
      ),
      { numRuns: runs(2_000) },
    );
  });
});

describe("Progress", () => {
  test("says nothing in the first second", () => {
    const { after, cleared } = watched({ total: 1e9 });
    expect(after(0, 1e6)).toEqual([]);
    expect(after(500, 1e6)).toEqual([]);
    expect(after(499, 1e6)).toEqual([]);
    expect(cleared()).toEqual([]);
    expect(drawn(after(1, 1e6))).toContain("4 MB of 1.0 GB  4 MB/s  4 min 9 s left");
  });

  test("draws at most every 100 milliseconds, and counts what it does not draw", () => {
    const { after } = watched({ total: 100e6 });
    expect(drawn(after(1000, 1e6))).toContain("1 MB of 100 MB  1 MB/s  1 min 39 s left");
    expect(after(50, 1e6)).toEqual([]);
    expect(after(49, 1e6)).toEqual([]);
    expect(drawn(after(1, 7e6))).toContain("10 MB of 100 MB  9 MB/s  10 s left");
    expect(after(0, 1e6)).toEqual([]);
    expect(drawn(after(100, 0))).toContain("11 MB of 100 MB");
  });

  test("without a total says bytes and rate", () => {
    const { after } = watched({});
    expect(drawn(after(2000, 30e6))).toBe("30 MB  15 MB/s");
  });

  test("is never wider than the terminal", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.array(fc.tuple(fc.nat(3000), fc.nat())), (width, steps) => {
        const { after } = watched({ total: 1e12, width });
        for (const [milliseconds, bytes] of steps) {
          const line = drawn(after(milliseconds, bytes)) ?? "";
          expect(line.length).toBeLessThanOrEqual(Math.max(0, width - 1));
        }
      }),
    );
  });

  test("takes its line away, once, and draws it again when there is more to say", () => {
    const { after, cleared } = watched({});
    expect(drawn(after(1000, 1e6))).toBe("1 MB  1 MB/s");
    expect(cleared()).toEqual([CLEARED]);
    expect(cleared()).toEqual([]);
    expect(after(99, 1e6)).toEqual([]);
    expect(cleared()).toEqual([]);
    expect(drawn(after(1, 1e6))).toBe("3 MB  2 MB/s");
    expect(cleared()).toEqual([CLEARED]);
  });
});

describe("the command, whose standard error is no terminal, says nothing of its progress", () => {
  const commands = [
    { command: "validate", summary: "7 records judged, all conform\n" },
    { command: "reduce", summary: "" },
  ];
  test.each(cases(commands, 1))(
    "though $command takes more than a second",
    async ({ command, summary }) => {
      const first = event(
        "MissionDossierSnapshotComputed",
        payloads.MissionDossierSnapshotComputed,
      );
      const run = startMissionDossier([command, HAPPY_PATH, "-"]);
      run.send(`${JSON.stringify(first)}\n`);
      for (let turn = 0; turn < 16; turn++) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        run.send(" \n");
      }
      run.end();
      const { code, stderr } = await run.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: summary });
    },
  );
});
