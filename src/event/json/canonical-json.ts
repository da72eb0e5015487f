/**
 * The text of a JSON value with the keys of every object sorted, so that equal values have
 * equal texts. Numbers that are not finite are written by name. Checkpoints hold hashes of this
 * text.
 *
 * @param json A value of a few dozen levels at most.
 */
export function canonicalJson(json: unknown): string {
  if (typeof json === "number") {
    return Number.isFinite(json) ? JSON.stringify(json) : String(json);
  }
  if (typeof json !== "object" || json === null) {
    // An undefined item of a list is null.
    return JSON.stringify(json ?? null);
  }
  if (Array.isArray(json)) {
    return `[${Array.from(json, canonicalJson).join()}]`;
  }
  const members = Object.entries(json)
    // An undefined value counts as absent.
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${JSON.stringify(key)}:${canonicalJson(value)}`);
  return `{${members.join()}}`;
}
