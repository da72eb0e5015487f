import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "./compare.js";
import type { MessageVector } from "./vectors.js";

/** A way in which stock Protobuf of some languages is not as the contract. */
export type KnownDifference = {
  readonly what: string;
  /** What the contract says. */
  readonly contract: string;
  /** What stock Protobuf does. */
  readonly stock: string;
  /** What to do about it. */
  readonly advice: string;
  /** The vectors that show it. */
  readonly vectors: readonly string[];
  /** The languages that read the JSON of these vectors, which the contract does not. */
  readonly readsIn?: readonly string[];
};

/** The file of the differences, in the project. */
const FILE = "bindings/differences.json";

/**
 * The differences that are known.
 *
 * @throws Error when one names a vector that is not there.
 */
export function knownDifferences(
  root: string,
  messages: readonly MessageVector[],
): readonly KnownDifference[] {
  const text = readFileSync(join(root, FILE), "utf8");
  // The file is a part of this project, and its tests read it.
  const { differences } = JSON.parse(text) as { differences: readonly KnownDifference[] };
  const ids = new Set(messages.map(({ id }) => id));
  for (const vector of differences.flatMap(({ vectors }) => vectors)) {
    if (!ids.has(vector)) {
      throw new Error(`${FILE}: no vector is called ${vector}`);
    }
  }
  return differences;
}

/** The vectors whose JSON stock ProtoJSON of a language reads, and the contract does not. */
export function readBeyondContract(
  differences: readonly KnownDifference[],
  language: string,
): ReadonlySet<string> {
  return new Set(
    differences
      .filter(({ readsIn }) => readsIn?.includes(language))
      .flatMap(({ vectors }) => vectors),
  );
}

/** The checks that come out otherwise when JSON is read that should not be: the first always. */
export const BEYOND_CONTRACT: readonly Check[] = ["json in", "verdict"];

/** The differences as a table in Markdown. */
export function differencesTable(differences: readonly KnownDifference[]): string {
  return [
    "| what | the contract | stock behavior | what to do | vectors |",
    "|---|---|---|---|---|",
    ...differences.map(
      ({ what, contract, stock, advice, vectors }) =>
        `| ${[what, contract, stock, advice, vectorsText(vectors)].join(" | ")} |`,
    ),
  ].join("\n");
}

/** The first few vectors: a table is for people. */
function vectorsText(vectors: readonly string[]): string {
  const shown = vectors.slice(0, SHOWN).map((id) => `\`${id}\``);
  const hidden = vectors.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`${hidden} more`] : [])].join(", ");
}

const SHOWN = 3;
