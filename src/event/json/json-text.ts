/**
 * The JSON text of a value, or `undefined` if it cannot be written: it is not JSON, is nested
 * too deep, or is too long for a string.
 */
export function jsonText(value: unknown, indent?: number): string | undefined {
  try {
    return JSON.stringify(value, null, indent);
  } catch {
    return undefined;
  }
}
