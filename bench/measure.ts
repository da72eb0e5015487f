import { spawnSync } from "node:child_process";

/** The median; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = Number.NaN, high = low] = sorted.slice(middle - 1 + (sorted.length % 2), middle + 1);
  return (low + high) / 2;
}

/** Measures how long a function takes, in milliseconds. */
export async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}

/**
 * Runs each contender once a round, one after the other, so that other load on the
 * machine affects all of them.
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

/** The median over all rounds of the ratio of two contenders' times. */
export function ratio(times: readonly number[], base: readonly number[]): number {
  return median(times.map((time, round) => time / (base[round] ?? Number.NaN)));
}

/** Runs this program in a separate process, and returns the number that it prints. */
export function inProcess(...args: readonly string[]): number {
  const [program = "", main = ""] = process.argv;
  const { stdout, stderr, status } = spawnSync(program, [main, ...args], { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return Number(stdout);
}

/** Measures how long a program runs, from start to end, in milliseconds. */
export function wallTime(program: string, args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return performance.now() - start;
}
