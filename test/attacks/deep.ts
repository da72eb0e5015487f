/** How many levels are more than anything may go down one by one. */
export const LEVELS = 100_000;

/** JSON text of so many levels, by what they are. */
export const DEEP_TEXTS: readonly (readonly [form: string, text: string])[] = [
  ["lists", "[".repeat(LEVELS) + "]".repeat(LEVELS)],
  ["objects", `${'{"a":'.repeat(LEVELS)}1${"}".repeat(LEVELS)}`],
];
