import { deep } from "../support/runs.js";

/** More levels than a stack has room for, when something goes down one by one. */
export const LEVELS = deep ? 100_000 : 15_000;

/** JSON text of so many levels, by what they are. */
export const DEEP_TEXTS: readonly (readonly [form: string, text: string])[] = [
  ["lists", "[".repeat(LEVELS) + "]".repeat(LEVELS)],
  ["objects", `${'{"a":'.repeat(LEVELS)}1${"}".repeat(LEVELS)}`],
];
