/**
 * Makes `JSON.stringify`, and whoever calls it, write a value as its wire JSON. The method is not
 * enumerable, so that a copy made by spreading the value lacks it.
 */
export function withToJson<T extends object>(value: T, toJson: (value: T) => unknown): T {
  return Object.defineProperty(value, "toJSON", { value: () => toJson(value) });
}

/** The wire JSON of a value that {@link withToJson} has prepared; any other value as it is. */
export function asJson<T>(value: T): T | unknown {
  const toJson = Object.getOwnPropertyDescriptor(Object(value), "toJSON")?.value;
  return typeof toJson === "function" ? toJson() : value;
}
