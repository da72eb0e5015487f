/** A source of numbers that only look random: the same seed gives the same ones. */
export type Random = () => number;

/** Numbers from 0 up to 1, by the generator mulberry32. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** An integer from 0 up to a limit. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit);
}

/** Letters of an alphabet. */
export function letters(random: Random, alphabet: string, length: number): string {
  let text = "";
  for (let index = 0; index < length; index++) {
    text += alphabet.charAt(below(random, alphabet.length));
  }
  return text;
}
