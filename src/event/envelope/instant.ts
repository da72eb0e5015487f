/** A point in time, as exact as its text. */
type Instant = {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  /** The nanoseconds beyond them: the first nine digits of the fraction. */
  readonly nanoseconds: number;
  /** The other digits of the fraction, without trailing zeros. */
  readonly furtherDigits: string;
};

/**
 * Reads an RFC 3339 timestamp. Without a zone, it is in UTC. A leap second is the same instant
 * as the first second of the next minute.
 *
 * @param timestamp Text that the contract accepts as a timestamp. For other text, the result is
 * meaningless.
 */
export function parseInstant(timestamp: string): Instant {
  const year = twoDigits(timestamp, 0) * 100 + twoDigits(timestamp, 2);
  const days = daysSince1970(year, twoDigits(timestamp, 5), twoDigits(timestamp, 8));
  const hours = days * 24 + twoDigits(timestamp, 11);
  const minutes = hours * 60 + twoDigits(timestamp, 14);
  let seconds = minutes * 60 + twoDigits(timestamp, 17);
  let end = 19;
  let nanoseconds = 0;
  let furtherDigits = "";
  if (timestamp.charCodeAt(end) === POINT) {
    let unit = 100_000_000;
    while (isDigit(timestamp.charCodeAt(++end)) && unit >= 1) {
      nanoseconds += (timestamp.charCodeAt(end) - ZERO) * unit;
      unit /= 10;
    }
    const start = end;
    while (isDigit(timestamp.charCodeAt(end))) {
      end++;
    }
    furtherDigits = end > start ? withoutTrailingZeros(timestamp.slice(start, end)) : "";
  }
  const sign = timestamp.charCodeAt(end);
  if (sign === PLUS || sign === MINUS) {
    const offset = twoDigits(timestamp, end + 1) * 60 + twoDigits(timestamp, end + 4);
    seconds += (sign === MINUS ? 60 : -60) * offset;
  }
  return { seconds, nanoseconds, furtherDigits };
}

const POINT = 0x2e;
const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;

function isDigit(unit: number): boolean {
  return unit >= ZERO && unit <= ZERO + 9;
}

function twoDigits(text: string, at: number): number {
  return (text.charCodeAt(at) - ZERO) * 10 + text.charCodeAt(at + 1) - ZERO;
}

/** Counts by the Gregorian calendar. `Date.UTC` maps the years 0 to 99 to 1900 to 1999. */
function daysSince1970(year: number, month: number, day: number): number {
  // A year that begins in March ends with its leap day.
  const y = month > 2 ? year : year - 1;
  const m = month > 2 ? month - 3 : month + 9;
  const leapDays = Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400);
  return y * 365 + leapDays + Math.floor((m * 153 + 2) / 5) + day - 1 - DAYS_TO_1970;
}

/** From March 1st of the year 0 to 1970-01-01. */
const DAYS_TO_1970 = 719_468;

/** A regular expression would take time that grows with the square of the digits. */
function withoutTrailingZeros(text: string): string {
  let end = text.length;
  while (text.charCodeAt(end - 1) === ZERO) {
    end--;
  }
  return text.slice(0, end);
}
