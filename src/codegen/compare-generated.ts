import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The generated files that a project should have, and those that it has. */
export type Comparison = {
  /** The content that each file must have, by its path from the root. */
  readonly expected: ReadonlyMap<string, Buffer>;
  /** The files that exist. */
  readonly found: readonly string[];
  /** The words that complete "not what …", for example "the IDL generates". */
  readonly origin: string;
};

/** Names each file that differs, is missing, or should not exist. */
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
