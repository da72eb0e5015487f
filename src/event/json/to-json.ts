/**
 * Makes `JSON.stringify`, and whoever calls it, write a value as its wire JSON. The method is not
 * enumerable, so that a copy made by spreading the value lacks it.
 */
export function withToJson<T extends object>(value: T, toJson: (value: T) => unknown): T {
  return Object.defineProperty(value, "toJSON", { value: () => toJson(value) });
}
