import { deep } from "../support/runs.js";

/** More levels than any recursion survives. */
export const LEVELS = deep ? 100_000 : 15_000;

/** JSON texts of that many levels, by their kind. */
export const DEEP_TEXTS: readonly (readonly [form: string, text: string])[] = [
  ["lists", "[".repeat(LEVELS) + "]".repeat(LEVELS)],
  ["objects", `${'{"a":'.repeat(LEVELS)}1${"}".repeat(LEVELS)}`],
];
