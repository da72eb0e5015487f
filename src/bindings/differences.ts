import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Check } from "./compare.js";
import type { MessageVector } from "./vectors.js";

/** A way in which stock Protobuf of some languages differs from the contract. */
export type KnownDifference = {
  /** The subject: the kind of field, value or JSON that it is about. */
  readonly what: string;
  /** The rule of the contract. */
  readonly contract: string;
  /** The behavior of stock Protobuf. */
  readonly stock: string;
  /** Advice for users of stock Protobuf. */
  readonly advice: string;
  /** The vectors that show it. */
  readonly vectors: readonly string[];
  /** The languages that read the JSON of these vectors although the contract rejects it. */
  readonly readsIn?: readonly string[];
};

/** The file of the known differences, relative to the project's root. */
const FILE = "bindings/differences.json";

/**
 * The known differences.
 *
 * @throws Error when one names an unknown vector.
 */
export function knownDifferences(
  root: string,
  messages: readonly MessageVector[],
): readonly KnownDifference[] {
  const text = readFileSync(join(root, FILE), "utf8");
  // The file is part of this project, so its shape is not checked here.
  const { differences } = JSON.parse(text) as { differences: readonly KnownDifference[] };
  const ids = new Set(messages.map(({ id }) => id));
  for (const vector of differences.flatMap(({ vectors }) => vectors)) {
    if (!ids.has(vector)) {
      throw new Error(`${FILE}: unknown vector ${vector}`);
    }
  }
  return differences;
}

/** The vectors whose JSON a language's stock ProtoJSON reads although the contract rejects it. */
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

/** The checks that fail for such a vector. The first of them always fails. */
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

/** The first few vectors only, since the table is for people. */
function vectorsText(vectors: readonly string[]): string {
  const shown = vectors.slice(0, SHOWN).map((id) => `\`${id}\``);
  const hidden = vectors.length - shown.length;
  return [...shown, ...(hidden > 0 ? [`${hidden} more`] : [])].join(", ");
}

const SHOWN = 3;
