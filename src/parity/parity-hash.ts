import { optionsIn, requireMessage } from "../event/errors/arguments.js";
import { InvalidArgumentError } from "../event/errors/errors.js";
import type { ArtifactEntry, MissionDossierState } from "../dossier/state.js";
import { compareCodePoints } from "./code-points.js";
import { bareHash } from "./content-hash.js";
import { sha256 } from "./sha256.js";

/**
 * How the artifacts of a state are hashed: `"path-hash"`, over paths and content hashes,
 * which the local runtime and the cloud share; `"hashes"`, over content hashes alone,
 * which came before it.
 */
export type ParityRule = (typeof PARITY_RULES)[number];

/** Every {@link ParityRule}, the default first. */
export const PARITY_RULES = /* @__PURE__ */ Object.freeze(["path-hash", "hashes"] as const);

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
 * @throws InvalidArgumentError when the rule is unknown.
 */
export function parityHash(state: MissionDossierState, options?: ParityOptions): string {
  requireMessage(state);
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
export type Present = readonly [path: string, artifact: ArtifactEntry];

/** The artifacts that are present, in the order of their paths by code point. */
export function presentIn({ artifacts }: MissionDossierState): Present[] {
  return [...artifacts]
    .filter(([, { superseded }]) => !superseded)
    .sort(([a], [b]) => compareCodePoints(a, b));
}

/** The prefix of a hash by the rule `"path-hash"`. */
export const PREFIX = "sha256:";

/** The text of an artifact by the rule `"path-hash"`. A state has one for each path. */
export function lineOf(path: string, hash: string): string {
  return `${path}\t${hash}`;
}

const HASHES: Readonly<Record<ParityRule, (present: readonly Present[]) => string>> = {
  "path-hash": (present) =>
    PREFIX +
    sha256(utf8(present.map(([path, artifact]) => lineOf(path, hashOf(artifact))).join("\n"))),
  hashes: (present) =>
    sha256(
      utf8(
        present
          .map(([, artifact]) => hashOf(artifact))
          .sort(compareCodePoints)
          .join(""),
      ),
    ),
};

function hashOf({ contentRef }: ArtifactEntry): string {
  return bareHash(contentRef.hash);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
