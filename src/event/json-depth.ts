/**
 * How many levels of objects and lists the payload of an envelope may have: what
 * the ProtoJSON of every language reads, and far more than any payload of the
 * contract needs.
 */
export const MAX_DEPTH = 64;

/** Whether a JSON value has more levels of objects and lists than that. */
export function isTooDeep(json: unknown, levels = MAX_DEPTH): boolean {
  if (typeof json !== "object" || json === null) {
    return false;
  }
  return levels === 0 || Object.values(json).some((item) => isTooDeep(item, levels - 1));
}
