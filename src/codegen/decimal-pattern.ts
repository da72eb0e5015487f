/**
 * A regular expression, anchored at both ends, that matches exactly the integers from
 * `min` to `max` in decimal digits, without a plus sign or leading zeros.
 *
 * JSON carries 64-bit integers as strings. `minimum` and `maximum` do not apply to
 * strings, so only a pattern can bound them.
 */
export function decimalPattern(min: bigint, max: bigint): string {
  const branches: string[] = [];
  if (min < 0n) {
    const largest = -min;
    const smallest = max < 0n ? -max : 1n;
    branches.push(`-${group(nonNegative(smallest, largest))}`);
  }
  if (max >= 0n) {
    branches.push(...nonNegative(min > 0n ? min : 0n, max));
  }
  return `^${group(branches)}$`;
}

/** The branches for `min` to `max`, both at least 0, in order of their number of digits. */
function nonNegative(min: bigint, max: bigint): string[] {
  const low = min.toString();
  const high = max.toString();
  const branches: string[] = [];
  // Consecutive lengths whose numbers are all in the range become one branch.
  let whole: { from: number; to: number } | undefined;
  for (let length = low.length; length <= high.length; length++) {
    const first = length === low.length ? low : `1${"0".repeat(length - 1)}`;
    const last = length === high.length ? high : "9".repeat(length);
    if (length > 1 && first === `1${"0".repeat(length - 1)}` && last === "9".repeat(length)) {
      whole = { from: whole?.from ?? length, to: length };
      continue;
    }
    if (whole !== undefined) {
      branches.push(wholeLengths(whole));
      whole = undefined;
    }
    branches.push(...sameLength(first, last));
  }
  if (whole !== undefined) {
    branches.push(wholeLengths(whole));
  }
  return branches;
}

function wholeLengths({ from, to }: { from: number; to: number }): string {
  return `[1-9][0-9]${from === to ? count(from - 1) : `{${from - 1},${to - 1}}`}`;
}

/** The branches for `low` to `high`, which have the same number of digits. */
function sameLength(low: string, high: string): string[] {
  if (low === "") {
    return [""];
  }
  const rest = low.length - 1;
  const lowTail = low.slice(1);
  const highTail = high.slice(1);
  let firstDigit = Number(low[0]);
  let lastDigit = Number(high[0]);
  if (firstDigit === lastDigit) {
    return [`${firstDigit}${group(sameLength(lowTail, highTail))}`];
  }
  const branches: string[] = [];
  const after: string[] = [];
  if (lowTail !== "0".repeat(rest)) {
    branches.push(`${firstDigit}${group(sameLength(lowTail, "9".repeat(rest)))}`);
    firstDigit++;
  }
  if (highTail !== "9".repeat(rest)) {
    after.push(`${lastDigit}${group(sameLength("0".repeat(rest), highTail))}`);
    lastDigit--;
  }
  if (firstDigit <= lastDigit) {
    const digit = firstDigit === lastDigit ? `${firstDigit}` : `[${firstDigit}-${lastDigit}]`;
    branches.push(`${digit}${rest === 0 ? "" : `[0-9]${count(rest)}`}`);
  }
  return [...branches, ...after];
}

function count(times: number): string {
  return times === 1 ? "" : `{${times}}`;
}

function group(branches: string[]): string {
  return branches.length === 1 ? (branches[0] ?? "") : `(?:${branches.join("|")})`;
}
