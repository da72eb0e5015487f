import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What is wrong with the files that stand in a project, and should be generated ones. */
export type Comparison = {
  /** What each file must hold, by its path from the root. */
  readonly expected: ReadonlyMap<string, Buffer>;
  /** The files that are there. */
  readonly found: readonly string[];
  /** What they come from, as in "what the IDL generates". */
  readonly origin: string;
};

/** Names each file that differs, is missing, or comes from nothing. */
export function compareGenerated(
  root: string,
  { expected, found, origin }: Comparison,
): readonly string[] {
  return [
    ...Array.from(expected).flatMap(([file, content]) => {
      if (!found.includes(file)) {
        return [`${file}: missing`];
      }
      const same = readFileSync(join(root, file)).equals(content);
      return same ? [] : [`${file}: not what ${origin}`];
    }),
    ...found.filter((file) => !expected.has(file)).map((file) => `${file}: nothing generates it`),
  ].sort();
}
