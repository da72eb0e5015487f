import { OracleError } from "./outcome.js";

// JSON text can say what Protobuf, or JSON that is written, cannot. What goes wrong with
// that must not hide what goes wrong without it.

/** Runs a case, and notes in what goes wrong what is odd about its JSON texts. */
export function notingOddities(texts: readonly string[], run: () => void): void {
  try {
    run();
  } catch (error) {
    const oddities = ODDITIES.filter(({ pattern }) => texts.some((text) => pattern.test(text)));
    throw error instanceof OracleError && oddities.length > 0
      ? new OracleError(
          `${error.oracle}, with ${oddities.map(({ what }) => what).join(" and ")}`,
          error.message,
        )
      : error;
  }
}

const ODDITIES: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  // `JSON.stringify` escapes only those that stand alone.
  { what: "half of a surrogate pair", pattern: /\\u[dD][89a-fA-F]/ },
  { what: "a number beyond all numbers", pattern: /[:[,]-?1e400/ },
];
