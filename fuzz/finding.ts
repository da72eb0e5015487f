import { OracleError } from "./outcome.js";

/** A case that came to an end which is not permitted. */
export type Finding = {
  readonly target: string;
  /** What tells it apart from other findings, and not from the same one in another case. */
  readonly signature: string;
  /** What went wrong. */
  readonly problem: string;
  /** The smallest case that was found. */
  readonly given: unknown;
  /** The seed of the round that it was found in. */
  readonly seed: number;
};

/** What tells an error apart from others, whatever the case is. */
export function signatureOf(error: unknown): string {
  if (error instanceof OracleError) {
    return error.oracle;
  }
  if (!(error instanceof Error)) {
    return `thrown: ${typeof error}`;
  }
  const isOverflow = error instanceof RangeError && error.message.includes("call stack");
  // The message often has a value of the case in it.
  return `${isOverflow ? "stack overflow" : error.name} in ${placeOf(error)}`;
}

/** The first function of the package, or of what it is built on, that an error came from. */
function placeOf({ stack = "" }: Error): string {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const frame =
    frames.find((line) => /[\\/](?:dist|src)[\\/]/.test(line) && !line.includes("node_modules")) ??
    frames[0] ??
    "";
  const [, name = "a function", file = ""] =
    /at (?:async )?(?:(.*) \()?.*?([^\\/]*):\d+:\d+\)?$/.exec(frame) ?? [];
  return `${name} (${file})`;
}
