/** A JSON object. */
export type JsonMap = { readonly [key: string]: unknown };

/** Whether a JSON value is an object. */
export function isJsonObject(value: unknown): value is JsonMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
