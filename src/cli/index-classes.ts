import { ARTIFACT_CLASSES, type ArtifactClass } from "../../gen/speckitty/dossier/v1/contract.js";
import { isJsonObject, type JsonMap } from "../event/json/json-object.js";
import { Classes, type ClassRule, isPlainPath } from "../indexing/classes.js";
import { CommandError, EXIT_CODES } from "./exit-codes.js";
import { readJson } from "./index-namespace.js";
import { givenName, knownNamesHint } from "./known-names.js";
import { printable } from "./terminal-text.js";

/** The options that say which class a file has. */
export type ClassOptions = {
  /** Each `class=pattern`. */
  readonly class?: readonly string[];
  /** A file with further rules, which come after those. */
  readonly classes?: string;
  /** Default: `output`. */
  readonly defaultClass?: string;
};

/**
 * The classes that the options give.
 *
 * @throws CommandError when a rule is wrong, or the file cannot be read.
 */
export function classesFrom({
  class: values = [],
  classes: file,
  defaultClass = "output",
}: ClassOptions): Classes {
  const rules = file === undefined ? [] : rulesIn(file);
  return new Classes(
    [...values.map(ruleFrom), ...rules],
    artifactClass(defaultClass, "--default-class"),
  );
}

function ruleFrom(value: string): ClassRule {
  const [name = "", ...rest] = value.split("=");
  if (rest.length === 0) {
    throw misuse(`--class ${givenName(value)}: must be class=pattern`);
  }
  return classRule({ artifact_class: name, pattern: rest.join("=") }, `--class ${value}`);
}

function rulesIn(file: string): ClassRule[] {
  const json = readJson(file);
  if (!Array.isArray(json)) {
    throw misuse(`${file}: must be a JSON array of rules`);
  }
  return json.map((rule: unknown, index) => {
    const place = `${file}: rule ${index + 1}`;
    if (!isJsonObject(rule)) {
      throw misuse(`${place}: must be an object`);
    }
    return classRule(rule, place);
  });
}

function classRule(rule: JsonMap, place: string): ClassRule {
  for (const name of Object.keys(rule)) {
    if (!FIELDS.includes(name)) {
      throw misuse(`${place}: no field ${name} (${knownNamesHint(name, FIELDS)})`);
    }
  }
  const pattern = text(rule, "pattern", place) ?? "";
  if (pattern === "" || /^[!#]/.test(pattern)) {
    throw misuse(
      `${place}: pattern must be a .gitignore pattern that does not begin with ! or #, got "${pattern}"`,
    );
  }
  const required = rule["required"] ?? false;
  if (typeof required !== "boolean") {
    throw misuse(`${place}: required must be true or false`);
  }
  if (required && !isPlainPath(pattern)) {
    throw misuse(`${place}: pattern must be the path of one file, since it is required`);
  }
  const manifest_step = text(rule, "manifest_step", place);
  const wp_id = text(rule, "wp_id", place);
  return {
    pattern,
    artifact_class: artifactClass(text(rule, "artifact_class", place) ?? "", place),
    required,
    ...(manifest_step === undefined ? {} : { manifest_step }),
    ...(wp_id === undefined ? {} : { wp_id }),
  };
}

const FIELDS: readonly string[] = [
  "pattern",
  "artifact_class",
  "required",
  "manifest_step",
  "wp_id",
] satisfies (keyof ClassRule)[];

function text(rule: JsonMap, name: keyof ClassRule, place: string): string | undefined {
  const value = rule[name] ?? undefined;
  if (value !== undefined && (typeof value !== "string" || value === "")) {
    throw misuse(`${place}: ${name} must be text that is not empty`);
  }
  return value;
}

function artifactClass(name: string, place: string): ArtifactClass {
  const known = ARTIFACT_CLASSES.find((each) => each === name);
  if (known === undefined) {
    throw misuse(
      `${place}: no artifact class ${givenName(name)} (${knownNamesHint(name, ARTIFACT_CLASSES)})`,
    );
  }
  return known;
}

function misuse(message: string): CommandError {
  return new CommandError(printable(message), EXIT_CODES.misuse.code);
}
