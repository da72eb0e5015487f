/** A point in time, as exact as its text. */
export type Instant = {
  /** Whole seconds since 1970-01-01T00:00:00Z. */
  readonly seconds: number;
  /** The digits of the fraction of a second, without trailing zeros. */
  readonly fraction: string;
};

const pattern =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}):([0-9]{2})(?:\.([0-9]+))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))?$/;

/**
 * Reads a timestamp of RFC 3339, one without a zone as UTC. A leap second is the
 * same instant as the first second of the next minute.
 *
 * @throws RangeError when the text is no timestamp. The contract's annotations
 * reject such text before it gets here.
 */
export function parseInstant(timestamp: string): Instant {
  const match = pattern.exec(timestamp);
  if (match === null) {
    throw new RangeError(`not a timestamp: ${JSON.stringify(timestamp)}`);
  }
  const [, date = "", time = "", second = "", fraction = "", sign, hours = "0", minutes = "0"] =
    match;
  const offset = (sign === "-" ? -60 : 60) * (Number(hours) * 60 + Number(minutes));
  return {
    seconds: Date.parse(`${date}T${time}:00Z`) / 1000 + Number(second) - offset,
    fraction: withoutTrailingZeros(fraction),
  };
}

/** A regular expression would take time that grows with the square of the digits. */
function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") {
    end--;
  }
  return digits.slice(0, end);
}

/** Orders two instants: negative, zero or positive, as for `Array.prototype.sort`. */
export function compareInstants(a: Instant, b: Instant): number {
  if (a.seconds !== b.seconds) {
    return a.seconds - b.seconds;
  }
  // Without trailing zeros, digits after a point compare like text.
  return a.fraction < b.fraction ? -1 : a.fraction > b.fraction ? 1 : 0;
}
