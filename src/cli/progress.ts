/** The things that a progress counts. */
export type ProgressUnit = "bytes" | "cases";

/** A line on the terminal that shows the progress of a command, for a person who waits. */
export class Progress {
  private readonly start: number;
  private lastDrawn = Number.NEGATIVE_INFINITY;
  private amount = 0;
  private isDrawn = false;

  /**
   * @param total The number of bytes to read, or of cases to judge, if known.
   * @param write Writes to the terminal.
   * @param width The number of columns of the terminal.
   * @param now Returns the time in milliseconds.
   */
  constructor(
    private readonly total: number | undefined,
    private readonly unit: ProgressUnit,
    private readonly write: (text: string) => void,
    private readonly width: number,
    private readonly now: () => number,
  ) {
    this.start = now();
  }

  /** Adds a number of bytes that have been read, or of cases that have been judged. */
  advance(amount: number): void {
    this.amount += amount;
    const now = this.now();
    if (now - this.start >= SHOWN_AFTER && now - this.lastDrawn >= DRAWN_EVERY) {
      this.lastDrawn = now;
      this.isDrawn = true;
      const { amount, total, unit, width } = this;
      this.write(`\r${progressLine(amount, total, unit, now - this.start, width)}\u001b[K`);
    }
  }

  /** Erases the line until the next advance. */
  clear(): void {
    if (this.isDrawn) {
      this.isDrawn = false;
      this.write("\r\u001b[K");
    }
  }
}

/** Milliseconds before the line first appears, so that it does not flash for short inputs. */
const SHOWN_AFTER = 1000;
const DRAWN_EVERY = 100;

/** The text of the line, shorter than the width of the terminal. */
export function progressLine(
  amount: number,
  total: number | undefined,
  unit: ProgressUnit,
  milliseconds: number,
  width: number,
): string {
  const rate = amount / Math.max(milliseconds / 1000, 0.001);
  const { text: amountText, noun } = UNITS[unit];
  const speed = `${amountText(Math.round(rate))}/s`;
  const isEndless = total === undefined || amount > total;
  const parts = isEndless
    ? [`${amountText(amount)}${noun}`, speed]
    : [
        `${Math.floor((100 * amount) / Math.max(total, 1))}%`.padStart(4),
        `${amountText(amount)} of ${amountText(total)}${noun}`,
        speed,
        ...(amount > 0 ? [`${duration((total - amount) / rate)} left`] : []),
      ];
  const text = parts.join("  ");
  const room = Math.min(MAX_BAR, width - 1 - text.length - 4);
  const withBar =
    isEndless || room < MIN_BAR ? text : `[${bar(amount / Math.max(total, 1), room)}]  ${text}`;
  return withBar.slice(0, Math.max(0, width - 1));
}

const UNITS = {
  bytes: { text: size, noun: "" },
  cases: { text: String, noun: " cases" },
} as const satisfies {
  readonly [unit in ProgressUnit]: {
    readonly text: (amount: number) => string;
    readonly noun: string;
  };
};

const MAX_BAR = 30;
const MIN_BAR = 5;

function bar(fraction: number, width: number): string {
  const filled = Math.round(fraction * width);
  return "=".repeat(filled).padEnd(width, " ");
}

function size(bytes: number): string {
  if (bytes < 1e6) {
    return `${Math.floor(bytes / 1e3)} kB`;
  }
  return bytes < 1e9 ? `${Math.floor(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
