import { counted } from "./counted.js";

/** Why a verdict may be wrong: counts of what was left out, or contradicts itself. */
export function cautionsFor(counts: {
  readonly skipped: number;
  readonly invalid: number;
  readonly conflicts: number;
  readonly misspelled: number;
}): string[] {
  return [
    ...caution(counts.skipped, "payload", "skipped that the contract rejects"),
    ...caution(counts.invalid, "invalid record", "skipped"),
    ...caution(counts.conflicts, "id", "with more than one content"),
    ...caution(counts.misspelled, "event type", "nearly one of the contract's"),
  ];
}

function caution(count: number, noun: string, what: string): string[] {
  return count === 0 ? [] : [`${counted(count, noun)} ${what}`];
}
