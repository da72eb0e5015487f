/**
 * How the artifacts of a state are hashed: `"path-hash"`, over paths and content hashes,
 * which the local runtime and the cloud share; `"hashes"`, over content hashes alone,
 * which came before it.
 */
export type ParityRule = (typeof PARITY_RULES)[number];

/** Every {@link ParityRule}, the default first. */
export const PARITY_RULES = /* @__PURE__ */ Object.freeze(["path-hash", "hashes"] as const);
