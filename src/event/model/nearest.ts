/**
 * The candidate that a misspelled name was probably meant to be, or `undefined` when none is
 * near. Near means at most one edit for every three characters of the shorter name; an edit
 * adds, removes or replaces a character, or swaps two neighbors.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  let best: { readonly candidate: string; readonly edits: number } | undefined;
  // A very long name is not a typo.
  for (const candidate of name.length <= MAX_LENGTH ? candidates : []) {
    if (differInDigitsOnly(name, candidate)) {
      continue;
    }
    const limit = Math.max(1, Math.floor(Math.min(name.length, candidate.length) / 3));
    if (Math.abs(name.length - candidate.length) > limit) {
      continue;
    }
    const edits = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (edits <= limit && (best === undefined || edits < best.edits)) {
      best = { candidate, edits };
    }
  }
  return best?.candidate;
}

const MAX_LENGTH = 100;

/** `sha1` is not a typo for `sha256` or `sha512`. */
function differInDigitsOnly(a: string, b: string): boolean {
  const [left, right] = [a, b].map((name) => name.toLowerCase().replace(/[0-9]/g, ""));
  return left === right && a.toLowerCase() !== b.toLowerCase() && /[0-9]/.test(a + b);
}

/** The number of edits between two texts (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const removed = (last[j] ?? 0) + 1;
      const added = (row[j - 1] ?? 0) + 1;
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? (beforeLast[j - 2] ?? 0) + 1 : replaced;
      row.push(Math.min(replaced, removed, added, swapped));
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
