import { spawnSync } from "node:child_process";

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = low] = sorted.slice(middle - 1 + (sorted.length % 2), middle + 1);
  return (low + high) / 2;
}

/** How many milliseconds something takes. */
export async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/**
 * Runs each of some contenders once a round, one after the other, so that what else
 * the machine does falls on all of them.
 *
 * @returns The times of each in milliseconds, in the order of the rounds.
 */
export async function race<Name extends string>(
  contenders: { readonly [name in Name]: () => unknown },
  rounds: number,
): Promise<{ readonly [name in Name]: readonly number[] }> {
  const names = Object.keys(contenders) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as {
    [name in Name]: number[];
  };
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      globalThis.gc?.();
      times[name].push(await timed(contenders[name]));
    }
  }
  return times;
}

/** The median of the ratios of two contenders, round by round. */
export function ratio(times: readonly number[], base: readonly number[]): number {
  return median(times.map((time, round) => time / (base[round] ?? Number.NaN)));
}

/** Runs this program once more, alone, and gives what it prints: a number. */
export function inProcess(...args: readonly string[]): number {
  const [program = "", main = ""] = process.argv;
  const { stdout, stderr, status } = spawnSync(program, [main, ...args], { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return Number(stdout);
}

/** How long a program takes from its start to its end, in milliseconds. */
export function wallTime(program: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return performance.now() - start;
}
