/** A source of pseudorandom numbers from 0 up to, but not including, 1. */
export type Random = () => number;

/** The generator mulberry32. The same seed gives the same numbers. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A random integer from 0 up to, but not including, a limit. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** A random text of letters from an alphabet. */
export function letters(random: Random, alphabet: string, length: number): string {
  let text = "";
  for (let index = 0; index < length; index++) {
    text += alphabet.charAt(below(random, alphabet.length));
  }
  return text;
}
