const MAX_LENGTH = 60;

/**
 * A short description of a JSON value for an error message: `null`, `a list`, `an object`, or
 * the value itself, cut after sixty characters.
 */
export function describeJson(value: unknown): string {
  if (value === undefined) {
    return "nothing";
  }
  if (Array.isArray(value)) {
    return "a list";
  }
  if (typeof value === "object" && value !== null) {
    return "an object";
  }
  if (typeof value === "function" || typeof value === "symbol") {
    return `a ${typeof value}`;
  }
  if (typeof value === "bigint") {
    return `${value}n`;
  }
  if (typeof value !== "string") {
    return String(value);
  }
  const text = JSON.stringify(value.slice(0, MAX_LENGTH));
  return value.length > MAX_LENGTH ? `${text.slice(0, -1)}…"` : text;
}
