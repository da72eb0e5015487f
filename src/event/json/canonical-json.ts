/** The text of a JSON value with the keys of every object in one order: equal values have one text. */
export function canonicalJson(json: unknown): string {
  return JSON.stringify(ordered(json));
}

/** The value with lists of entries for its objects, which hold any key in any order. */
function ordered(json: unknown): unknown {
  if (Array.isArray(json)) {
    return json.map(ordered);
  }
  if (typeof json !== "object" || json === null) {
    return json;
  }
  return {
    // What is undefined is absent.
    entries: Object.entries(json)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]): [string, unknown] => [key, ordered(item)])
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)),
  };
}
