import type { Progress, ProgressUnit } from "./progress.js";
import { type Colors, printableJson } from "./terminal-text.js";

/** The input and the outputs of a command. */
export type Terminal = {
  readonly standardInput: () => AsyncIterable<Uint8Array>;
  /** Whether standard input is a terminal, on which a person types. */
  readonly isWaiting: boolean;
  /** Aborted when Ctrl-C is pressed. */
  readonly interrupted: AbortSignal;
  /**
   * Watches for Ctrl-C and for the signal that asks a process to end, for a command that ends by
   * itself when it is told to. The second Ctrl-C ends it at once.
   */
  readonly stopRequested: () => AbortSignal;
  /** Shows a line for a person who waits, in place of the previous one; `""` removes it. */
  readonly status: (line: string) => void;
  /** Starts on `total` bytes or cases: watches for Ctrl-C, and shows progress on a terminal. */
  readonly startProgress: (total: number | undefined, unit: ProgressUnit) => Progress | undefined;
  /** Writes to standard output. */
  readonly write: (output: string | Uint8Array) => void;
  /** Waits while much of the output has not been read yet. */
  readonly ready: () => Promise<unknown> | undefined;
  /** Whether further output is lost: its reader is gone, or writing has failed. */
  readonly isOutputOver: () => boolean;
  /** Whether standard output is a terminal, which a person reads. */
  readonly isInteractive: boolean;
  /** The width of standard output in cells, `undefined` if it is not a terminal. */
  readonly width: number | undefined;
  /** The width of standard error in cells, `undefined` if it is not a terminal. */
  readonly reportWidth: number | undefined;
  /** Writes a line to standard error. */
  readonly report: (line: string) => void;
  readonly colors: Colors;
  /** The version of the package. */
  readonly version: string;
};

/** JSON text for standard output. For a terminal, characters that it acts upon are escaped. */
export function jsonOutput(json: string, { isInteractive }: Terminal): string {
  return isInteractive ? printableJson(json) : json;
}
