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
  /** The languages that do not read the JSON of these vectors although the contract accepts it. */
  readonly unreadIn?: readonly string[];
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

/**
 * The checks that fail in a language for the vectors whose JSON its stock ProtoJSON reads
 * although the contract rejects it, or the other way around. `json in` always fails.
 */
export function knownFailures(
  differences: readonly KnownDifference[],
  language: string,
): ReadonlyMap<string, readonly Check[]> {
  return new Map(
    differences.flatMap(({ readsIn, unreadIn, vectors }): [string, readonly Check[]][] => {
      if (readsIn?.includes(language)) {
        return vectors.map((vector) => [vector, BEYOND_CONTRACT]);
      }
      return unreadIn?.includes(language) ? vectors.map((vector) => [vector, UNREAD]) : [];
    }),
  );
}

const BEYOND_CONTRACT: readonly Check[] = ["json in", "verdict"];
const UNREAD: readonly Check[] = ["json in", "verdict", "rules"];

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
