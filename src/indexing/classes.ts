import { sep } from "node:path";
import type { ArtifactClass } from "../../gen/speckitty/dossier/v1/contract.js";
import { patternMatcher } from "./gitignore.js";

/** A rule that says which class some files of the folder have. */
export type ClassRule = {
  /** The files, relative to the folder, in the syntax of `.gitignore`. */
  readonly pattern: string;
  readonly artifact_class: ArtifactClass;
  /** Whether an absent file is reported as missing. The pattern must then be a plain path. */
  readonly required?: boolean;
  /** The step that asks for the file. Default: `required_always`. */
  readonly manifest_step?: string;
  /** The work package that the file belongs to. */
  readonly wp_id?: string;
};

/** The classes of the files of a folder: of the rules, the first one that matches counts. */
export class Classes {
  private readonly rules: readonly {
    readonly rule: ClassRule;
    readonly matches: (path: string) => boolean;
  }[];

  /** @param defaultClass The class of a file that no rule matches. */
  constructor(
    rules: readonly ClassRule[],
    private readonly defaultClass: ArtifactClass,
  ) {
    this.rules = rules.map((rule) => ({ rule, matches: patternMatcher(rule.pattern) }));
  }

  /** The rule for a file, by its path relative to the folder. */
  ruleFor(path: string): ClassRule {
    const found = this.rules.find(({ matches }) => matches(path));
    return found?.rule ?? { pattern: path, artifact_class: this.defaultClass };
  }

  /** The paths of the files that must be there, relative to the folder. */
  get required(): string[] {
    return this.rules.flatMap(({ rule }) => (rule.required ? [requiredPath(rule.pattern)] : []));
  }
}

/** Whether a pattern is the plain path of one file, as that of a required one must be. */
export function isPlainPath(pattern: string): boolean {
  return !/[*?[\]\\]|^[!#]|\/$|^ | $/.test(pattern) && isInside(requiredPath(pattern));
}

/** Whether a relative path with slashes stays below the folder that it starts from. */
export function isInside(path: string): boolean {
  return path
    .split("/")
    .every((name) => name !== "" && name !== "." && name !== ".." && !isSeveralNames(name));
}

/** On Windows, a backslash separates names too. */
function isSeveralNames(name: string): boolean {
  return sep !== "/" && name.includes(sep);
}

function requiredPath(pattern: string): string {
  return pattern.replace(/^\//, "");
}
