import type { Progress } from "./progress.js";
import { type Colors, printableJson } from "./terminal-text.js";

/** What a command reads from and writes to. */
export type Terminal = {
  readonly standardInput: () => AsyncIterable<Uint8Array>;
  /** Whether standard input is a person who types. */
  readonly isWaiting: boolean;
  /** Is aborted when Ctrl-C is pressed. */
  readonly interrupted: AbortSignal;
  /** Begins to tell a person who waits how far the reading of so many bytes has come. */
  readonly startProgress: (total: number | undefined) => Progress | undefined;
  /** Writes a piece of the output. */
  readonly write: (output: string | Uint8Array) => void;
  /** Waits while whoever reads what is written and reported has much left to read. */
  readonly ready: () => Promise<unknown> | undefined;
  /** Whether the output takes no more: its reader has seen enough, or a disk is full. */
  readonly isOutputOver: () => boolean;
  /** Whether what is written is for the eyes of a person. */
  readonly isInteractive: boolean;
  /** Says something beside the output. */
  readonly report: (line: string) => void;
  readonly colors: Colors;
  /** The version of the package. */
  readonly version: string;
};

/** JSON text as it is written: on a terminal, what that would act upon is escaped. */
export function jsonOutput(json: string, { isInteractive }: Terminal): string {
  return isInteractive ? printableJson(json) : json;
}
