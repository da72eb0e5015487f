import {
  type ArtifactEntry,
  isPresent,
  type MissionDossierState,
  requireState,
} from "../dossier/state.js";
import { optionsIn } from "../event/errors/arguments.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import { compareCodePoints } from "./code-points.js";
import { bareHash } from "./content-hash.js";
import { PARITY_RULES, type ParityRule } from "./parity-rule.js";
import { sha256 } from "./sha256.js";

/** How a parity hash is computed. */
export type ParityOptions = {
  /** Default: `"path-hash"`. */
  readonly rule?: ParityRule;
};

/**
 * The parity hash of a state: two replicas agree when theirs are equal. It covers the
 * artifacts that are present, which means in the state and not superseded, and nothing
 * else of the state. `docs/porting.md` has the rules for every language.
 *
 * @returns SHA-256 as lower-case hex, by the rule `"path-hash"` after `sha256:`, by
 * `"hashes"` alone.
 * @throws InvalidArgumentError when the rule is unknown, or it is not a state.
 */
export function parityHash(state: MissionDossierState, options?: ParityOptions): string {
  requireState("state", state);
  return HASHES[ruleIn(options)](presentIn(state));
}

/**
 * The rule that the options name.
 *
 * @throws InvalidArgumentError when it is unknown.
 */
export function ruleIn(options: ParityOptions | undefined): ParityRule {
  const { rule = PARITY_RULES[0] } = optionsIn(options);
  if (!PARITY_RULES.includes(rule)) {
    throw new InvalidArgumentError("rule", PARITY_RULES.join(" or "), rule);
  }
  return rule;
}

/** An artifact that is present, by its path. */
type Present = readonly [path: string, artifact: ArtifactEntry];

/** The artifacts that are present, in the order of their paths by code point. */
function presentIn({ artifacts }: MissionDossierState): Present[] {
  return [...artifacts]
    .filter(([, artifact]) => isPresent(artifact))
    .sort(([a], [b]) => compareCodePoints(a, b));
}

/** The prefix of a hash by the rule `"path-hash"`. */
const PREFIX = "sha256:";

/** The text of an artifact by the rule `"path-hash"`. A state has one for each path. */
export function lineOf(path: string, hash: string): string {
  return `${path}\t${hash}`;
}

/** The hash by the rule `"path-hash"` of a text of lines in UTF-8. */
export function hashOfLines(text: Uint8Array): string {
  return PREFIX + sha256(text);
}

/** The hash by the rule `"hashes"` of content hashes in any order. */
export function hashOfHashes(hashes: readonly string[]): string {
  return sha256(utf8([...hashes].sort(compareCodePoints).join("")));
}

const HASHES: Readonly<Record<ParityRule, (present: readonly Present[]) => string>> = {
  "path-hash": (present) =>
    hashOfLines(utf8(present.map(([path, artifact]) => lineOf(path, hashOf(artifact))).join("\n"))),
  hashes: (present) => hashOfHashes(present.map(([, artifact]) => hashOf(artifact))),
};

function hashOf({ contentRef }: ArtifactEntry): string {
  return bareHash(contentRef.hash);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
