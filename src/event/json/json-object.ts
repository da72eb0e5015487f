/** A JSON object. */
export type JsonMap = { readonly [key: string]: unknown };

/** Whether a member of wire JSON counts as absent: it is not there, or `null`. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
