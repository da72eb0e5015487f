import ignore, { type Ignore } from "ignore";

/** The rules of the `.gitignore` files from the root of a repository down to one folder. */
export class GitignoreRules {
  private constructor(private readonly rules: Ignore) {}

  /** No rules. */
  static readonly none: GitignoreRules = new GitignoreRules(matcher());

  /**
   * These rules, and after them those of a further `.gitignore`.
   *
   * @param folder The folder that the file is in, relative to the root, empty for the root.
   * @param text The content of the file.
   */
  with(folder: string, text: string): GitignoreRules {
    const patterns = text
      .replace(/^\ufeff/, "")
      .split(/\r?\n/)
      .flatMap((line) => patternFromRoot(folder, line));
    return new GitignoreRules(matcher().add(this.rules).add(patterns));
  }

  /**
   * Whether the rules exclude a file or a folder, or a folder that it is in.
   *
   * @param path Its path, relative to the root. That of a folder ends in a slash.
   */
  exclude(path: string): boolean {
    return this.rules.ignores(path);
  }
}

/** The files that a pattern in the syntax of `.gitignore` matches. */
export function patternMatcher(pattern: string): (path: string) => boolean {
  const rules = matcher().add([pattern]);
  return (path) => rules.ignores(path);
}

/** Names that differ in case are different names, so that all machines index the same files. */
function matcher(): Ignore {
  return ignore({ ignoreCase: false });
}

/**
 * A line of a `.gitignore` in a folder, as a pattern with the same meaning at the root. So one
 * matcher holds the rules of all folders in their order; the last match counts.
 */
function patternFromRoot(folder: string, line: string): string[] {
  // Git trims spaces at the end unless a backslash precedes them.
  const trimmed = line.replace(/(?<!\\) +$/, "");
  const negation = trimmed.startsWith("!") ? "!" : "";
  const pattern = trimmed.slice(negation.length);
  if (pattern === "" || pattern === "/" || trimmed.startsWith("#")) {
    return [];
  }
  if (folder === "") {
    return [trimmed];
  }
  // A slash anywhere but at the end ties a pattern to the folder of its file.
  const isAnchored = /\/./s.test(pattern);
  const below = isAnchored ? pattern.replace(/^\//, "") : `**/${pattern}`;
  return [`${negation}/${literal(folder)}/${below}`];
}

/** A pattern that matches this path only. */
function literal(path: string): string {
  return path.replace(/[\\*?[\] ]/g, "\\$&");
}
