/**
 * The text of a value as JSON. `undefined` for what cannot be written: what is no
 * JSON, nested too deep, or more than a string holds.
 */
export function jsonText(value: unknown, indent?: number): string | undefined {
  try {
    return JSON.stringify(value, null, indent);
  } catch {
    return undefined;
  }
}
